import { createHash } from "node:crypto";
import { crc64nvme } from "@lade/codec/checksum";
import { BytesContent, type Content, SyntheticContent } from "../../parts/content.ts";
import { Crc64Nvme } from "../../parts/crc.ts";
import { AzureError, badHeader } from "../azure_error.ts";
import type { Call } from "./call.ts";

/** An MD5 in base64. */
export const MD5 = /^[A-Za-z0-9+/]{22}==$/;

/** A body that has arrived whole and agrees with the checksum sent with it. */
export interface ReceivedBody {
  /** Its bytes, or zeros where they are discarded. */
  readonly content: Content;
  /** Its MD5 in base64, where it was asked for or sent. */
  readonly md5?: string;
  /** Its CRC-64/NVME, little-endian in base64, where it was asked for or sent. */
  readonly crc64?: string;
}

/** Bytes of a body from which the kernel computes the checksum; smaller ones are left to code of our own. */
const LARGE = 65536;

/** Receives the body of a call, whose length must be known beforehand, with the checksums that are wanted. */
export async function receiveBody(
  { headers, body }: Call,
  { limit, discard = false, md5: wantsMd5 = false, crc64: wantsCrc64 = false }: {
    limit: number;
    discard?: boolean;
    md5?: boolean;
    crc64?: boolean;
  },
): Promise<ReceivedBody> {
  const length = body?.declaredLength;
  if (!body || length === undefined) throw new AzureError("MissingContentLengthHeader");
  if (length > limit) throw tooLarge(limit);
  const claimed = claimedChecksums(headers.get("content-md5"), headers.get("x-ms-content-crc64"));
  const md5 = wantsMd5 || claimed.md5 !== undefined ? createHash("md5") : undefined;
  const crc64 = wantsCrc64 || claimed.crc64 !== undefined ? new Crc64(length) : undefined;
  const bytes = new Uint8Array(discard ? 0 : length);
  let at = 0;
  for (let piece = await body.next(); piece; piece = await body.next()) {
    md5?.update(piece);
    crc64?.update(piece);
    if (!discard) bytes.set(piece, at);
    at += piece.length;
  }
  const sums = { md5: md5?.digest("base64"), crc64: crc64?.toBase64() };
  if (claimed.md5 !== undefined && claimed.md5 !== sums.md5) throw mismatch("Md5", claimed.md5, sums.md5);
  if (claimed.crc64 !== undefined && claimed.crc64 !== sums.crc64) {
    throw mismatch("Crc64", claimed.crc64, sums.crc64);
  }
  return {
    content: discard ? new SyntheticContent(at, 0) : new BytesContent(bytes),
    ...(sums.md5 !== undefined && { md5: sums.md5 }),
    ...(sums.crc64 !== undefined && { crc64: sums.crc64 }),
  };
}

/** Receives a document as text. */
export async function receiveText(call: Call): Promise<string> {
  const { content } = await receiveBody(call, { limit: 16 * 2 ** 20 });
  const bytes = new Uint8Array(
    await new Blob([...content.slice(0, content.size)].map((piece) => piece.slice())).arrayBuffer(),
  );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AzureError("InvalidXmlDocument");
  }
}

/** The CRC-64/NVME of bytes as the service writes it: little-endian, in base64. */
export function crc64Of(content: Content, offset = 0, length = content.size): string {
  const crc64 = new Crc64(length);
  for (const piece of content.slice(offset, length)) crc64.update(piece);
  return crc64.toBase64();
}

/** The MD5 of bytes in base64. */
export function md5Of(content: Content, offset = 0, length = content.size): string {
  const md5 = createHash("md5");
  for (const piece of content.slice(offset, length)) md5.update(piece);
  return md5.digest("base64");
}

/** Checks the checksums by which a request describes bytes; both at once are refused. */
export function claimedChecksums(
  md5: string | undefined,
  crc64: string | undefined,
  crc64Name = "x-ms-content-crc64",
): { md5?: string; crc64?: string } {
  if (md5 !== undefined && crc64 !== undefined) throw new AzureError("BothCrc64AndMd5HeaderPresent");
  if (md5 !== undefined && !MD5.test(md5)) throw new AzureError("InvalidMd5");
  if (crc64 !== undefined && !/^[A-Za-z0-9+/]{11}=$/.test(crc64)) throw badHeader(crc64Name, crc64);
  return { ...(md5 !== undefined && { md5 }), ...(crc64 !== undefined && { crc64 }) };
}

/** The refusal of bytes that do not have the checksum sent with them. */
export function mismatch(kind: "Md5" | "Crc64", claimed: string, computed: string | undefined): AzureError {
  const name = kind === "Md5" ? "Md5" : "Crc64";
  return new AzureError(`${kind}Mismatch`, {
    details: { [`UserSpecified${name}`]: claimed, [`ServerCalculated${name}`]: computed ?? "" },
  });
}

/** The refusal of what is larger than the service takes. */
export function tooLarge(limit: number): AzureError {
  return new AzureError("RequestBodyTooLarge", { details: { MaxLimit: String(limit) } });
}

class Crc64 {
  readonly #small: Crc64Nvme | undefined;
  #large = 0n;

  constructor(length: number) {
    this.#small = length < LARGE ? new Crc64Nvme() : undefined;
  }

  update(bytes: Uint8Array): void {
    if (this.#small) this.#small.update(bytes);
    else this.#large = crc64nvme(bytes, this.#large);
  }

  toBase64(): string {
    if (this.#small) return this.#small.digest().toReversed().toBase64();
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, this.#large, true);
    return bytes.toBase64();
  }
}
