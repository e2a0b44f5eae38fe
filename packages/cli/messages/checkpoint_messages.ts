import type { CheckpointInfo, CheckpointRef, ExtraInfo, TensorInfo } from "@lade/checkpoint";
import { formatSize, printable, redactSecrets } from "@lade/core/text";
import { byteLengthOf, elementsOf } from "@lade/formats/array";
import { counted } from "../output/counted.ts";
import { layOutTable, type TableColumn } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** Columns where nobody looks at a terminal. */
const WIDE = 200;
/** Characters of a name that are looked at. */
const LONGEST = 200;

/** A checkpoint in a listing. */
export interface ListedCheckpoint {
  /** The series. */
  readonly uri: string;
  /** The checkpoint. */
  readonly info: CheckpointInfo;
  /** Whether it is kept whatever the rules say. */
  readonly isPinned: boolean;
  /** Whether it is the newest. */
  readonly isNewest: boolean;
}

/** One checkpoint as a line of JSON. */
export class CheckpointMessage implements Message {
  readonly #listed: ListedCheckpoint;

  /** Shows `listed`. */
  constructor(listed: ListedCheckpoint) {
    this.#listed = listed;
  }

  /** Its name. */
  toText(): string {
    return nameOf(this.#listed.info);
  }

  /** All of it. */
  toJson(): Json {
    const { uri, info, isPinned, isNewest } = this.#listed;
    return {
      type: "checkpoint",
      uri: redactSecrets(uri),
      ...jsonOf(info),
      pinned: isPinned,
      newest: isNewest,
    };
  }
}

/** Checkpoints as a table for people. */
export class CheckpointsMessage implements Message {
  readonly #listed: readonly ListedCheckpoint[];
  readonly #now: number;
  readonly #width: number;

  /** Shows `listed` as it is at `now`, in `width` characters. */
  constructor(
    listed: readonly ListedCheckpoint[],
    { now, width = WIDE }: { readonly now: number; readonly width?: number | undefined },
  ) {
    this.#listed = listed;
    this.#now = now;
    this.#width = width;
  }

  /** A header and a line for each; what none of them has is left out. */
  toText(style: Style): string {
    const columns: TableColumn[] = [
      { header: "step", isNumeric: true },
      { header: "gen", isNumeric: true },
      { header: "size", isNumeric: true },
      { header: "age", isNumeric: true },
      { header: "ranks", isNumeric: true },
      { header: "" },
      { header: "metrics" },
      { header: "run" },
    ];
    const cells = this.#listed.map(({ info, isPinned, isNewest }) => [
      `${info.step}`,
      `${info.generation}`,
      formatSize(info.bytes),
      ageOf(this.#now - info.createdAt.getTime()),
      `${info.worldSize}`,
      [isNewest ? "newest" : "", isPinned ? "pinned" : ""].filter((word) => word !== "").join(", "),
      metricsOf(info.metrics),
      printable(info.run.slice(0, LONGEST)),
    ]);
    const filled = columns.map((_, place) => cells.some((row) => row[place] !== ""));
    const only = <T>(row: readonly T[]) => row.filter((_, place) => filled[place]);
    const { header, rows, hidden } = layOutTable(only(columns), cells.map(only), this.#width);
    const rest = hidden > 0 ? [style.dim(`and ${counted(hidden, "column")} more: --json has all`)] : [];
    return [style.dim(header), ...rows, ...rest].join("\n");
  }

  /** Nothing prints it so: of each there is a {@linkcode CheckpointMessage}. */
  toJson(): Json {
    return {
      type: "checkpoints",
      checkpoints: this.#listed.map((one) => new CheckpointMessage(one).toJson()),
    };
  }
}

/** What a checkpoint holds. */
export interface CheckpointDetails {
  /** The series. */
  readonly uri: string;
  /** The checkpoint. */
  readonly info: CheckpointInfo;
  /** Its tensors. */
  readonly tensors: readonly TensorInfo[];
  /** What was kept besides. */
  readonly extras: readonly ExtraInfo[];
}

/** What a checkpoint holds, for people as tables. */
export class CheckpointDetailsMessage implements Message {
  readonly #details: CheckpointDetails;
  readonly #width: number;

  /** Shows `details` in `width` characters. */
  constructor(details: CheckpointDetails, { width = WIDE }: { readonly width?: number | undefined } = {}) {
    this.#details = details;
    this.#width = width;
  }

