import { followAbort } from "@lade/core/concurrency";

/** Waits for `promise`, but rejects with `signal.reason` as soon as a signal is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const leave = followAbort(signal, { handleEvent: () => reject(signal.reason) });
    promise.then(resolve, reject).finally(leave);
  });
}
