import type { GetResult } from "../contract/get_result.ts";

/** Cancels a result, which was asked for without this signal, once it is aborted. */
export function cancelBy(result: GetResult, signal: AbortSignal | undefined): Disposable {
  const onAbort = () => void result.cancel(signal?.reason);
  if (signal?.aborted) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", onAbort) };
}
