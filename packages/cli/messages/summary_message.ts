import { formatDuration } from "../output/format_duration.ts";
import { formatSize } from "../output/format_size.ts";
import type { Json, Message } from "../output/message.ts";

/** What a command did to many objects. */
export interface Summary {
  /** The command. */
  readonly operation: string;
  /** Objects done. */
  readonly objects: number;
  /** Objects that failed. */
  readonly failed: number;
  /** Objects left alone on purpose. */
  readonly skipped: number;
  /** Bytes of the objects done; absent where the command moves none. */
  readonly bytes?: number;
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number;
  /** Nothing was done. */
  readonly dryRun: boolean;
}

/** The last line of a command on many objects. */
export class SummaryMessage implements Message {
  readonly #summary: Summary;

  /** Shows `summary`. */
  constructor(summary: Summary) {
    this.#summary = summary;
  }

  /** Counts, time and rate in one sentence. */
  toText(): string {
    const { operation, objects, failed, skipped, bytes, elapsedMs, dryRun } = this.#summary;
    const movesBytes = bytes !== undefined && bytes > 0;
    const parts = [
      `${objects} ${objects === 1 ? "object" : "objects"}`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(movesBytes ? [formatSize(bytes)] : []),
    ];
    if (dryRun) return `lade: ${operation} would do ${parts.join(", ")}`;
    const rate = movesBytes && elapsedMs > 0 ? `, ${formatSize(bytes / (elapsedMs / 1000))}/s` : "";
    return `lade: ${operation} did ${parts.join(", ")} in ${formatDuration(elapsedMs)}${rate}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "summary", ...this.#summary, elapsedMs: Math.round(this.#summary.elapsedMs) };
  }
}
