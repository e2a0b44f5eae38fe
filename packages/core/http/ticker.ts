import { type Clock, systemClock } from "../context/clock.ts";

/** Calls `tick` about every `intervalMs` of `clock` until stopped. A process may end meanwhile. */
export function startTicker(clock: Clock, intervalMs: number, tick: () => void): () => void {
  if (clock === systemClock) {
    const timer = setInterval(tick, intervalMs);
    Deno.unrefTimer(timer);
    return () => clearInterval(timer);
  }
  const stop = new AbortController();
  void run(clock, intervalMs, tick, stop.signal);
  return () => stop.abort();
}

async function run(clock: Clock, intervalMs: number, tick: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal).catch(() => {});
    if (!signal.aborted) tick();
  }
}
