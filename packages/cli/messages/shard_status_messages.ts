import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { ShardedTransfer, ShardStatus } from "@lade/transfer/jobs";
import { counted } from "../output/counted.ts";
import { formatDuration } from "../output/format_duration.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

const STATES = ["done", "running", "failed", "interrupted", "dead", "missing"] as const;

/** A transfer of which many processes do a share each, summed up. */
export class ShardedTransferMessage implements Message {
  readonly #transfer: ShardedTransfer;

  /** Sums up `transfer`. */
  constructor(transfer: ShardedTransfer) {
    this.#transfer = transfer;
  }

  /** Its name, the command, how many shares are how, and what they have done. */
  toText(): string {
    const { id, operation, sources, destination, shards } = this.#transfer;
    const { objects, bytes, failed } = sumsOf(this.#transfer);
    const states = STATES.flatMap((state) => {
      const count = shards.filter((shard) => shard.state === state).length;
      return count > 0 ? [`${count} ${state}`] : [];
    });
    const done = [counted(objects, "object"), formatSize(bytes), ...(failed > 0 ? [`${failed} failed`] : [])];
    const command = redactSecrets(`${operation} ${sources.join(" ")} ${destination}`);
    return printable(
      `${id}  ${command}: ${counted(shards.length, "shard")}, ${states.join(", ")}; ${done.join(", ")}`,
    );
  }

  /** The same. */
  toJson(): Json {
    const { id, operation, sources, destination, shards } = this.#transfer;
    const counts = STATES.map((state) => [state, shards.filter((shard) => shard.state === state).length]);
    const { objects, bytes, failed } = sumsOf(this.#transfer);
    return {
      type: "shards",
      ...{ id, operation, sources, destination, count: shards.length },
      states: Object.fromEntries(counts),
      ...{ objects, bytes, failed },
    };
  }
}

/** One share. */
export class ShardStatusMessage implements Message {
  readonly #id: string;
  readonly #count: number;
  readonly #status: ShardStatus;

  /** Shows a share of a transfer. */
  constructor({ id, shards }: ShardedTransfer, status: ShardStatus) {
    this.#id = id;
    this.#count = shards.length;
    this.#status = status;
  }

  /** Which it is, how it is, what is done, and who told that when. */
  toText(style: Style): string {
    const { number, state, report, ageMs = 0 } = this.#status;
    const isAlarming = state === "failed" || state === "dead" || state === "missing";
    const shown = isAlarming ? style.alarm(state.padEnd(11)) : state.padEnd(11);
    const which = `shard ${number} of ${this.#count}`;
    if (!report) return `  ${which}  ${shown}`.trimEnd();
    const { objects, bytes, failed, skipped, pid, host } = report;
    const parts = [
      counted(objects, "object"),
      formatSize(bytes),
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      `told ${formatDuration(ageMs)} ago by process ${pid}${
        host === undefined ? "" : ` of ${printable(host)}`
      }`,
    ];
    return `  ${which}  ${shown}  ${parts.join(", ")}`;
  }

  /** The same. */
  toJson(): Json {
    const { number, state, report, ageMs } = this.#status;
    return {
      type: "shardStatus",
      ...{ id: this.#id, number, count: this.#count, state },
      ...(report && {
        ...{ objects: report.objects, bytes: report.bytes, failed: report.failed, skipped: report.skipped },
        ...{ begun: report.begun, told: report.told, ageMs, process: report.pid, host: report.host },
      }),
    };
  }
}

function sumsOf({ shards }: ShardedTransfer): { objects: number; bytes: number; failed: number } {
  const sums = { objects: 0, bytes: 0, failed: 0 };
  for (const { report } of shards) {
    sums.objects += report?.objects ?? 0;
    sums.bytes += report?.bytes ?? 0;
    sums.failed += report?.failed ?? 0;
  }
  return sums;
}
