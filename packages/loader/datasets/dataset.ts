import type { ObjectStore } from "@lade/core";
import type { Clock, StoreContext } from "@lade/core/backend";
import type { DType } from "@lade/formats/array";
import type { Schema } from "@lade/formats/table";
import type { LostSample } from "./lost_sample.ts";

/** What a sample is made with. */
export interface SampleContext {
  /** Which sample of the data set. */
  readonly index: number;
  /** Which time through it, from 0. */
  readonly epoch: number;
  /**
   * A random number, at least 0 and below 1: the next of a sequence that seed, epoch and index decide, so that it is the
   * same on any rank, with any number of workers, and after a resume.
   */
  random(): number;
  /** Ends when nobody wants the sample any more. */
  readonly signal: AbortSignal;
}

/** Bytes of a sample: `length` of them from `offset` of an object. */
export interface SampleRead {
  /** The store. */
  readonly store: ObjectStore;
  /** The object. */
  readonly key: string;
  /** The object's tag when the data set was made; another content is an error. */
  readonly etag?: string;
  /** The object's bytes when the data set was made, where it had no tag, or was empty; another size is an error. */
  readonly size?: number;
  /** The first byte. */
  readonly offset: number;
  /** How many. */
  readonly length: number;
  /** Of which of the samples that were asked for: its place among them. Those of a sample follow one another. */
  readonly place: number;
  /**
   * Bytes of the read whose CRC-32C `decode` compares, where it is the only one of its sample: who reads it elsewhere takes
   * it, too.
   */
  readonly checked?: { readonly from: number; readonly to: number };
}

/** How samples are read: which bytes, and what becomes of them. */
export interface ReadPlan<T> {
  /** What is read, in the order of the places. */
  readonly reads: readonly SampleRead[];
  /**
   * Makes a sample of its bytes, those of all its reads one after the other. They are the batch's memory: a sample that is
   * a view of them is valid as long as the batch is. `checksum` is that of what is `checked`, where it was taken with the read.
   */
  decode(place: number, bytes: Uint8Array<ArrayBuffer>, checksum?: number): T | Promise<T>;
}

/** The elements of a sample, where all samples have as many. */
export interface FixedSample {
  /** What an element is. */
  readonly dtype: DType;
  /** The length of each dimension. */
  readonly shape: readonly number[];
}

/** How a group is opened. */
export interface OpenGroupOptions {
  /** Ends the opening. */
  readonly signal: AbortSignal;
  /** Tells the time that reads take. */
  readonly clock: Clock;
  /** Is told of each read of a store: bytes, and how long it took. */
  readonly onRead?: (bytes: number, ms: number) => void;
}

/** A group that is read and decoded. */
export interface SampleGroup<T> {
  /** Bytes of memory that it takes. */
  readonly bytes: number;
  /**
   * Makes one of its samples, by its number in the data set, in memory of its own. Where all samples are alike, its elements
   * are put into `into`, as many bytes as they take, and the sample is a view of it.
   */
  get(index: number, into?: Uint8Array<ArrayBuffer>): T;
}

/** Samples that are read and decoded together, such as the rows of a row group: one costs as much as all of its group. */
export interface SampleGroups<T> {
  /** Groups. They follow one another, as their samples do. */
  readonly count: number;
  /** Which group a sample is of. */
  of(index: number): number;
  /** The first sample of a group; of `count` how many samples there are. */
  startOf(group: number): number;
  /** Bytes of memory that a group takes, as far as that is known before it is open. */
  sizeOf(group: number): number;
  /** Reads and decodes a group. */
  open(group: number, options: OpenGroupOptions): Promise<SampleGroup<T>>;
}

/** Where a sample lies, for messages. */
export interface SamplePlace {
  /** The object, or the data set. */
  readonly uri: string;
  /** Which record of the object, from 0, where it is one of many. */
  readonly record?: number;
  /** Where in the object it lies, in bytes. */
  readonly offset?: number;
  /** What of the object it is decoded with, in the format's words: `row group 3`. */
  readonly group?: string;
  /** Which of the data sets of a mixture it is of: its name. */
  readonly dataset?: string;
}

/** One of the data sets of a mixture. */
export interface MixturePart {
  /** What samples and failures call it. */
  readonly name: string;
  /** The URI it was made of. */
  readonly uri: string;
  /** Its samples. */
  readonly length: number;
  /** How often it is drawn beside the others. */
  readonly weight: number;
  /** Of its content: of other data another one. */
  readonly fingerprint?: string;
  /** Where its records lie side by side: how many make a block. */
  readonly blocks?: SampleBlocks;
}

/** One of the arrays of a sample that has several by name. */
export interface NamedArray extends FixedSample {
  /** Its name. */
  readonly name: string;
}

