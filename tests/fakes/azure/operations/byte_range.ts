import type { HeaderList } from "@lade/testing/http";
import { AzureError, badHeader } from "../azure_error.ts";

/** Bytes of a blob. */
export interface ByteSpan {
  /** The first byte. */
  readonly offset: number;
  /** How many. */
  readonly length: number;
}

/**
 * The span that `x-ms-range`, or else `Range`, asks for: `bytes=first-` or `bytes=first-last`. Any other `Range` is
 * passed over, one at the end among them.
 */
export function readRange(headers: HeaderList, size: number): ByteSpan | undefined {
  const own = headers.get("x-ms-range");
  const text = own ?? headers.get("range");
  if (text === undefined) return undefined;
  const span = parseRange(text);
  if (span === undefined) {
    if (own !== undefined) throw badHeader("x-ms-range", own);
    return undefined;
  }
  if (span.offset >= size) {
    throw new AzureError("InvalidRange", { headers: { "Content-Range": `bytes */${size}` } });
  }
  return { offset: span.offset, length: Math.min(span.length, size - span.offset) };
}

/** The span of a `x-ms-source-range`, which must begin inside the source. */
export function readSourceRange(headers: HeaderList, size: number): ByteSpan {
  const text = headers.get("x-ms-source-range");
  if (text === undefined) return { offset: 0, length: size };
  const span = parseRange(text);
  if (span === undefined) throw badHeader("x-ms-source-range", text);
  if (span.offset >= size || (span.length !== Infinity && span.offset + span.length > size)) {
    throw new AzureError("InvalidRange");
  }
  return { offset: span.offset, length: Math.min(span.length, size - span.offset) };
}

function parseRange(text: string): ByteSpan | undefined {
  const [, first, last = ""] = /^bytes=(\d+)-(\d*)$/.exec(text.trim()) ?? [];
  if (first === undefined) return undefined;
  const length = last === "" ? Infinity : Number(last) - Number(first) + 1;
  return length > 0 ? { offset: Number(first), length } : undefined;
}
