import { MAX_OBJECT_BYTES } from "./object_info.ts";

/** The bytes that a `Content-Range` names. */
export interface ContentRange {
  /** First byte. */
  readonly first: number;
  /** Last byte. */
  readonly last: number;
  /** Size of the whole object. */
  readonly size: number;
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
