import { type Clock, systemClock } from "./clock.ts";

/** Calls `tick` about every `intervalMs` of `clock` until stopped. A process may end meanwhile. */
export function startTicker(clock: Clock, intervalMs: number, tick: () => void): () => void {
  if (clock === systemClock) return startSystemTicker(intervalMs, tick);
  const stop = new AbortController();
  void run(clock, intervalMs, tick, stop.signal);
  return () => stop.abort();
}

/** For so long each tick has a timer of its own, 0.1 ms of CPU. */
const SHORT_LIFE_MS = 1000;

function startSystemTicker(intervalMs: number, tick: () => void): () => void {
  let stopped = false;
  let stopTimer: (() => void) | undefined;
  let lastedMs = 0;
  // Most commands end soon, and need not load the timers of Node, 5 ms of CPU. A listener that is not added by the signal
  // itself does not keep the process alive.
  const wait = () =>
    EventTarget.prototype.addEventListener.call(AbortSignal.timeout(intervalMs), "abort", goOn);
  const goOn = () => {
    if (stopped) return;
    lastedMs += intervalMs;
    if (lastedMs < SHORT_LIFE_MS) wait();
    else tickOn();
    tick();
  };
  const tickOn = () => {
    const timer = setInterval(tick, intervalMs);
    // Node has an object for a timer, which is asked itself.
    if (typeof timer === "number") Deno.unrefTimer(timer);
    else (timer as { unref(): void }).unref();
    stopTimer = () => clearInterval(timer);
  };
  wait();
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
