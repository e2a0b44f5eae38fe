import { printable, redactSecrets } from "@lade/core/text";
import type { CheckEntry, CheckSign } from "@lade/transfer/check";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";
import { formatDuration } from "../output/format_duration.ts";

/** What a comparison says of one name. */
export class ComparisonMessage implements Message {
  readonly #entry: CheckEntry;

  /** Shows `entry`. */
  constructor(entry: CheckEntry) {
    this.#entry = entry;
  }

  /** The sign and the name. */
  toText(_style: Style): string {
    return `${this.#entry.sign} ${printable(this.#entry.name)}`;
  }

  /** The same, with what showed it. */
  toJson(): Json {
    const { error, sign, name, source, target, size, by, detail } = this.#entry;
    return {
      type: "comparison",
      sign,
      name,
      source: source && redactSecrets(source),
      destination: target && redactSecrets(target),
      size,
      by,
      detail,
      error: error instanceof Error ? redactSecrets(error.message) : undefined,
    };
  }
}

/** Counts what became of the names of a comparison. */
export class CheckCounts {
  readonly #signs = new Map<CheckSign, number>();
  readonly #evidence = new Map<string, number>();

  /** Adds one. */
  add({ sign, by }: CheckEntry): void {
    this.#signs.set(sign, this.of(sign) + 1);
    if (sign === "=" && by !== undefined) this.#evidence.set(by, (this.#evidence.get(by) ?? 0) + 1);
  }

  /** How many names there are. */
  get all(): number {
    return [...this.#signs.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many names have a sign. */
  of(sign: CheckSign): number {
    return this.#signs.get(sign) ?? 0;
  }

  /** By what the same ones were found to be the same, the most frequent first. */
  get evidence(): readonly (readonly [string, number])[] {
    return [...this.#evidence].sort(([, a], [, b]) => b - a);
  }
}

/** The last line of a comparison. */
export class ComparedMessage implements Message {
  readonly #counts: CheckCounts;
  readonly #elapsedMs: number;

  /** Sums up `counts`. */
  constructor(counts: CheckCounts, elapsedMs: number) {
    this.#counts = counts;
    this.#elapsedMs = elapsedMs;
  }

  /** The counts, and what the same ones were found to be the same by. */
  toText(): string {
    const of = (sign: CheckSign, what: string) =>
      this.#counts.of(sign) > 0 ? [`${this.#counts.of(sign)} ${what}`] : [];
    const by = this.#counts.evidence.map(([evidence, count]) => `${count} by ${WORDS[evidence] ?? evidence}`);
    const parts = [
      `${this.#counts.of("=")} the same${by.length > 0 ? ` (${by.join(", ")})` : ""}`,
      ...of("*", "different"),
      ...of("+", "missing at the destination"),
      ...of("-", "missing at the source"),
      ...of("!", "not compared"),
    ];
    return `lade: check found ${parts.join(", ")} in ${formatDuration(this.#elapsedMs)}`;
  }

  /** The same. */
  toJson(): Json {
    return {
      type: "compared",
      same: this.#counts.of("="),
      different: this.#counts.of("*"),
      missingAtDestination: this.#counts.of("+"),
      missingAtSource: this.#counts.of("-"),
      failed: this.#counts.of("!"),
      by: Object.fromEntries(this.#counts.evidence),
      elapsedMs: Math.round(this.#elapsedMs),
    };
  }
}

const WORDS: Readonly<Record<string, string>> = {
  size: "size",
  checksum: "checksum",
  etag: "etag",
  remembered: "remembered checksum",
  content: "reading both",
};
