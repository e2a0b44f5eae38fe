import { followAbort } from "./follow_abort.ts";

/** So long a source may take to see an abort by itself, and to end what it has under way. */
const GRACE_MS = 1000;

/**
 * Waits for what may see no signal, such as the next item of a caller's own source. A second after an abort of `signal` it
 * is given up, and this rejects with the signal's reason.
 */
export async function unlessAborted<T>(waiting: Promise<T>, signal: AbortSignal): Promise<T> {
  const givenUp = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const handleEvent = () => {
    timer = setTimeout(() => givenUp.reject(signal.reason), GRACE_MS);
  };
  const leave = followAbort(signal, { handleEvent });
  if (signal.aborted) handleEvent();
  try {
    return await Promise.race([waiting, givenUp.promise]);
  } finally {
    leave();
    clearTimeout(timer);
  }
}
