import { formatTimeLeft } from "../output/format_duration.ts";
import { formatSize } from "@lade/core/text";
import type { ProgressSnapshot } from "./transfer_progress.ts";
import type { Json, Message } from "../output/message.ts";

/** How far a transfer is, as a line of its own. */
export class ProgressMessage implements Message {
  readonly #snapshot: ProgressSnapshot;

  /** Shows `snapshot`. */
  constructor(snapshot: ProgressSnapshot) {
    this.#snapshot = snapshot;
  }

  /** Bytes, share, objects, rate and time left, as far as they are known. */
  toText(): string {
    const { bytes, totalBytes, objects, totalObjects, bytesPerSecond, remainingMs } = this.#snapshot;
    const { leastBytes, leastObjects, limit } = this.#snapshot;
    const least = leastBytes === undefined ? "" : ` of at least ${formatSize(leastBytes)}`;
    const parts = [
      totalBytes === undefined
        ? formatSize(bytes) + least
        : `${totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100)}%, ${formatSize(bytes)} of ` +
          formatSize(totalBytes),
      ...(totalObjects === undefined || totalObjects < 2 ? [] : [`${objects} of ${totalObjects} objects`]),
      ...(leastObjects === undefined || leastObjects < 2
        ? []
        : [`${objects} of at least ${leastObjects} objects`]),
      `${formatSize(bytesPerSecond)}/s`,
      ...(remainingMs === undefined ? [] : [formatTimeLeft(remainingMs)]),
      ...(limit && limit.by !== "none" ? [`limited by ${limit.name}`] : []),
    ];
    return `lade: ${parts.join(", ")}`;
  }

  /** The snapshot, numbers rounded. */
  toJson(): Json {
    const { bytesPerSecond, remainingMs, elapsedMs, limit, ...rest } = this.#snapshot;
    return {
      type: "progress",
      ...rest,
      bytesPerSecond: Math.round(bytesPerSecond),
      elapsedMs: Math.round(elapsedMs),
      ...(limit && { limit: { ...limit } }),
      ...(remainingMs !== undefined && { remainingMs: Math.round(remainingMs) }),
    };
  }
}