  /** What is known of it, its tensors, and its extras. */
  toText(style: Style): string {
    const { uri, info, tensors, extras } = this.#details;
    const { step, generation, run, worldSize, createdAt, bytes, metrics } = info;
    const facts = [
      ["run", printable(run.slice(0, LONGEST))],
      ["saved", `${createdAt.toISOString()} by ${counted(worldSize, "rank")}`],
      ["size", `${formatSize(bytes)} in ${counted(tensors.length, "tensor")}`],
      ["metrics", metricsOf(metrics)],
    ].filter(([, value]) => value !== "");
    const tensorRows = tensors.map((tensor) => [
      printable(tensor.name.slice(0, LONGEST)),
      tensor.dtype,
      `[${tensor.shape.join(", ")}]`,
      formatSize(bytesOf(tensor)),
    ]);
    const extraRows = extras.map(({ name, isJson, bytes, ranks }) => [
      printable(name.slice(0, LONGEST)),
      isJson ? "JSON" : "bytes",
      counted(ranks.length, "rank"),
      formatSize(bytes),
    ]);
    const table = (headers: readonly string[], cells: readonly (readonly string[])[]) => {
      if (cells.length === 0) return [];
      const { header, rows } = layOutTable(headers.map((header) => ({ header })), cells, this.#width);
      return ["", style.dim(header), ...rows];
    };
    return [
      `${printable(redactSecrets(uri))}: step ${step} of generation ${generation}`,
      ...facts.map(([name = "", value = ""]) => `  ${style.dim(name.padEnd(7))}  ${value}`),
      ...table(["tensor", "dtype", "shape", "size"], tensorRows),
      ...table(["extra", "kind", "of", "size"], extraRows),
    ].join("\n");
  }

  /** All of it. */
  toJson(): Json {
    const { uri, info, tensors, extras } = this.#details;
    return {
      type: "checkpointDetails",
      uri: redactSecrets(uri),
      ...jsonOf(info),
      tensors: tensors.map((tensor) => {
        const { name, dtype, shape } = tensor;
        return { name, dtype, shape: [...shape], bytes: bytesOf(tensor) };
      }),
      extras: extras.map(({ name, ranks, isJson, bytes }) => ({ name, ranks: [...ranks], isJson, bytes })),
    };
  }
}

/** That a checkpoint was pinned, unpinned or retired. */
export class CheckpointStateMessage implements Message {
  readonly #state: {
    readonly uri: string;
    readonly ref: CheckpointRef;
    readonly action: "pin" | "unpin" | "retire";
  };

  /** Shows what was done to the checkpoint `ref` of the series at `uri`. */
  constructor(
    state: {
      readonly uri: string;
      readonly ref: CheckpointRef;
      readonly action: "pin" | "unpin" | "retire";
    },
  ) {
    this.#state = state;
  }

  /** The same in words. */
  toText(): string {
    const { uri, ref, action } = this.#state;
    const words = { pin: "pinned", unpin: "unpinned", retire: "retired" };
    return `${words[action]} ${nameOf(ref)} of ${printable(redactSecrets(uri))}`;
  }

  /** All of it. */
  toJson(): Json {
    const { uri, ref: { generation, step }, action } = this.#state;
    return { type: "checkpointState", uri: redactSecrets(uri), generation, step, action };
  }
}

/** What messages and `--step` call a checkpoint. */
export function nameOf({ generation, step }: CheckpointRef): string {
  return `${generation}-${step}`;
}

function jsonOf(info: CheckpointInfo) {
  const { generation, step, run, worldSize, createdAt, bytes, tensorCount, metrics } = info;
  return {
    ...{ generation, step, run, worldSize, bytes, tensorCount },
    createdAt: createdAt.toISOString(),
    metrics: { ...metrics },
  };
}

function bytesOf({ dtype, shape }: TensorInfo): number {
  return byteLengthOf(dtype, elementsOf(shape) ?? 0) ?? 0;
}

function metricsOf(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics).map(([name, value]) => {
    const shown = Number.isInteger(value) ? value : Number(value.toPrecision(5));
    return `${printable(name.slice(0, LONGEST))} ${shown}`;
  }).join(", ");
}

/** How old something is, by its largest unit: `40 s`, `12 min`, `3 h`, `9 d`. */
function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 48 * 3600 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}
