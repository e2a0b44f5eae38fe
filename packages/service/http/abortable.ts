import { followAbort, leaveAbort } from "@lade/core/concurrency";

/** Waits for `promise`, but rejects with `signal.reason` as soon as a signal is aborted. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const follower = { handleEvent: () => reject(signal.reason) };
    followAbort(signal, follower);
    promise.then(resolve, reject).finally(() => leaveAbort(signal, follower));
  });
}
