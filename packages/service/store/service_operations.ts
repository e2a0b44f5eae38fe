import type {
  CallOptions,
  CommonPrefix,
  CopyOptions,
  CopyResult,
  DeleteOptions,
  GetOptions,
  GetResult,
  GetTagsOptions,
  HeadOptions,
  KeyCall,
  ListOptions,
  ObjectAttributes,
  ObjectInfo,
  ObjectMeta,
  ObjectPlace,
  ObjectVersion,
  PartWriterOptions,
  PendingUpload,
  PresignOptions,
  PutOptions,
  PutResult,
  ResumeOptions,
  SetAttributesOptions,
  WriteSink,
  WriteToken,
} from "@lade/core/backend";
import type { BatchDeleter } from "../delete/mod.ts";
import type { RenameSteps } from "../copy/mod.ts";

/** A copy that a service is to make, between containers that one backend has opened. */
export interface ServiceCopy<T> {
  /** The container of the source. */
  readonly from: T;
  /** The container of the copy, which the copy is asked of. */
  readonly to: T;
  /** Key of the source. */
  readonly fromKey: string;
  /** Key of the copy. */
  readonly toKey: string;
  /** What is being done to the source, and to the copy. */
  readonly calls: { readonly from: KeyCall; readonly to: KeyCall };
}

/** Options of a write, and how large it is to be. */
export interface SinkOptions extends PartWriterOptions {
  /** Bytes of the object, where its writer knows them before. */
  readonly size?: number;
}

/**
 * What a service does, for a {@linkcode ServiceStore}. Keys and options have been checked; `call` is what errors and requests
 * say of the call. What is seldom needed is best loaded by the operation itself, by `import()`. A store lacks the methods
 * of optional operations that are absent.
 */
export interface ServiceOperations<T> {
  /** Reads an object or a range of it. */
  get(target: T, key: string, options: GetOptions, call: KeyCall): Promise<GetResult>;
  /** Describes an object. */
  head(target: T, key: string, options: HeadOptions, call: KeyCall): Promise<ObjectInfo>;
  /** Where an object goes: what writers, and `put` by default, are made of. */
  sink(target: T, key: string, options: SinkOptions, call: KeyCall): WriteSink | Promise<WriteSink>;
  /** Writes an object that is all in memory, where that is more than `bySink`, with parts of a sink that are its own. */
  put?(
    target: T,
    key: string,
    data: Uint8Array,
    options: PutOptions,
    call: KeyCall,
    bySink: (own?: Partial<WriteSink>) => Promise<PutResult>,
  ): Promise<PutResult>;
  /** Goes on with a write; gives the indices of the parts that the service has of it. */
  resume?(
    target: T,
    key: string,
    token: WriteToken,
    options: ResumeOptions,
    call: KeyCall,
  ): Promise<ResumedSink>;
  /** Lists writes that were begun and are neither closed nor aborted. */
  listUploads?(target: T, prefix: string, options: CallOptions): Promise<AsyncIterable<PendingUpload>>;
  /** Removes such a write, by the name that the service has for it; one that is gone is no error. */
  abortUpload?(target: T, key: string, id: string, options: CallOptions, call: KeyCall): Promise<void>;
  /** Lists objects; with `delimiter`, those of one level. */
  list(
    target: T,
    prefix: string,
    options: ListOptions,
    delimiter?: "/",
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void>;
  /** Lists versions; with `delimiter`, those of one level. */
  listVersions?(
    target: T,
    prefix: string,
    options: CallOptions,
    delimiter?: "/",
  ): Promise<AsyncIterable<ObjectVersion | CommonPrefix>>;
  /** Deletes an object or a version; one that is not there is no error. */
  delete(target: T, key: string, options: DeleteOptions, call: KeyCall): Promise<void>;
  /** How many objects are deleted at once; `single` is what a deleter has of the store itself. */
  deleter(target: T, single: SingleDeleter): BatchDeleter | Promise<BatchDeleter>;
  /** Copies within the container, with `pin` in place of a condition of the caller on the source. */
  copy(copy: ServiceCopy<T>, options: CopyOptions, pin?: string): Promise<CopyResult>;
  /** Copies from a container of the same kind; `undefined` where the service cannot. */
  copyFrom?(copy: ServiceCopy<T>, options: CopyOptions): Promise<CopyResult | undefined>;
  /** Renames, where that is more than `copyAndDelete`. */
  rename?(
    copy: ServiceCopy<T>,
    options: CopyOptions,
    copyAndDelete: (options: CopyOptions, steps?: Partial<RenameSteps>) => Promise<void>,
  ): Promise<void>;
  /** Replaces attributes of an object. */
  setAttributes?(
    target: T,
    key: string,
    attributes: ObjectAttributes,
    options: SetAttributesOptions,
    call: KeyCall,
  ): Promise<PutResult>;
  /** Asks for the tags of an object. */
  getTags?(target: T, key: string, options: GetTagsOptions, call: KeyCall): Promise<Record<string, string>>;
  /** Where a key leads. */
  placeOf?(target: T, key: string): ObjectPlace;
  /** Makes a URL; an `UnsupportedError` by default. */
  presign?(target: T, key: string, options: PresignOptions, call: KeyCall): Promise<URL>;
}

/** What a deleter of many has of its store. */
export type SingleDeleter = Pick<BatchDeleter, "uri" | "keyFault" | "sendOne">;

/** A sink that goes on, and the indices of the parts that it has. */
export interface ResumedSink {
  /** The sink. */
  readonly sink: WriteSink;
  /** The indices. */
  readonly written: Iterable<number>;
}
