import { S3Error } from "../s3_error.ts";

/** Bytes of an object. */
export interface ByteSpan {
  /** The first byte. */
  offset: number;
  /** How many. */
  length: number;
}

/**
 * The span a `Range` field asks for, or undefined when it is absent or not one range of bytes, which the
 * service ignores.
 */
export function parseRange(header: string | undefined, size: number): ByteSpan | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (match === null || (first === "" && last === "")) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (start >= size) {
    throw new S3Error("InvalidRange", {
      details: { RangeRequested: header ?? "", ActualObjectSize: String(size) },
      headers: { "Content-Range": `bytes */${size}` },
    });
  }
  return { offset: start, length: end - start + 1 };
}

/** The span of an `x-amz-copy-source-range`, which must lie inside the source. */
export function parseCopyRange(header: string, size: number): ByteSpan {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || last < first) {
    throw new S3Error("InvalidArgument", {
      message:
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      details: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    });
  }
  if (last >= size) {
    throw new S3Error("InvalidArgument", {
      message: `Range specified is not valid for source object of size: ${size}`,
      details: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: header },
    });
  }
  return { offset: first, length: last - first + 1 };
}
