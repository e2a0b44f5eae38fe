import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { type ChunkedRead, readChunks } from "./read_chunks.ts";
import type { ReadOptions } from "./read_options.ts";

const PIECE = 2 ** 20;

/**
 * Reads an object, or a range of it, as a byte stream in order at the reader's pace, a few concurrent chunks ahead.
 *
 * Its pieces are the reader's own; a BYOB reader spares their allocation. Nothing is requested before the first
 * pull. Cancelling frees everything immediately.
 */
export function stream(
  store: ObjectStore,
  key: string,
  given?: ReadOptions,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const options = takeOptions(given);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  let opening: Promise<ChunkedRead> | undefined;
  let chunks: AsyncIterator<Uint8Array<ArrayBuffer>> | undefined;
  let rest: Uint8Array = new Uint8Array();
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const read = await (opening ??= readChunks(store, key, { ...options, signal }));
      chunks ??= read[Symbol.asyncIterator]();
      while (rest.length === 0) {
        const next = await chunks.next();
        if (next.done) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        rest = next.value;
      }
      const request = controller.byobRequest;
      if (request?.view) {
        const { buffer, byteOffset, byteLength } = request.view;
        const count = Math.min(byteLength, rest.length);
        new Uint8Array(buffer, byteOffset, count).set(rest.subarray(0, count));
        rest = rest.subarray(count);
        request.respond(count);
      } else {
        controller.enqueue(new Uint8Array(rest.subarray(0, PIECE)));
        rest = rest.subarray(Math.min(PIECE, rest.length));
      }
    },
    async cancel(reason) {
      stop.abort(reason);
      const read = await opening?.catch(() => undefined);
      await read?.[Symbol.asyncDispose]();
    },
  });
}
