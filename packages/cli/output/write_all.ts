import type { ByteSink } from "./terminal.ts";

/** How long a write in progress may still take after an abort, in milliseconds. */
const GRACE_MS = 100;

/**
 * Writes all of `bytes`. After an abort the write has a moment left and is then given up with `signal.reason`: a
 * reader that has stopped reading cannot hold up the end of the program.
 */
export async function writeAll(sink: ByteSink, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  if (!signal) return await writeFully(sink, bytes);
  const givenUp = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onAbort = () => timer = setTimeout(() => givenUp.reject(signal.reason), GRACE_MS);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([writeFully(sink, bytes), givenUp.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Without one it would only load the timers of Node.
    if (timer !== undefined) clearTimeout(timer);
  }
}

async function writeFully(sink: ByteSink, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await sink.write(bytes.subarray(done));
}
