import { UnsupportedError } from "@lade/core/errors";
import type { Column } from "../table/column.ts";
import { hasValue } from "../table/validity.ts";
import type { BatchBody } from "./batch_body.ts";

/** What views are decoded with. */
export interface ViewContext {
  readonly body: BatchBody;
  readonly uri: string;
  readonly path: string;
  readonly fault: (detail: string) => Error;
}

const VIEW = 16;
const INLINE = 12;
const MOST = 2 ** 31 - 1;
/** How many times its stored bytes a buffer may have, of which views need little. */
const MOST_RATIO = 512;

/**
 * Puts the bytes of views one after the other. A view is a length and either up to 12 bytes, or the first four of them,
 * the number of a buffer (`data` has where these are) and where in it they begin.
 */
export function decodeViews(
  views: Uint8Array,
  data: readonly number[],
  column: Column,
  { body, uri, path, fault }: ViewContext,
): { offsets: Int32Array; values: Uint8Array } {
  const view = new DataView(views.buffer, views.byteOffset, views.byteLength);
  const offsets = new Int32Array(column.length + 1);
  const ends = new Array<number>(data.length).fill(0);
  let total = 0;
  for (let row = 0; row < column.length; row++) {
    if (hasValue(column, row)) {
      const length = view.getInt32(row * VIEW, true);
      if (length < 0) throw fault(`has a view of ${length} bytes in row ${row}`);
      total += length;
      if (length > INLINE) {
        const [buffer, offset] = [view.getInt32(row * VIEW + 8, true), view.getInt32(row * VIEW + 12, true)];
        const end = ends[buffer];
        if (end === undefined || offset < 0) {
          throw fault(`has a view into buffer ${buffer} at ${offset} in row ${row}`);
        }
        ends[buffer] = Math.max(end, offset + length);
      }
      if (total > MOST) {
        const detail = `column "${path}" has more than 2 GiB in one batch; write batches of fewer rows`;
        throw new UnsupportedError({ operation: "read arrow", uri, detail });
      }
    }
    offsets[row + 1] = total;
  }
  // Rows that were chosen of more keep the buffers of all.
  const buffers = data.map((buffer, index) => {
    const least = ends[index] ?? 0;
    return body.buffer(buffer, least, Math.max(least, body.storedBytes(buffer) * MOST_RATIO));
  });
  const values = new Uint8Array(total);
  for (let row = 0; row < column.length; row++) {
    const [start, end] = [offsets[row] ?? 0, offsets[row + 1] ?? 0];
    const length = end - start;
    if (length === 0) continue;
    if (length <= INLINE) {
      values.set(views.subarray(row * VIEW + 4, row * VIEW + 4 + length), start);
      continue;
    }
    const from = view.getInt32(row * VIEW + 12, true);
    const bytes = buffers[view.getInt32(row * VIEW + 8, true)]?.subarray(from, from + length) ??
      new Uint8Array(0);
    for (let at = 0; at < 4; at++) {
      if (bytes[at] !== views[row * VIEW + 4 + at]) {
        throw fault(`has a view that does not fit its bytes in row ${row}`);
      }
    }
    values.set(bytes, start);
  }
  return { offsets, values };
}
