import type { ByteRange } from "@lade/core/backend";

/** The bytes that a `Content-Range` names. */
export interface ContentRange {
  /** First byte. */
  readonly first: number;
  /** Last byte. */
  readonly last: number;
  /** Size of the whole object. */
  readonly size: number;
}

/** No service holds larger objects: a petabyte, twenty times what Amazon S3 takes. */
const MAX_OBJECT_BYTES = 2 ** 50;

/** The size of an object as text in digits; `undefined` for what is none, or is more than any service holds. */
export function readSize(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return Number(text) <= MAX_OBJECT_BYTES ? Number(text) : undefined;
}

/** Reads `bytes 0-9/100`; `undefined` for any other form and for numbers that contradict each other. */
export function parseContentRange(text: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(text ?? "");
  if (!match) return undefined;
  const [first = NaN, last = NaN, size = NaN] = match.slice(1).map(Number);
  return first <= last && last < size && size <= MAX_OBJECT_BYTES ? { first, last, size } : undefined;
}

/** Whether a `Content-Range` is that of an object without bytes, as MinIO has it for a suffix: `bytes 0--1/0`. */
export function isEmptyRange(text: string | undefined): boolean {
  return text === "bytes 0--1/0";
}

/**
 * The size of an object in a `Content-Range` of no byte at its end, as Azurite has it for a range that begins there:
 * `bytes 100-99/100`.
 */
export function sizeOfRangePastEnd(text: string | undefined): number | undefined {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(text ?? "");
  const [first = NaN, last = NaN, size = NaN] = match?.slice(1).map(Number) ?? [];
  return first >= size && last === size - 1 && size <= MAX_OBJECT_BYTES ? size : undefined;
}

/** The value of a `Range` header. */
export function rangeHeader(range: ByteRange): string {
  if ("suffixLength" in range) return `bytes=-${range.suffixLength}`;
  const { offset, length } = range;
  return `bytes=${offset}-${length === undefined ? "" : offset + length - 1}`;
}
