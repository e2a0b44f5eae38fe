import type { CallOptions } from "@lade/core";
import type { BlockShuffle, OnError, PoolOptions } from "../config/loader_options.ts";
import type { PackFormat, PackRecords } from "../manifest/pack_plan.ts";

/** Options of {@linkcode packDataset}. */
export interface PackOptions extends CallOptions {
  /**
   * What is written: `"tfrecord"`, an index beside each; `"tar"`, shards of webdataset with an index; `"npy"`, rows of
   * one shape; `"parquet"` or `"arrow"`, rows of tables. By default what the name of the destination ends in, else
   * `"parquet"` for rows of tables, and `"tfrecord"` for all others.
   */
  readonly format?: PackFormat;
  /**
   * Bytes of a shard, at most; 256 MiB by default. A sample that is larger by itself has a shard of its own. Of Parquet and
   * Arrow these are bytes of rows in memory, about: what is written is less as a rule.
   */
  readonly shardSize?: number;
  /** The order, as a loader has it: `false`, the default, as samples lie. A stream is shuffled by `{ window, lanes }`. */
  readonly shuffle?: boolean | "full" | BlockShuffle;
  /** Decides the order where it is shuffled; 0 by default. */
  readonly seed?: number;
  /**
   * Of TFRecord: `"examples"`, the default, makes a tf.Example of each sample, with its name; `"bytes"` takes its bytes alone.
   * What is a record already stays as it is.
   */
  readonly records?: PackRecords;
  /** What is taken off the keys of whole objects to name them, such as the prefix that they lie below; nothing by default. */
  readonly prefix?: string;
  /**
   * Replaces the pack that lies there, finished or not: its shards, their indexes and its manifest, and nothing else. Without
   * it a pack of other samples, of another order or form is refused.
   */
  readonly replacePack?: boolean;
  /** What is done about a sample that cannot be had; `"fail"` by default. Not of npy, whose files say their rows first. */
  readonly onError?: OnError;
  /** Samples that may be skipped; 100 by default. */
  readonly maxSkipped?: number;
  /** Memory of batches that are read ahead. */
  readonly pool?: Pick<PoolOptions, "maxBytes">;
  /** Is told of samples and bytes as they are written; first of those that a pack that was broken off has already. */
  readonly onProgress?: (samples: number, bytes: number) => void;
  /** Is told of each shard once it is visible. */
  readonly onShard?: (shard: PackedShard) => void;
}

/** A shard that was written. */
export interface PackedShard {
  /** Its key. */
  readonly key: string;
  /** Samples in it. */
  readonly samples: number;
  /** Bytes of it. */
  readonly size: number;
}

/** What {@linkcode packDataset} came to. */
export interface PackedDataset {
  /** What was written. */
  readonly format: PackFormat;
  /** Shards. */
  readonly shards: number;
  /** Samples in them. */
  readonly samples: number;
  /** Bytes of them. */
  readonly bytes: number;
  /** Samples that could not be had, and were left out. */
  readonly skipped: number;
  /** Samples that an earlier call, which was broken off, had written. */
  readonly resumed: number;
  /** The key of the manifest. */
  readonly manifestKey: string;
}
