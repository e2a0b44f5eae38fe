import type { ByteSource } from "./byte_source.ts";
import { describeInputFailure, InputError } from "./input_error.ts";

const BUFFER_SIZE = 2 ** 20;

/** A source that was opened. */
export interface OpenedInput {
  /** Gives the bytes. */
  readonly source: ByteSource;
  /** Gives it back. */
  close(): void;
}

/**
 * Opens a source and reads it to its end, in pieces that are valid until the next one. An abort ends the wait for a
 * pipe that nobody opens for writing, and for bytes that do not come. `name` is that of an {@linkcode InputError}.
 */
export async function* readInput(
  open: () => Promise<OpenedInput>,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(BUFFER_SIZE);
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = () => aborted.reject(signal.reason);
  signal.throwIfAborted();
  signal.addEventListener("abort", onAbort, { once: true });
  let opening: Promise<OpenedInput> | undefined;
  try {
    opening = open();
    const { source } = await Promise.race([opening, aborted.promise]);
    for (;;) {
      const count = await Promise.race([source.read(buffer), aborted.promise]);
      if (count === null) return;
      yield buffer.subarray(0, count);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof InputError ? error : new InputError(name, describeInputFailure(error), error);
  } finally {
    signal.removeEventListener("abort", onAbort);
    opening?.then(({ close }) => close(), () => {});
  }
}
