import { type Clock, systemClock } from "@lade/core/backend";

/** Calls `tick` about every `intervalMs` of `clock` until stopped. A process may end meanwhile. */
export function startTicker(clock: Clock, intervalMs: number, tick: () => void): () => void {
  if (clock === systemClock) return startSystemTicker(intervalMs, tick);
  const stop = new AbortController();
  void run(clock, intervalMs, tick, stop.signal);
  return () => stop.abort();
}

function startSystemTicker(intervalMs: number, tick: () => void): () => void {
  let stopped = false;
  let stopTimer: (() => void) | undefined;
  const first = AbortSignal.timeout(intervalMs);
  const goOn = () => {
    if (stopped) return;
    const timer = setInterval(tick, intervalMs);
    // Node has an object for a timer, which is asked itself.
    if (typeof timer === "number") Deno.unrefTimer(timer);
    else (timer as { unref(): void }).unref();
    stopTimer = () => clearInterval(timer);
    tick();
  };
  // Most commands end before the first tick, and need not load the timers of Node, 5 ms of CPU. A listener that is not
  // added by the signal itself does not keep the process alive.
  EventTarget.prototype.addEventListener.call(first, "abort", goOn);
  return () => {
    stopped = true;
    stopTimer?.();
  };
}

async function run(clock: Clock, intervalMs: number, tick: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal).catch(() => {});
    if (!signal.aborted) tick();
  }
}
