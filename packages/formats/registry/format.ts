import type { CallOptions, ObjectStore, WriterOptions } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import type { DType } from "../array/dtype.ts";
import type { Schema } from "../table/schema.ts";
import type { TableReader } from "../table/table_reader.ts";
import type { TableWriter } from "../table/table_writer.ts";

/** The formats, by the names that commands and options know them by. */
export type FormatName =
  | "npy"
  | "npz"
  | "safetensors"
  | "tfrecord"
  | "tar"
  | "parquet"
  | "csv"
  | "tsv"
  | "jsonl"
  | "arrow"
  | "arrow-stream"
  | "zarr"
  | "hdf5";

/** One array of an object. */
export interface ArrayDescription {
  /** Its name; empty where the object is this one array. */
  readonly name: string;
  /** What an element is: a {@linkcode DType}, or in the format's own words what is none. */
  readonly dtype: DType | (string & Record<never, never>);
  /** The length of each dimension. */
  readonly shape: readonly number[];
  /** Bytes that it takes in the object. */
  readonly bytes?: number;
  /** Which index changes fastest. */
  readonly order?: "C" | "F";
  /** The shape of a chunk, where it is stored in several. */
  readonly chunks?: readonly number[];
  /** How it is compressed, in the format's words. */
  readonly compression?: string;
}

/** What an object is, as far as its header, footer or index says; `lade show` prints it. */
export interface Description {
  /** The format. */
  readonly format: FormatName;
  /** The version of the format that it has. */
  readonly version?: string;
  /** Bytes of the object, or of all objects that it is made of. */
  readonly size: number;
  /** The arrays in it. */
  readonly arrays?: readonly ArrayDescription[];
  /** The columns in it. */
  readonly schema?: Schema;
  /** Whether the schema was guessed from the first rows, rather than told by the object. */
  readonly inferred?: boolean;
  /** Rows, where it is a table and says so. */
  readonly rows?: number;
  /** Records, samples or members, where it has such and an index or directory counts them. */
  readonly records?: number;
  /** Row groups, record batches, chunks or shards: what can be read by itself. */
  readonly chunks?: number;
  /** How it is compressed. */
  readonly compression?: string;
  /** The checksums it bears, in words: `CRC-32 of each member`. Empty where it has none. */
  readonly checksums: readonly string[];
  /** What its writer said of it. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What a verification found. */
export interface Verification {
  /** The checksums that were compared, and all fitted: how many, by what they are (`CRC-32 of a member`). */
  readonly checked: Readonly<Record<string, number>>;
  /** Bytes that no checksum of the format covers, where that is known. */
  readonly unchecked?: number;
  /** Bytes that were read. */
  readonly bytes: number;
  /** What is wrong, in the order of the object; empty where nothing is. */
  readonly faults: readonly Error[];
}

/** Options of a verification. */
export interface VerifyOptions extends CallOptions {
  /** Is told of each fault as it is found. */
  readonly onFault?: (fault: Error) => void;
  /** Is told of bytes as they are read. */
  readonly onBytes?: (bytes: number) => void;
  /** Faults after which it gives up; 100 by default. */
  readonly maxFaults?: number;
}

/** An object that a format is asked about: its source, and where its neighbours (an index, further shards) are. */
export interface FormatTarget {
  /** The store. */
  readonly store: ObjectStore;
  /** The key of the object; of a Zarr array or group the prefix. */
  readonly key: string;
  /** Opens the object's bytes; of one that is compressed as a whole those that it holds, all of them in memory. */
  readonly open: (at?: "start" | "end") => Promise<ByteSource>;
  /**
   * Yields the bytes that a compressed object holds, in order, without keeping them: there where the object is compressed as
   * a whole, and for formats that are read from their start to their end. A piece is valid until the next one is asked for.
   */
  readonly stream?: (options?: CallOptions) => AsyncIterable<Uint8Array>;
  /** The object as it is stored; there where `stream` is. */
  readonly stored?: ByteSource;
}

/** How a table is written. */
export interface TableWriterOptions extends WriterOptions {
  /** The columns. */
  readonly schema: Schema;
  /** How it is compressed, in the format's words; the format's own choice by default. */
  readonly compression?: string;
  /** Rows of a row group or record batch, at most. */
  readonly groupRows?: number;
}

/** What a format can do; each of these is loaded when it is first asked for. */
export interface Format {
  /** Its name. */
  readonly name: FormatName;
  /** What an object is, by its header, footer or index. */
  describe(target: FormatTarget, options?: CallOptions): Promise<Description>;
  /** Compares every checksum that the object bears, and checks what its format promises of it. */
  verify(target: FormatTarget, options?: VerifyOptions): Promise<Verification>;
  /** Opens it as a table, where it is one. `schema` says what the columns are, where the format does not. */
  openTable?(
    target: FormatTarget,
    options?: CallOptions & { readonly schema?: Schema },
  ): Promise<TableReader>;
  /** Starts a table. */
  createTable?(store: ObjectStore, key: string, options: TableWriterOptions): Promise<TableWriter>;
}
