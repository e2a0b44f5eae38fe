/**
 * Calls `onTime` once after `durationMs`, unless the function that this gives is called before. The process lives as long.
 */
export function startTimer(durationMs: number, onTime: () => void): () => void {
  const ms = Math.max(0, Math.ceil(durationMs));
  // On Node a signal's timer keeps no process alive.
  if (typeof Deno === "undefined") {
    const timer = setTimeout(onTime, ms);
    return () => clearTimeout(timer);
  }
  // The first `setTimeout` of a process loads the timers of Node, 5 ms of CPU; the timer of a signal is there.
  const timer = AbortSignal.timeout(ms);
  timer.addEventListener("abort", onTime, { once: true });
  return () => timer.removeEventListener("abort", onTime);
}
