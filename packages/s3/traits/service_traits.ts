import type { Support } from "@lade/core";
import { EndpointSigns } from "@lade/service/http";
import { CONDITION_WORDS, type ConditionKind, type Conduct } from "./condition_kind.ts";
import { type Extra, PLAINER_WAY } from "./extra.ts";
import { Md5Habit } from "./md5_habit.ts";

/** Takes a sentence about a service, which follows its name. */
export type TraitListener = (words: string) => void;

/**
 * What one service has shown while it was used: which extras it does not take, which conditions it holds, which buckets
 * keep versions. Shared by all stores of an endpoint; nothing is ever forgotten, and nothing is written to disk.
 */
export class ServiceTraits {
  /** What its answers have shown of it. */
  readonly signs: EndpointSigns = new EndpointSigns({
    ids: ["x-amz-request-id", "x-amz-id-2", "x-amzn-requestid", "x-guploader-uploadid"],
    prefixes: ["x-amz-", "x-amzn-", "x-goog-"],
  });
  /** Whether the etags of what is written in one request are MD5 sums. */
  readonly md5Etags: Md5Habit = new Md5Habit();
  /** Whether the etags of objects made of parts are MD5 sums of their parts' MD5 sums. */
  readonly md5OfParts: Md5Habit = new Md5Habit();
  readonly #missing = new Set<Extra>();
  readonly #works = new Set<Extra>();
  readonly #doubted = new Set<Extra>();
  readonly #conduct = new Map<ConditionKind, Conduct>();
  readonly #probes = new Map<ConditionKind, Promise<Conduct>>();
  readonly #versioned = new Set<string>();

  /** Extras that the service does not take. */
  get missing(): readonly Extra[] {
    return [...this.#missing];
  }

  /** Whether the service is known not to take an extra. */
  lacks(extra: Extra): boolean {
    return this.#missing.has(extra);
  }

  /** Whether the service is known to take an extra. */
  takes(extra: Extra): boolean {
    return this.#works.has(extra);
  }

  /** Remembers that the service takes an extra. */
  shown(extra: Extra): void {
    if (!this.#missing.has(extra)) this.#works.add(extra);
  }

  /** Remembers that the service does not take an extra, and reports it the first time. */
  found(extra: Extra, tell: TraitListener): void {
    this.#works.delete(extra);
    if (this.#missing.has(extra)) return;
    this.#missing.add(extra);
    tell(PLAINER_WAY[extra]);
  }

  /** Takes a failure that another reason may explain; the second one shows that the service does not take the extra. */
  doubt(extra: Extra, tell: TraitListener): void {
    if (this.#works.has(extra)) return;
    if (this.#doubted.has(extra)) this.found(extra, tell);
    this.#doubted.add(extra);
  }

  /** What the service does about a condition, where that is known. */
  conduct(kind: ConditionKind): Conduct | undefined {
    return this.#conduct.get(kind);
  }

  /**
   * Finds out what the service does about a condition: asked once, by the first of all who wait. A failure is not
   * remembered.
   */
  findOut(kind: ConditionKind, probe: () => Promise<Conduct>, tell: TraitListener): Promise<Conduct> {
    const known = this.#conduct.get(kind);
    if (known) return Promise.resolve(known);
    const running = this.#probes.get(kind);
    if (running) return running;
    const asked = probe().then((conduct) => {
      this.#conduct.set(kind, conduct);
      if (conduct !== "holds") tell(`${conduct} ${CONDITION_WORDS[kind]}`);
      return conduct;
    }).finally(() => this.#probes.delete(kind));
    this.#probes.set(kind, asked);
    return asked;
  }

  /** Resolves once no question is open. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#probes.values());
  }

  /** Whether the service holds a condition. */
  support(kind: ConditionKind): Support {
    const conduct = this.#conduct.get(kind);
    return conduct === undefined ? "unknown" : conduct === "holds";
  }

  /** Whether a bucket has shown a version. */
  keepsVersions(bucket: string): boolean {
    return this.#versioned.has(bucket);
  }

  /** Remembers that a bucket has shown a version. */
  showedVersion(bucket: string): void {
    this.#versioned.add(bucket);
  }
}
