import type {
  CheckpointInfo,
  CheckpointRef,
  CopiedCheckpoint,
  ExportReport,
  GcReport,
  RecoveryReport,
  VerifyFault,
  VerifyReport,
} from "@lade/checkpoint";
import { formatSize, printable, redactSecrets } from "@lade/core/text";
import { counted } from "../output/counted.ts";
import type { Json, Message } from "../output/message.ts";
import { nameOf } from "./checkpoint_messages.ts";

/** Files that are named, at most. */
const MOST_LEFT = 8;

/** Something that is wrong with a checkpoint, on standard error. */
export class CheckpointFaultMessage implements Message {
  readonly #uri: string;
  readonly #fault: VerifyFault;

  /** Shows a fault of a checkpoint of the series at `uri`. */
  constructor(uri: string, fault: VerifyFault) {
    this.#uri = uri;
    this.#fault = fault;
  }

  /** The object, the tensor, where, and what is wrong. */
  toText(): string {
    const { key, detail, tensor, offset, length } = this.#fault;
    const of = tensor === undefined ? "" : `, tensor ${printable(JSON.stringify(tensor))}`;
    const where = offset === undefined
      ? ""
      : length === undefined
      ? `, byte ${offset}`
      : `, bytes ${offset} to ${offset + length - 1}`;
    return `${printable(redactSecrets(`${this.#uri.replace(/\/?$/, "/")}${key}`))}${of}${where}: ${
      printable(detail)
    }`;
  }

  /** All of it. */
  toJson(): Json {
    const { key, detail, tensor, offset, length } = this.#fault;
    return { type: "checkpointFault", uri: redactSecrets(this.#uri), key, detail, tensor, offset, length };
  }
}

/** What came of the verification of a checkpoint. */
export class CheckpointVerifiedMessage implements Message {
  readonly #verified: { readonly uri: string; readonly info: CheckpointInfo; readonly report: VerifyReport };

  /** Shows a report of a checkpoint of the series at `uri`. */
  constructor(
    verified: { readonly uri: string; readonly info: CheckpointInfo; readonly report: VerifyReport },
  ) {
    this.#verified = verified;
  }

  /** Whether it is sound, and how much was looked at. */
  toText(): string {
    const { info, report: { level, objects, bytes, faults } } = this.#verified;
    const compared = level === "size" ? "their sizes" : `${formatSize(bytes)} by checksum`;
    const outcome = faults.length > 0 ? `FAILED, ${counted(faults.length, "fault")}` : "OK";
    return `${nameOf(info)}: ${outcome} (${level}: ${counted(objects, "object")}, ${compared})`;
  }

  /** All of it but the faults, which are lines of their own. */
  toJson(): Json {
    const { uri, info: { generation, step }, report: { level, objects, bytes, faults } } = this.#verified;
    const outcome = faults.length > 0 ? "failed" : "ok";
    return {
      type: "checkpointVerified",
      uri: redactSecrets(uri),
      ...{ generation, step, level, outcome, objects, bytes, faults: faults.length },
    };
  }
}

/** A checkpoint that was copied. */
export class CheckpointCopiedMessage implements Message {
  readonly #copy: {
    readonly source: string;
    readonly destination: string;
    readonly copied: CopiedCheckpoint;
  };

  /** Shows what was copied between two series. */
  constructor(
    copy: { readonly source: string; readonly destination: string; readonly copied: CopiedCheckpoint },
  ) {
    this.#copy = copy;
  }

  /** From where to where, and how much. */
  toText(): string {
    const { source, destination, copied } = this.#copy;
    const { objects, bytes, present, verified, compared } = copied;
    const before = present > 0 ? `, ${present} there already` : "";
    const how = verified === "size" ? "sizes compared" : `${formatSize(compared)} compared by checksum`;
    return `copied ${nameOf(copied)} from ${printable(redactSecrets(source))} to ${
      printable(redactSecrets(destination))
    } (${counted(objects, "object")}, ${formatSize(bytes)}${before}; ${how})`;
  }

  /** All of it. */
  toJson(): Json {
    const { source, destination, copied } = this.#copy;
    const { generation, step, objects, bytes, present, verified, compared } = copied;
    return {
      type: "checkpointCopied",
      source: redactSecrets(source),
      destination: redactSecrets(destination),
      ...{ generation, step, objects, bytes, present, verified, compared },
    };
  }
}

/** What a collection did, or would do. */
export class CollectedMessage implements Message {
  readonly #collected: { readonly uri: string; readonly dryRun: boolean; readonly report: GcReport };

  /** Shows a report of the series at `uri`. */
  constructor(collected: { readonly uri: string; readonly dryRun: boolean; readonly report: GcReport }) {
    this.#collected = collected;
  }

  /** A line for each thing that was done, and what was left alone. */
  toText(): string {
    const { dryRun, report: { retired, held, waiting, removed, unmarked, damaged, unknown, isFull } } =
      this.#collected;
    const lines = [
      ...retired.map((ref) => `${dryRun ? "would retire" : "retired"} ${nameOf(ref)}: no rule keeps it`),
      ...removed.map(({ name, reason, objects, bytes }) =>
        `${dryRun ? "would remove" : "removed"} ${shortName(name)}: ${printable(reason)} (${
          counted(objects, "object")
        }, ${formatSize(bytes)})`
      ),
      ...held.map((ref) => `left ${nameOf(ref)}: somebody reads or copies it`),
      ...waiting.map((ref) => `left ${nameOf(ref)}: it is retired, and goes after the grace (--grace)`),
      ...unmarked.map((ref) => `left ${nameOf(ref)}: there is no room for the mark that it is to be removed`),
      ...damaged.map((ref) => `left ${nameOf(ref)}: it cannot be read, and what it may need stays`),
      ...unknown.map((key) => `left ${printable(JSON.stringify(key))}: it is not of the series`),
    ];
    if (lines.length === 0) lines.push("nothing to retire or remove");
    if (isFull) {
      lines.push(
        "no room to ask for the time: ages are as of the newest object, so that more may be due (--grace 0s)",
      );
    }
    return lines.join("\n");
  }

  /** All of it. */
  toJson(): Json {
    const { uri, dryRun, report } = this.#collected;
    const { retired, held, waiting, unmarked, damaged, removed, unknown, isFull } = report;
    return {
      type: "collected",
      uri: redactSecrets(uri),
      dryRun,
      retired: retired.map(jsonOf),
      held: held.map(jsonOf),
      waiting: waiting.map(jsonOf),
      unmarked: unmarked.map(jsonOf),
      damaged: damaged.map(({ key, detail, ...ref }) => ({ ...jsonOf(ref), key, detail })),
      removed: removed.map(({ name, reason, objects, bytes }) => ({ name, reason, objects, bytes })),
      unknown: [...unknown],
      full: isFull,
    };
  }
}

/** What was committed after a crash. */
export class RecoveredMessage implements Message {
  readonly #recovered: { readonly uri: string; readonly report: RecoveryReport };

  /** Shows a report of the series at `uri`. */
  constructor(recovered: { readonly uri: string; readonly report: RecoveryReport }) {
    this.#recovered = recovered;
  }

  /** A line for each checkpoint, and for each attempt that is none. */
  toText(): string {
    const { committed, incomplete, invalid } = this.#recovered.report;
    const lines = [
      ...committed.map((ref) => `committed ${nameOf(ref)}`),
      ...incomplete.map(({ attempt, ranks, worldSize }) =>
        `left ${shortName(attempt)}: ${ranks} of ${counted(worldSize, "rank")} had written`
      ),
      ...invalid.map(({ attempt, error }) =>
        `left ${shortName(attempt)}: ${printable(redactSecrets(error.message))}`
      ),
    ];
    return lines.length > 0 ? lines.join("\n") : "nothing to commit";
  }

  /** All of it. */
  toJson(): Json {
    const { uri, report: { committed, incomplete, invalid } } = this.#recovered;
    return {
      type: "recovered",
      uri: redactSecrets(uri),
      committed: committed.map(jsonOf),
      incomplete: incomplete.map(({ attempt, ranks, worldSize }) => ({ attempt, ranks, worldSize })),
      invalid: invalid.map(({ attempt, error }) => ({ attempt, message: redactSecrets(error.message) })),
    };
  }
}

function jsonOf({ generation, step }: CheckpointRef) {
  return { generation, step };
}

/** `0-1000` of `00000000-000000001000`, and of what has something behind it. */
function shortName(name: string): string {
  return printable(name.replace(/^0{0,7}(\d+)-0{0,11}(\d+)/, "$1-$2"));
}

/** A checkpoint whose tensors were exported. */
export class CheckpointExportedMessage implements Message {
  readonly #done: { readonly source: string; readonly destination: string; readonly exported: ExportReport };

  /** Shows what was written to `destination` of the series at `source`. */
  constructor(
    done: { readonly source: string; readonly destination: string; readonly exported: ExportReport },
  ) {
    this.#done = done;
  }

  /** From where to where, and how much. */
  toText(): string {
    const { source, destination, exported } = this.#done;
    const { tensors, files, bytes, removed, left } = exported;
    const [from, to] = [source, destination].map((uri) => printable(redactSecrets(uri)));
    const much = `${counted(tensors, "tensor")}, ${counted(files.length, "file")}, ${formatSize(bytes)}`;
    const shown = left.slice(0, MOST_LEFT).map((key) =>
      printable(JSON.stringify(key.split("/").at(-1) ?? ""))
    );
    if (left.length > MOST_LEFT) shown.push(`and ${left.length - MOST_LEFT} more`);
    return [
      `exported ${from} to ${to} (${much})`,
      ...(removed.length > 0 ? [`removed ${counted(removed.length, "file")} of the export before`] : []),
      ...(shown.length > 0 ? [`left ${shown.join(", ")}: no index there named them`] : []),
    ].join("\n");
  }

  /** All of it; the files by their keys. */
  toJson(): Json {
    const { source, destination, exported } = this.#done;
    const { index, tensors, files, bytes, removed, left } = exported;
    const places = { source: redactSecrets(source), destination: redactSecrets(destination) };
    const keys = { files: [...files], removed: [...removed], left: [...left] };
    return { type: "checkpointExported", ...places, index, ...keys, tensors, bytes };
  }
}
