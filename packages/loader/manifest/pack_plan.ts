import type { OrderDescription } from "../order/sampler.ts";

/** The name of what lies beside the shards of a pack, below their prefix, until all of them are there. */
export const PACK_MARKER = "lade-pack.json";

/** What samples are packed into. */
export type PackFormat = "tfrecord" | "tar" | "npy" | "parquet" | "arrow";

/** What the records of samples are: tf.Examples, or their bytes alone. */
export type PackRecords = "examples" | "bytes";

/** What a pack is of, and how it is made: equal plans make equal shards. */
export interface PackPlan {
  /** What is packed, for people. */
  readonly source: string;
  /** Of its content. */
  readonly fingerprint: string;
  /** The order. */
  readonly order: OrderDescription;
  /** What decides it. */
  readonly seed: number;
  /** What is written. */
  readonly format: PackFormat;
  /** What records are, of TFRecord. */
  readonly records?: PackRecords;
  /** Bytes of a shard, at most. */
  readonly shardSize: number;
  /** The names of shards below the prefix, with `%06d` for their numbers. */
  readonly name: string;
}

/** The first thing in which two plans differ, for messages. */
export function packDifference(was: PackPlan, is: PackPlan): string | undefined {
  for (const name of ["format", "records", "shardSize", "name", "order", "seed", "fingerprint"] as const) {
    const [one, other] = [JSON.stringify(was[name]), JSON.stringify(is[name])];
    if (one !== other) return `its ${name} is ${one}, not ${other}`;
  }
  return undefined;
}

/** Whether a value is a plan, as far as what is removed and gone on with depends on it. */
export function isPackPlan(value: unknown): value is PackPlan {
  if (typeof value !== "object" || value === null) return false;
  const { name, fingerprint, format, order } = value as Partial<Record<string, unknown>>;
  return typeof name === "string" && name.includes("%0") && !name.includes("/") &&
    typeof fingerprint === "string" && typeof format === "string" && typeof order === "object";
}
