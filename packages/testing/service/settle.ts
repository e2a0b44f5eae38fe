import { setImmediate } from "node:timers";
import type { FakeServer } from "../http/fake_server.ts";
import type { FakeClock } from "../time/fake_clock.ts";

/** Turns of the event loop in which a request over loopback comes and its answer goes. */
const TURNS = 50;

/** What came of a call, and how long it took by the clock. */
export interface Outcome<T> {
  /** What it resolved with. */
  readonly value?: T;
  /** What it rejected with. */
  readonly error?: unknown;
  /** Milliseconds of the clock. */
  readonly tookMs: number;
}

/** What a call waits for: time, and the answers of a service. */
export interface Awaited {
  /** The clock. */
  readonly clock: FakeClock;
  /** Who serves. */
  readonly opened: { readonly server: Pick<FakeServer, "working" | "underWay"> };
  /** Requests that the client has sent and that have no answer yet. */
  readonly unanswered?: () => number;
}

/** Waits for a call while the clock runs by a second whenever nothing else happens. */
export async function settle<T>(
  { clock, opened: { server }, unanswered = () => 0 }: Awaited,
  running: Promise<T>,
): Promise<Outcome<T>> {
  const startMs = clock.monotonicMs();
  let outcome: { value?: T; error?: unknown } | undefined;
  running.then((value) => outcome = { value }, (error) => outcome = { error });
  while (!outcome) {
    // The network, which the clock knows nothing of, goes on meanwhile.
    for (let turn = 0; turn < TURNS && !outcome; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      // What others do behind the server takes real time, and so does the way there and back.
      if (server.working > 0 || unanswered() > server.underWay) turn = 0;
    }
    if (!outcome) await clock.advance(1000);
  }
  return { ...outcome, tookMs: clock.monotonicMs() - startMs };
}
