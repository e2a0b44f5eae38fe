import {
  type CallOptions,
  type ListOptions,
  type ObjectStore,
  objectUri,
  type WriterOptions,
} from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import type { FormatName } from "../registry/format.ts";
import type { Schema } from "../table/schema.ts";

/** An object that is read or written. */
export interface ConvertPlace {
  /** The store. */
  readonly store: ObjectStore;
  /** The key; of a tree of files the prefix. */
  readonly key: string;
  /** The format; told by its name, and of what is read by its bytes too, by default. */
  readonly format?: FormatName;
}

/** Options of {@linkcode convert}. */
export interface ConvertOptions extends CallOptions {
  /** What the columns of the source are, where its format does not say it. */
  readonly schema?: Schema;
  /** The columns wanted of a table, or the arrays of npz, by name, in this order; all by default. */
  readonly columns?: readonly string[];
  /** How what is written is compressed, in its format's words. */
  readonly compression?: string;
  /** Rows of a row group or record batch, at most. */
  readonly groupRows?: number;
  /** Bytes of an archive or object of files, at most: several are written then, each with its number in its name. */
  readonly maxBytes?: number;
  /** Whether an index is written beside what is made of files; true by default. */
  readonly index?: boolean;
  /** Conditions and attributes of what is written. */
  readonly writer?: WriterOptions;
  /** Is told of what a listing of files leaves out. */
  readonly onLeftOut?: NonNullable<ListOptions["onLeftOut"]>;
  /** Is told of each link and special file of an archive, which is then passed over; without it, each is an error. */
  readonly onPassedOver?: (name: string, type: string) => void;
  /** Is told what the columns of a table are, and whether they were guessed from its first rows. */
  readonly onSchema?: (schema: Schema, isGuessed: boolean) => void;
  /** Is told of bytes as they are converted. */
  readonly onBytes?: (bytes: number) => void;
}

/** What {@linkcode convert} did. */
export interface Converted {
  /** The format that was read; `files` where it was a tree of such. */
  readonly from: FormatName | "files";
  /** The format that was written. */
  readonly to: FormatName | "files";
  /** What was converted, and how much of it: `{ rows: 1000 }`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What there is no way to do. */
export function refused({ store, key }: ConvertPlace, detail: string, advice?: string): UnsupportedError {
  return new UnsupportedError({ operation: "convert to", uri: objectUri(store.uri, key), detail, advice });
}
