import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { OssError } from "../errors/oss-error";

/** The body of a request, read only when an operation asks for it, and never beyond a limit. */
export class RequestBody {
  /** Bytes read so far. */
  received = 0;

  constructor(private readonly message: IncomingMessage) {}

  /**
   * Reads all of it and compares it with Content-MD5, if that was sent.
   *
   * @param limit bytes; the rest is not read
   * @param tooLarge what to answer beyond the limit
   * @param onChunk told the length of each piece; may throw
   */
  async bytes(
    limit: number,
    tooLarge: () => OssError,
    onChunk: (length: number) => void = () => undefined,
  ): Promise<Buffer> {
    if (Number(this.message.headers["content-length"] ?? 0) > limit) throw tooLarge();
    const chunks: Buffer[] = [];
    for await (const chunk of this.message as AsyncIterable<Buffer>) {
      this.received += chunk.length;
      if (this.received > limit) throw tooLarge();
      onChunk(chunk.length);
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    this.checkDigest(bytes);
    return bytes;
  }

  /** Reads an XML body. */
  async text(limit = 64 * 1024): Promise<string> {
    const bytes = await this.bytes(limit, () => new OssError("MalformedXML"));
    return bytes.toString("utf8");
  }

  private checkDigest(bytes: Buffer): void {
    const given = this.message.headers["content-md5"];
    if (given !== undefined && given !== createHash("md5").update(bytes).digest("base64")) {
      throw new OssError("InvalidDigest", { "Content-MD5": given.toString() });
    }
  }
}
