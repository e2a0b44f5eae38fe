import type { LearnedLimit, LimitMemory } from "../concurrency/learned_limit.ts";
import type { Clock } from "../time/clock.ts";

/** What was learned of an endpoint in one direction. */
export interface LearnedEndpoint extends LearnedLimit {
  /** Scheme, host and port: `https://host:443`, the port where it is not the scheme's own. */
  readonly endpoint: string;
  /** What the requests do. */
  readonly direction: "read" | "write";
  /** When it was learned, in milliseconds since 1970. */
  readonly learnedMs: number;
}

/** Keeps what was learned beyond the process. Where either method fails, nothing was kept. */
export interface EndpointRecords {
  /** What was kept and still counts. */
  load(): Promise<readonly LearnedEndpoint[]>;
  /** Adds what was learned since. */
  save(learned: readonly LearnedEndpoint[]): Promise<void>;
}

/** What an {@linkcode EndpointMemory} is made of. */
export interface EndpointMemorySetup {
  /** Time. */
  readonly clock: Pick<Clock, "now">;
  /** Keeps what was learned beyond the process; nothing does by default. */
  readonly records?: EndpointRecords | undefined;
}

/**
 * Remembers how many requests endpoints bear, for the stores that are opened later: they begin their search there, and
 * find anew what has changed. What was kept beyond the process is read when it is first asked for.
 */
export class EndpointMemory {
  readonly #setup: EndpointMemorySetup;
  readonly #learned = new Map<string, LearnedEndpoint>();
  #loading: Promise<ReadonlyMap<string, LearnedEndpoint>> | undefined;
  #isSaved = true;

  /** Remembers nothing yet. */
  constructor(setup: EndpointMemorySetup) {
    this.#setup = setup;
  }

  /** Where a limit of requests to `endpoint` keeps what it learns. */
  limitOf(endpoint: string, direction: LearnedEndpoint["direction"]): LimitMemory {
    const name = nameOf({ endpoint, direction });
    return {
      recall: async () => this.#learned.get(name) ?? (await this.#load()).get(name),
      learn: ({ limit, rate }) => {
        const learnedMs = this.#setup.clock.now();
        const learned = { endpoint, direction, learnedMs, limit, ...(rate !== undefined && { rate }) };
        this.#learned.set(name, learned);
        this.#isSaved = false;
      },
    };
  }

  /** Keeps what was learned since the last call beyond the process, where that is possible. Never rejects. */
  async save(): Promise<void> {
    const { records } = this.#setup;
    if (this.#isSaved || !records) return;
    this.#isSaved = true;
    await records.save([...this.#learned.values()]).catch(() => {});
  }

  #load(): Promise<ReadonlyMap<string, LearnedEndpoint>> {
    const load = async () => {
      const kept = await this.#setup.records?.load().catch(() => []) ?? [];
      return new Map(kept.map((learned) => [nameOf(learned), learned]));
    };
    return this.#loading ??= load();
  }
}

function nameOf({ endpoint, direction }: Pick<LearnedEndpoint, "endpoint" | "direction">): string {
  return `${direction} ${endpoint}`;
}
