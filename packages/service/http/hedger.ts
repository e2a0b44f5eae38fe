import { startTicker } from "@lade/core/backend";
import { type HedgeBudget, LinkedList } from "@lade/core/concurrency";
import { HeadForecast } from "./head_forecast.ts";
import { HedgeRace } from "./hedge_race.ts";
import type { Attempt, Outcome, Trying, TrySender } from "./send_with_retry.ts";
import type { TransportConfig } from "./transport_config.ts";

const TICK_MS = 20;

/** Hedges for a transport, where its options say by which budget. */
export function hedgerOf(config: TransportConfig): Hedger | undefined {
  return config.hedges && new Hedger(config, config.hedges);
}

/**
 * Sends requests a second time, on another connection, whose answers are overdue by what like requests took; the answer that
 * comes first is used. Like requests are those of one method to one endpoint.
 */
export class Hedger implements TrySender {
  readonly #config: TransportConfig;
  readonly #budget: HedgeBudget;
  readonly #peers = new Map<string, Peers>();
  #stopTicker: (() => void) | undefined;
  #closed = false;

  /** Asks `budget` for leave. */
  constructor(config: TransportConfig, budget: HedgeBudget) {
    this.#config = config;
    this.#budget = budget;
  }

  /** Makes a try, and a second one beside it once its answer is overdue. */
  async send(attempt: Attempt, trying: Trying): Promise<Outcome> {
    const { clock } = this.#config;
    const peers = this.#peersOf(attempt);
    const race = new HedgeRace(attempt, trying, peers, clock);
    if (peers.forecast.ready && !this.#closed) this.#stopTicker ??= startTicker(clock, TICK_MS, this.#tick);
    const place = peers.racing.add(race);
    try {
      return await race.run();
    } finally {
      peers.racing.remove(place);
    }
  }

  /** Sends nothing a second time any more. */
  close(): void {
    this.#closed = true;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
  }

  #peersOf({ request, url }: Attempt): Peers {
    const name = `${request.method} ${url.slice(0, url.indexOf("/", 8))}`;
    let peers = this.#peers.get(name);
    if (!peers) this.#peers.set(name, peers = new Peers());
    return peers;
  }

  readonly #tick = (): void => {
    const nowMs = this.#config.clock.monotonicMs();
    let busy = false;
    for (const peers of this.#peers.values()) {
      busy ||= peers.racing.size > 0;
      for (const race of peers.overdue(nowMs)) {
        const hedge = this.#budget.tryTake();
        if (hedge) race.hedge(hedge);
      }
    }
    if (busy) return;
    this.#stopTicker?.();
    this.#stopTicker = undefined;
  };
}

/** Like requests, and what is known of their answers. */
class Peers {
  readonly forecast = new HeadForecast();
  readonly racing = new LinkedList<HedgeRace>();
  #inTimeMs = -Infinity;

  answered(durationMs: number, nowMs: number): void {
    if (durationMs < this.forecast.overdueMs) this.#inTimeMs = nowMs;
    this.forecast.add(durationMs);
  }

  waitedInVain(durationMs: number): void {
    this.forecast.add(durationMs);
  }

  hedged(won: boolean): void {
    this.forecast.hedged(won);
  }

  /**
   * Those whose answers are overdue while others' are not: since such a request went out, another one was answered in time.
   * Where none was, all are slow, and are not asked again; one that has no others is judged by those before it.
   */
  overdue(nowMs: number): HedgeRace[] {
    const sinceMs = nowMs - this.forecast.overdueMs;
    const alone = this.racing.size === 1;
    const overdue: HedgeRace[] = [];
    for (const race of this.racing) {
      if (race.hedged || race.sentMs > sinceMs) continue;
      if (alone || this.#inTimeMs > race.sentMs) overdue.push(race);
    }
    return overdue;
  }
}
