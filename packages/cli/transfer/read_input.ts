import type { ByteSource } from "../output/terminal.ts";

const BUFFER_SIZE = 2 ** 20;

/**
 * Reads a source to its end, in pieces that are valid until the next one. An abort ends the wait for bytes that do
 * not come.
 */
export async function* readInput(source: ByteSource, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(BUFFER_SIZE);
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      const count = await Promise.race([source.read(buffer), aborted.promise]);
      if (count === null) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
