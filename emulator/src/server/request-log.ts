import type { OssRequest } from "../requests/oss-request";

/** What the log keeps of a request. Nothing in it is secret: no signature, no token, no key. */
export interface LoggedRequest {
  /** The `x-oss-request-id` of the answer. */
  id: string;
  /** When its head had arrived. */
  time: Date;
  /** Operation, such as `PutBucketEncryption`; `undefined` where the request asked for none that exists. */
  operation: string | undefined;
  /** Name of the bucket; `undefined` where the request names none. */
  bucket: string | undefined;
  /** Name of the object; `undefined` where the request names none. */
  key: string | undefined;
  /** HTTP method. */
  method: string;
  /** The `Host` header. */
  host: string;
  /** Path and query as sent, without secrets. */
  path: string;
  /** Account id of the sender; `undefined`: anonymous, or not proven. */
  account: string | undefined;
  /** Who in that account, such as `root` or `assumed-role/deployer/session`. */
  identity: string | undefined;
  /** Status answered; 0 where the connection was dropped before an answer. */
  status: number;
  /** Code of an error answered. */
  code: string | undefined;
  /** Whether a scripted fault changed anything. */
  fault: boolean;
  /** Whether the connection was dropped, by a fault or by the client, before the answer was complete. */
  dropped: boolean;
  /** Milliseconds until the answer was complete. */
  duration: number;
  /** Stack of an error in the emulator itself; never there, unless you found a bug. */
  bug?: string;
}

/** The requests so far: the latest ones in full, all of them as counts. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly counts = new Map<string, number>();

  /** @param most entries to keep */
  constructor(
    private readonly most: number,
    private readonly onDone: (entry: LoggedRequest) => void = () => undefined,
  ) {}

  /** A request has arrived; its entry is filled in while it is served. */
  begin(entry: LoggedRequest): void {
    this.entries.push(entry);
    if (this.entries.length > this.most * 1.1) this.entries.splice(0, this.entries.length - this.most);
  }

  /** A request was answered, or its connection is gone. */
  end(entry: LoggedRequest): void {
    const operation = entry.operation ?? "unknown";
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
    this.onDone(entry);
  }

  clear(): void {
    this.entries.length = 0;
    this.counts.clear();
  }
}

const secretParameters =
  /\b(Signature|OSSAccessKeyId|security-token|x-oss-(?:signature|credential|security-token))=[^&]*/gi;

export function loggablePath({ target }: Pick<OssRequest, "target">): string {
  return target.replace(secretParameters, "$1=***");
}