/** What every data set has. */
export interface DatasetBase extends AsyncDisposable {
  /** Of keys, sizes, tags and record counts: of other data another one. */
  readonly fingerprint: string;
  /** What messages call it: the URI it was made of. */
  readonly uri: string;
  /** What it was made of, for messages: `rows of 3 objects`. */
  readonly content?: string;
  /** What its stores share: budget, buffers, clock. */
  readonly context?: StoreContext;
  /** Where a sample tells which data set it is of, and what it has of that is of a table: that table. */
  readonly toldTable?: SampleTable;
}

/** Samples by number: files, rows of arrays, records of indexed shards. Order and resuming are exact. */
export interface MapDataset<T> extends DatasetBase {
  /** Samples. */
  readonly length: number;
  /** Makes a sample by itself, in memory of its own. */
  get(index: number, context: SampleContext): Promise<T>;
  /** Says which bytes samples are made of, so that a loader reads them together, into one memory. */
  plan?(indices: readonly number[]): ReadPlan<T> | Promise<ReadPlan<T>>;
  /** Where samples are decoded several at a time: a loader without a plan opens each group once for all that it wants of it. */
  readonly groups?: SampleGroups<T>;
  /** Where a sample lies, for messages; its record and offset where it is one of many of an object. */
  locate?(index: number): SamplePlace;
  /** Says more of a failure to read, such as how to go on. */
  explain?: (error: unknown) => unknown;
  /** Where all samples are alike, and the bytes of a read are its elements in the machine's order. */
  readonly fixed?: FixedSample;
  /** Where a sample is an object of arrays, those of a name all alike: what these are. */
  readonly arrays?: readonly NamedArray[];
  /** Where samples are of a table. */
  readonly table?: SampleTable;
  /** Where records lie side by side, and one is read as cheaply with its neighbours. */
  readonly blocks?: SampleBlocks;
  /** Of a mixture: what it is of, in the order of the samples' numbers. Each is drawn as its weight says. */
  readonly parts?: readonly MixturePart[];
}

/** The table that samples are of. */
export interface SampleTable {
  /** Its columns. */
  readonly schema: Schema;
  /** Whether a sample is a row, an object of its values, or several rows by columns. */
  readonly of: "rows" | "batches";
}

/** How records that lie side by side are shuffled by default. */
export interface SampleBlocks {
  /** How many make a block. */
  readonly records: number;
  /** Blocks of a lane that are shuffled together, where the loader's default would hold too much. */
  readonly window?: number;
  /** Runs of blocks that are gone through side by side, likewise. */
  readonly lanes?: number;
}

/** How a part is gone through. */
export interface OpenPartOptions {
  /** Ends all that is read. */
  readonly signal: AbortSignal;
  /** Is told of each read of a store: its bytes, and for how long they were waited for. */
  readonly onRead?: (bytes: number, ms: number) => void;
}

/** Samples that can only be gone through: compressed records, lines of text, a pipe. Resuming is exact. */
export interface StreamDataset<T> extends DatasetBase {
  /** Parts that can be gone through side by side, such as objects. */
  readonly parts: number;
  /** Where samples are rows of a table, objects of their values: its columns. */
  readonly table?: SampleTable;
  /** Samples that are shuffled together where nobody says how many; 128 by default. */
  readonly window?: number;
  /** Whether it can be gone through once only, as a pipe: a part that was left cannot be opened again. */
  readonly comesOnce?: boolean;
  /**
   * Samples of a part from the `from`-th on, the same ones each time; what lies before is skipped as cheaply as the format
   * can. Each is in memory of its own. Leaving the loop ends all reads. What is thrown is the failure of the sample that would
   * have come, and all behind it in its part are lost with it; where those can be had, a `LostSample` comes in its place.
   */
  open(part: number, from: number, options: OpenPartOptions): AsyncIterable<T | LostSample>;
  /** Where a sample lies, for messages. */
  locate?(part: number, record: number): {
    readonly uri: string;
    readonly record?: number;
    readonly offset?: number;
  };
}

/** One of the data sets of a mixture of which some can only be gone through. */
export interface MixtureMember<T> {
  /** What samples and failures call it. */
  readonly name: string;
  /** How often it is drawn beside the others. */
  readonly weight: number;
  /** Its samples, by number or not. */
  readonly dataset: MapDataset<T> | StreamDataset<T>;
}

/**
 * Several data sets as one, of which some can only be gone through: so its samples have no numbers. A loader draws each as
 * often as its weight says, and goes through it again and again. Resuming is exact.
 */
export interface StreamMixture<T> extends DatasetBase {
  /** The data sets that it is made of, in their order. */
  readonly members: readonly MixtureMember<T>[];
  /** Where samples are rows of one table, whichever data set they are of: its columns. */
  readonly table?: SampleTable;
}

/** Any kind. */
export type Dataset<T> = MapDataset<T> | StreamDataset<T> | StreamMixture<T>;

/** Whether samples can be had by number. */
export function isMapDataset<T>(dataset: Dataset<T>): dataset is MapDataset<T> {
  return "length" in dataset;
}

/** Whether these are several data sets of which some can only be gone through. */
export function isStreamMixture<T>(dataset: Dataset<T>): dataset is StreamMixture<T> {
  return "members" in dataset;
}
