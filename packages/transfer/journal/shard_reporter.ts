import type { ObjectStore } from "@lade/core";
import type { Clock } from "@lade/core/backend";
import { getBytes } from "@lade/core/operations";
import { system } from "@lade/core/system";
import { hostname } from "./hostname.ts";
import {
  parseShardReport,
  SHARD_STALE_MS,
  shardKey,
  type ShardReport,
  type ShardState,
} from "./shard_report.ts";

/** What a {@linkcode ShardReporter} tells, and where. */
export interface ShardReporterSetup
  extends Pick<ShardReport, "transfer" | "number" | "count" | "operation" | "sources" | "destination"> {
  /** The store that all processes reach. */
  readonly store: ObjectStore;
  /** The prefix of journals, empty or with a slash at its end. */
  readonly prefix: string;
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** What is done so far. */
  readonly counts: () => Pick<ShardReport, "objects" | "bytes" | "failed" | "skipped">;
  /** Takes, once, what keeps the reports from being kept; the transfer goes on without. */
  readonly onNote: (text: string) => void;
}

/** So often a process tells that it is at it. */
const EVERY_MS = SHARD_STALE_MS / 4;

/**
 * Tells others how far this process is with its share: an object of its own in the store, which it writes over. Once
 * another process has begun with the same share, this one tells nothing more.
 */
export class ShardReporter {
  readonly #setup: ShardReporterSetup;
  readonly #begun: string;
  readonly #run: string;
  readonly #ended = new AbortController();
  #telling: Promise<void>;
  #hasTold = false;
  #hasFailed = false;

  private constructor(setup: ShardReporterSetup) {
    this.#setup = setup;
    this.#begun = new Date(setup.clock.now()).toISOString();
    this.#run = Math.floor(setup.random() * 2 ** 52).toString(36);
    this.#telling = this.#tell("running").then(() => this.#beat());
  }

  /** Begins to tell. */
  static start(setup: ShardReporterSetup): ShardReporter {
    return new ShardReporter(setup);
  }

  /** Tells how it ended. Resolves when that is stored, or cannot be. */
  async end(state: Exclude<ShardState, "running">): Promise<void> {
    this.#ended.abort();
    await this.#telling;
    await this.#tell(state);
  }

  async #beat(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const slept = await this.#setup.clock.sleep(EVERY_MS, signal).then(() => true, () => false);
      if (slept) await this.#tell("running");
    }
  }

  /** Whether another process has told of the same share since this one did. */
  async #isTakenOver(own: ShardReport): Promise<boolean> {
    const { store, prefix } = this.#setup;
    if (!this.#hasTold) return false;
    const { bytes } = await getBytes(store, prefix + shardKey(own));
    const there = parseShardReport(new TextDecoder().decode(bytes));
    return there !== undefined && there.run !== own.run;
  }

  async #tell(state: ShardState): Promise<void> {
    const { store, prefix, clock, random: _, counts, onNote, ...told } = this.#setup;
    const host = hostname();
    const report: ShardReport = {
      lade: 1,
      ...told,
      run: this.#run,
      state,
      ...counts(),
      begun: this.#begun,
      told: new Date(clock.now()).toISOString(),
      pid: system.pid,
      ...(host !== undefined && { host }),
    };
    try {
      if (await this.#isTakenOver(report)) return this.#ended.abort();
      await store.put(prefix + shardKey(report), new TextEncoder().encode(`${JSON.stringify(report)}\n`));
      this.#hasTold = true;
    } catch (thrown) {
      if (!this.#hasFailed) onNote(`lade jobs status cannot tell of this shard: ${messageOf(thrown)}`);
      this.#hasFailed = true;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
