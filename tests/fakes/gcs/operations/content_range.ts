import { GcsError } from "../gcs_error.ts";

/** What a request to a session brings, by its `Content-Range`. */
export interface ChunkRange {
  /** The first byte; undefined where the session is asked how far it is. */
  readonly first: number | undefined;
  /** One beyond the last byte, where that is said. */
  readonly end: number | undefined;
  /** Bytes in all, where that is said. */
  readonly size: number | undefined;
}

/** Reads a `Content-Range`; without one the body is all there is. */
export function readContentRange(text: string | undefined, length: number | undefined): ChunkRange {
  if (text === undefined) return { first: 0, end: length, size: length };
  const [all, span, first, last, total] = /^bytes (\*|(\d+)-(\d+|\*))\/(\d+|\*)$/.exec(text) ?? [];
  if (all === undefined) throw new GcsError("InvalidArgument", "Failed to parse Content-Range header.");
  const size = total === "*" ? undefined : Number(total);
  if (span === "*") return { first: undefined, end: undefined, size };
  const from = Number(first);
  const end = last === "*" ? undefined : Number(last) + 1;
  if (end !== undefined && (end <= from || (size !== undefined && end > size))) {
    throw new GcsError("InvalidArgument", "Failed to parse Content-Range header.");
  }
  if (end !== undefined && length !== undefined && length !== end - from) {
    throw new GcsError(
      "InvalidArgument",
      `Invalid request.  There were ${length} byte(s) in the request body.  There should have been ${
        end - from
      } ` +
        `byte(s) (starting at offset ${from} and ending at offset ${
          end - 1
        }) according to the Content-Range header.`,
    );
  }
  return { first: from, end, size };
}
