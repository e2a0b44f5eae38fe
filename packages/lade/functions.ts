import type {
  CopyObjectOptions,
  CopyObjectResult,
  GetManyOptions,
  HeadOptions,
  ObjectAttributes,
  ObjectInfo,
  ObjectStore,
  ObjectWriter,
  PutOptions,
  PutResult,
  ReadOptions,
  ReadResult,
  SetAttributesOptions,
  WriterOptions,
} from "@lade/core";
import type { Schema, TableBatch } from "@lade/formats/table";
import { Lade } from "./lade.ts";
import type { ListUriOptions } from "./lade_options.ts";
import type { RemoveOptions } from "./removal/remove.ts";
import type { GetManyUriResult, UriEntry, UriVersion } from "./results.ts";
import type { SyncSummary, SyncTreeOptions } from "./sync_trees.ts";
import type { OpenTableOptions, ReadTableOptions, ScanTableOptions } from "./table_options.ts";
import type {
  TransferFilesOptions,
  TransferSummary,
  UriTransfer,
  UriTransferSummary,
} from "./transfers/transfer_options.ts";

/**
 * The `Lade` that the free functions of this package use, made when one of them is first called. It is the one piece
 * of state that this package keeps; make a `Lade` of your own where that is unwanted.
 */
export function defaultLade(): Lade {
  return shared ??= new Lade();
}

let shared: Lade | undefined;

/** Opens a store of the caller's own: a `PrefixStore` when the URI names a prefix. A key is an `InvalidNameError`. */
export function openStore(
  uri: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ObjectStore> {
  return defaultLade().openStore(uri, options);
}

/** Reads a whole object into fresh memory. */
export function get(uri: string, options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  return defaultLade().get(uri, options);
}

/** Reads `length` bytes from `offset`, fewer where the object ends. */
export function getRange(
  uri: string,
  offset: number,
  length: number,
  options: Omit<ReadOptions, "range"> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return defaultLade().getRange(uri, offset, length, options);
}

/** Reads an object, or a range of it, to the start of `target`. */
export function readInto(uri: string, target: Uint8Array, options: ReadOptions = {}): Promise<ReadResult> {
  return defaultLade().readInto(uri, target, options);
}

/** Reads an object as a byte stream. */
export function stream(
  uri: string,
  options: ReadOptions = {},
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  return defaultLade().stream(uri, options);
}

/** Reads a table, or the columns and rows of it that are wanted, as one batch, which the byte budget bounds. */
export function readTable(uri: string, options: ReadTableOptions = {}): Promise<TableBatch> {
  return defaultLade().readTable(uri, options);
}

/** Reads a table batch by batch. */
export function scanTable(
  uri: string,
  options: ScanTableOptions = {},
): AsyncGenerator<TableBatch, void, undefined> {
  return defaultLade().scanTable(uri, options);
}

/** The columns of a table: told by its format, or inferred from its first rows. */
export function schemaOf(uri: string, options: OpenTableOptions = {}): Promise<Schema> {
  return defaultLade().schemaOf(uri, options);
}

/** Reads many whole objects of one container concurrently and yields them in order, each with its bytes or its error. */
export function getMany(
  uris: AsyncIterable<string> | Iterable<string>,
  options: GetManyOptions = {},
): AsyncGenerator<GetManyUriResult> {
  return defaultLade().getMany(uris, options);
}

/** Writes an object in one step. Text is stored as UTF-8. */
export function put(uri: string, data: Uint8Array | string, options: PutOptions = {}): Promise<PutResult> {
  return defaultLade().put(uri, data, options);
}

/** Starts an object of a size not yet known; nobody sees it before its writer closes. */
export function createWriter(uri: string, options: WriterOptions = {}): Promise<ObjectWriter> {
  return defaultLade().createWriter(uri, options);
}

/** Lists what starts with a URI, ascending. */
export function list(uri: string, options: ListUriOptions = {}): AsyncGenerator<UriEntry> {
  return defaultLade().list(uri, options);
}

/** Lists every version of what starts with a URI, and the delete markers: by ascending key, the newest of a key first. */
export function listVersions(
  uri: string,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<UriVersion> {
  return defaultLade().listVersions(uri, options);
}

/** Describes an object. */
export function stat(uri: string, options: HeadOptions = {}): Promise<ObjectInfo> {
  return defaultLade().stat(uri, options);
}

/** Whether an object exists; any failure but a missing object rejects. */
export function exists(uri: string, options: { readonly signal?: AbortSignal } = {}): Promise<boolean> {
  return defaultLade().exists(uri, options);
}

/** Replaces attributes of an object, each that is given, and keeps the others and the bytes, which are not moved. */
export function setAttributes(
  uri: string,
  attributes: ObjectAttributes,
  options: SetAttributesOptions = {},
): Promise<PutResult> {
  return defaultLade().setAttributes(uri, attributes, options);
}

/**
 * Removes an object, or with `recursive` everything under a prefix or in a directory, and resolves with the number of
 * objects removed. A whole container needs `all` too.
 */
export function remove(uri: string, options: RemoveOptions = {}): Promise<number> {
  return defaultLade().remove(uri, options);
}

/** Copies an object: by the service's own means where it has both, else through this process. */
export function copy(from: string, to: string, options: CopyObjectOptions = {}): Promise<CopyObjectResult> {
  return defaultLade().copy(from, to, options);
}

/**
 * Copies or moves objects between any two stores, as `lade cp` and `lade mv` do. Rejects with the error of the one
 * object, or with an `AggregateError` when any of several failed, after the rest.
 */
export function transfer(request: UriTransfer): Promise<UriTransferSummary> {
  return defaultLade().transfer(request);
}

/**
 * Uploads local files, and directories with all below them, to a prefix (a URI that ends in `/`). A file keeps its
 * name, a directory's files their names below it. Rejects with an `AggregateError` when any failed, after the rest.
 */
export function upload(
  files: string | Iterable<string>,
  uri: string,
  options: TransferFilesOptions = {},
): Promise<TransferSummary> {
  return defaultLade().upload(files, uri, options);
}

/**
 * Downloads an object, or everything under a prefix, into a local directory, which is made if need be. Nothing is
 * ever written outside it. Rejects with an `AggregateError` when any object failed, after the rest.
 */
export function download(
  uri: string,
  directory: string,
  options: TransferFilesOptions = {},
): Promise<TransferSummary> {
  return defaultLade().download(uri, directory, options);
}

/**
 * Brings a tree up to date: copies from the prefix or directory `source` what `destination` lacks or has otherwise, and
 * with `delete` deletes what the source lacks, last and only if nothing failed.
 */
export function sync(
  source: string,
  destination: string,
  options: SyncTreeOptions = {},
): Promise<SyncSummary> {
  return defaultLade().sync(source, destination, options);
}
