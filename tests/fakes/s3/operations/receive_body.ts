import { Buffer } from "node:buffer";
import { createHash, randomBytes } from "node:crypto";
import { type Checksum, startChecksum } from "../checksum/algorithm.ts";
import { S3Error } from "../s3_error.ts";
import { BytesContent, type Content, SyntheticContent } from "../../parts/content.ts";
import type { Call } from "./call.ts";
import { requestedChecksum } from "./requested_checksum.ts";

/** Largest document a request may bring. */
const MAX_DOCUMENT = 8 * 1024 * 1024;

/** A body that has arrived whole and agrees with every digest sent with it. */
export interface ReceivedBody {
  /** Its bytes, or zeros where the bucket discards them. */
  content: Content;
  /** Its MD5 in hexadecimal; a random number where the bucket discards and nobody asked. */
  md5: string;
  /** The checksum the client sent. */
  checksum?: Checksum;
}

/** Receives the body of a call, whose length must be known beforehand unless it is only a document. */
export async function receiveBody(
  call: Call,
  options: { limit: number; discard: boolean; document?: boolean; unchecked?: boolean },
): Promise<ReceivedBody> {
  const { headers, payload, server } = call;
  const { length } = payload;
  if (length === undefined && options.document !== true) throw new S3Error("MissingContentLength");
  checkSize(length ?? 0, options.limit);
  const contentMd5 = readContentMd5(call);
  const checked = server.settings.checksums && options.unchecked !== true;
  const requested = checked ? requestedChecksum(headers, payload) : undefined;
  const md5 = options.discard && contentMd5 === undefined ? undefined : createHash("md5");
  const checksum = requested && startChecksum(requested.algorithm);
  let bytes = new Uint8Array(options.discard ? 0 : length ?? 1024);
  let at = 0;
  for await (const piece of payload.bytes()) {
    md5?.update(piece);
    checksum?.update(piece);
    checkSize(at + piece.length, options.limit);
    if (!options.discard) {
      if (at + piece.length > bytes.length) bytes = grown(bytes, at + piece.length);
      bytes.set(piece, at);
    }
    at += piece.length;
  }
  const digest = md5?.digest() ?? randomBytes(16);
  if (contentMd5 !== undefined && !digest.equals(contentMd5)) {
    throw new S3Error("BadDigest", {
      message: "The Content-MD5 you specified did not match what we received.",
      details: { ExpectedDigest: contentMd5.toString("base64"), CalculatedDigest: digest.toString("base64") },
    });
  }
  const content = options.discard ? new SyntheticContent(at, 0) : new BytesContent(bytes.subarray(0, at));
  const received: ReceivedBody = { content, md5: digest.toString("hex") };
  if (requested === undefined || checksum === undefined) return received;
  const value = checksum.digest().toBase64();
  if (value !== requested.claimed()) throw badChecksum(requested.algorithm);
  return { ...received, checksum: { algorithm: requested.algorithm, value, type: "FULL_OBJECT" } };
}

/** Receives a document as text; `unchecked` where the checksum in the request is not that of the document. */
export async function receiveText(call: Call, options: { unchecked?: boolean } = {}): Promise<string> {
  const { content } = await receiveBody(call, {
    limit: MAX_DOCUMENT,
    discard: false,
    document: true,
    ...options,
  });
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return [...content.slice(0, content.size)].map((piece) => decoder.decode(piece)).join("");
  } catch {
    throw new S3Error("MalformedXML");
  }
}

/** The refusal of a body that does not have the checksum sent with it. */
export function badChecksum(algorithm: string): S3Error {
  return new S3Error("BadDigest", {
    message: `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
  });
}

function checkSize(size: number, limit: number): void {
  if (size <= limit) return;
  throw new S3Error("EntityTooLarge", {
    details: { ProposedSize: String(size), MaxSizeAllowed: String(limit) },
  });
}

function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(size, bytes.length * 2));
  larger.set(bytes);
  return larger;
}

function readContentMd5(call: Call): Buffer | undefined {
  const header = call.headers.get("content-md5");
  if (header === undefined) return undefined;
  const md5 = Buffer.from(header, "base64");
  if (md5.length !== 16 || md5.toString("base64") !== header) throw new S3Error("InvalidDigest");
  return md5;
}
