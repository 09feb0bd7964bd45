import { printable } from "./printable";

/** The base of every error this package throws on purpose: `message` is a whole sentence for a person, on one line. */
export class OssEncryptionError extends Error {
  override name = "OssEncryptionError";
  /** Of a write: OSS may have carried it out, since one of its tries got no answer, a server error or an answer that isn't OSS's. */
  declare mayHaveLanded?: true;

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** The Pulumi engine that this process serves has ended: there is nobody to answer any more. */
export class EngineEndedError extends OssEncryptionError {}

/** Settings or credentials are missing, incomplete or contradict each other. Nothing was sent. */
export class ConfigurationError extends OssEncryptionError {
  override name = "ConfigurationError";
}

/** The way to credentials that is set up did not give any. */
export class CredentialsError extends ConfigurationError {
  override name = "CredentialsError";

  constructor(
    message: string,
    /** Another try may succeed. */
    readonly isTransient: boolean,
  ) {
    super(message);
  }
}

/** What is known of a call that failed. */
export interface CallFailure {
  /** OSS operation, such as `GetBucketEncryption`. */
  operation: string;
  /** Empty where the operation is about no bucket. */
  bucket: string;
  /** HTTP status; absent where no answer arrived. */
  status?: number;
  /** OSS error code from the answer's body, such as `AccessDenied`. */
  code?: string;
  /** What Alibaba Cloud's support finds the request by. */
  requestId?: string;
  /** OSS's finer error code, such as `0003-00000001`. */
  ec?: string;
  /** Why no answer arrived: Node's error code, such as `ECONNREFUSED`, or one of the transport's own. */
  network?: string;
  /** How often the call was tried. */
  attempts: number;
}

/** OSS refused a call, could not be reached, or gave an answer that makes no sense. */
export class OssCallError extends OssEncryptionError {
  override name = "OssCallError";

  constructor(
    message: string,
    /** The same in parts. */
    readonly failure: CallFailure,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether OSS said, in the body of a 404, that this is what isn't there. A bare 404 can come from anything between. */
export function isNotFound(error: unknown, code: "NoSuchServerSideEncryptionRule" | "NoSuchBucket"): boolean {
  return error instanceof OssCallError && error.failure.status === 404 && error.failure.code === code;
}

/** OSS accepted a rule, but reading it back did not show it in time. */
export class NotConvergedError extends OssEncryptionError {
  override name = "NotConvergedError";
}

/** KMS refused a call, could not be reached, or gave an answer that makes no sense. */
export class KmsCallError extends OssEncryptionError {
  override name = "KmsCallError";

  constructor(
    message: string,
    /** The same in parts. */
    readonly failure: {
      /** HTTP status; 0 where no answer arrived. */
      status: number;
      /** KMS's error code, or Node's. */
      code?: string | undefined;
      /** RAM action that the identity lacks. */
      missingAction?: string;
    },
  ) {
    super(message);
  }
}

/** STS did not say whose credentials they are. */
export class StsCallError extends OssEncryptionError {
  override name = "StsCallError";

  constructor(
    message: string,
    /** The same in parts. */
    readonly failure: {
      /** HTTP status; 0 where no answer arrived. */
      status: number;
      /** STS's error code, or Node's. */
      code?: string | undefined;
    },
  ) {
    super(message);
  }
}
