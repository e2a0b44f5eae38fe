import { createHash } from "node:crypto";
import { type ByteReader, EndOfStreamError, FramingError } from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import { chunkStringToSign, type Scope, sign, trailerStringToSign } from "./sigv4.ts";

/** Smallest size of any chunk but the last that carries data. */
const MIN_CHUNK = 8192;

/** What a signed stream is checked with. */
export interface ChunkSigning {
  /** The signing key. */
  key: Uint8Array;
  /** The scope of the request. */
  scope: Scope;
  /** The time of the request. */
  timestamp: string;
  /** The signature of the request: the first link of the chain. */
  signature: string;
}

/**
 * Decodes an aws-chunked body, checks each chunk's signature when the stream is signed, and collects the
 * trailer.
 */
export async function* readAwsChunks(
  reader: ByteReader,
  options: {
    trailer: boolean;
    announced: readonly string[];
    trailers: Map<string, string>;
    signing: ChunkSigning | undefined;
  },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signing } = options;
  let previous = signing?.signature ?? "";
  let short = false;
  while (true) {
    const { size, signature } = parseChunkHead(
      await reader.line(4096, "an aws-chunk header"),
      signing !== undefined,
    );
    if (size > 0 && short) throw new S3Error("InvalidChunkSizeError");
    short = size < MIN_CHUNK;
    const hash = signing === undefined ? undefined : createHash("sha256");
    for (let left = size; left > 0;) {
      const piece = await reader.some(left);
      if (piece === null) throw new EndOfStreamError("an aws-chunk");
      hash?.update(piece);
      left -= piece.length;
      yield piece;
    }
    if (signing !== undefined && hash !== undefined) {
      const expected = sign(
        signing.key,
        chunkStringToSign(signing.timestamp, signing.scope, previous, hash.digest("hex")),
      );
      if (expected !== signature) throw new S3Error("SignatureDoesNotMatch");
      previous = expected;
    }
    if (size === 0) break;
    await reader.crlf("an aws-chunk");
  }
  await readTrailer(reader, options, previous);
}

async function readTrailer(
  reader: ByteReader,
  options: Parameters<typeof readAwsChunks>[1],
  previous: string,
): Promise<void> {
  const { trailers, signing } = options;
  for (
    let line = await reader.line(4096, "a trailer field");
    line !== "";
    line = await reader.line(4096, "a trailer")
  ) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === "" || trailers.has(name)) throw malformed("The trailer is malformed");
    trailers.set(name, line.slice(colon + 1).trim());
  }
  const signature = trailers.get("x-amz-trailer-signature");
  trailers.delete("x-amz-trailer-signature");
  if (!options.trailer && trailers.size > 0) throw malformed("There is a trailer that was not announced");
  for (const name of trailers.keys()) {
    if (!options.announced.includes(name)) {
      throw malformed(`The trailer ${name} was not announced in x-amz-trailer`);
    }
  }
  for (const name of options.announced) {
    if (!trailers.has(name)) throw malformed(`The announced trailer ${name} is missing`);
  }
  if (signing === undefined || !options.trailer) return;
  const text = [...trailers].toSorted((a, b) => a[0] < b[0] ? -1 : 1).map(([name, value]) =>
    `${name}:${value}\n`
  );
  const expected = sign(
    signing.key,
    trailerStringToSign(signing.timestamp, signing.scope, previous, text.join("")),
  );
  if (expected !== signature) throw new S3Error("SignatureDoesNotMatch");
}

function malformed(message: string): S3Error {
  return new S3Error("InvalidRequest", { message });
}

function parseChunkHead(line: string, signed: boolean): { size: number; signature: string } {
  const match = signed
    ? /^([0-9a-fA-F]{1,12});chunk-signature=([0-9a-f]{64})$/.exec(line)
    : /^([0-9a-fA-F]{1,12})$/.exec(line);
  if (match === null) throw new FramingError("an aws-chunk header is malformed");
  return { size: parseInt(match[1] ?? "", 16), signature: match[2] ?? "" };
}
