import type { CombinableName } from "@lade/codec/checksum";
import type { BudgetLease } from "../context/byte_budget.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { PartWriter } from "../contract/part_writer.ts";
import type { ObjectRead } from "../read/object_read.ts";
import type { ReadOptions } from "../read/read_options.ts";

/** What `copyParts` moves. */
export interface PartCopy {
  /** The store that is read. */
  readonly from: ObjectStore;
  /** The read of a whole object, its first request answered and nothing fetched yet. */
  readonly read: ObjectRead;
  /** Takes the parts. */
  readonly writer: PartWriter;
  /** Those of the read. */
  readonly options: ReadOptions;
  /** Counts bytes against the budget already; it is given back once those of the first part are counted. */
  readonly lease?: BudgetLease | undefined;
  /** What is computed of the bytes; as the read's options say by default. */
  readonly checksum?: ReadOptions["checksum"];
  /** The parts that are read; all by default. Those of them that are written already are read alone. */
  readonly only?: (index: number) => boolean;
  /** Wants a checksum of each part. */
  readonly partSum?: PartSum;
}

/** A checksum of each part that is copied. */
export interface PartSum {
  /** By what it is computed. */
  readonly algorithm: CombinableName;
  /** Called with each part that was read and is written, and its checksum in base64. */
  readonly onPart: (index: number, checksum: string) => void;
}
