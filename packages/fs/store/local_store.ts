import {
  AdaptiveLimit,
  atMost,
  bytesOf,
  type CallName,
  type CallOptions,
  type Capabilities,
  checkEtags,
  checkIfIgnored,
  checkObjectSize,
  checkRange,
  checkReadConditions,
  checkWriteOptions,
  checkWriterOptions,
  type CommonPrefix,
  type CopyOptions,
  type CopyResult,
  createGetResult,
  type DeleteOptions,
  type DeleteResult,
  type GetOptions,
  type GetResult,
  type HeadOptions,
  InvalidNameError,
  isDescriptorShortage,
  type ListOptions,
  type ObjectInfo,
  type ObjectMeta,
  type ObjectPlace,
  type ObjectStore,
  type ObjectToDelete,
  type ObjectTree,
  type ObjectWriter,
  type PartWriter,
  type PartWriterOptions,
  type PendingUpload,
  placeBelow,
  type PresignOptions,
  type PutOptions,
  type PutResult,
  type ReadHints,
  resolveRange,
  type ResumeOptions,
  type StoreContext,
  type StoreFigures,
  type StoreLimits,
  takeOptions,
  UnsupportedError,
  type WriterOptions,
} from "@lade/core/backend";
import {
  bytesAtHand,
  type DurableStore,
  type HeldObject,
  holdAtHand,
  type HoldingStore,
  type QuickRanges,
  type QuickStore,
  rangesAtHand,
  type RangeToFill,
  type ReadyBytes,
  waitForDisk,
} from "@lade/core/seams";
import { fileError } from "../files/file_error.ts";
import { infoOf } from "../files/file_status.ts";
import { listLevel } from "../list/list_level.ts";
import { listObjects } from "../list/list_objects.ts";
import { pathFault } from "../names/path_fault.ts";
import { placeOfPath } from "../tree/place_of_path.ts";
import { FileSource } from "../read/file_source.ts";
import { holdFile } from "../read/held_file.ts";
import { readAtOnce, readRangesAtOnce, type ReadRequest } from "../read/read_at_once.ts";
import { openObject, readError, statObject } from "../read/open_object.ts";
import { type ReadyWrite, WriteSetups } from "./write_setups.ts";
import { CAPABILITIES } from "./local_capabilities.ts";
import { refuseAttributes } from "./refuse_attributes.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import type { CopyRequest } from "../write/copy_request.ts";
import { deleteFile } from "../write/delete_file.ts";
import { deleteEach } from "../write/delete_each.ts";
import { openPartWriter, openWriter } from "../write/open_writer.ts";
import { LocalTree } from "../whole/local_tree.ts";
import { putFile } from "../write/write_file.ts";
import type { WriteRequest } from "../write/write_request.ts";

/** A store of local files, `file://` or `direct://`. */
export interface LocalStore extends ObjectStore {
  /** The absolute path of its directory. */
  readonly root: string;
}

/** Puts a store together. Both schemes are this one; they differ in the medium. */
export function createLocalStore(setup: LocalSetup, writes = new WriteSetups(setup)): LocalStore {
  return new Store(setup, writes);
}

class Store implements LocalStore, QuickStore, QuickRanges, HoldingStore, DurableStore {
  readonly uri: string;
  readonly root: string;
  readonly capabilities: Capabilities = CAPABILITIES;
  readonly readHints: ReadHints;
  readonly limits: StoreLimits;
  readonly context: StoreContext;
  readonly tree: ObjectTree;
  readonly #setup: LocalSetup;
  readonly #writes: WriteSetups;

  constructor(setup: LocalSetup, writes: WriteSetups) {
    this.#setup = setup;
    this.#writes = writes;
    this.uri = setup.tree.uri;
    this.root = setup.tree.root;
    this.readHints = setup.medium.readHints;
    this.limits = { read: new AdaptiveLimit({ clock: setup.context.clock, ...setup.medium.readWidth }) };
    this.context = setup.context;
    this.tree = new LocalTree(setup);
  }

  /** Why no file can have this path. */
  keyFault(key: string): string | undefined {
    return pathFault(key);
  }

  /** Files have no metadata, whatever its name. */
  metadataNameFault(_name: string): string {
    return "files keep no metadata";
  }

  /** Opens a file. Its bytes are read as they are asked for, and fail if the file is written to meanwhile. */
  async get(key: string, given?: GetOptions): Promise<GetResult> {
    const options = takeOptions(given);
    const subject = this.#begin("get", key, options);
    if (options.range) checkRange(options.range);
    return await this.#mapped(subject, options, () => this.#get(subject, key, options), readError);
  }

  async #get(subject: CallName, key: string, options: GetOptions): Promise<GetResult> {
    const [{ signal, range }, { figures, tree }] = [options, this.#setup];
    const opened = openObject(this.#setup, subject, tree.path(key));
    const { file, status } = opened instanceof Promise ? await opened : opened;
    try {
      const info = infoOf(key, status);
      checkReadConditions(subject, info.etag, options);
      const resolved = resolveRange(range, status.size, subject.uri);
      const source = new FileSource({ file, status, offset: resolved.offset, subject, figures });
      return createGetResult({ info, range: resolved, source, uri: subject.uri, signal });
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Reads at most 1 MiB of a file that is cached. */
  [bytesAtHand](
    key: string,
    allocate: (length: number) => Uint8Array | undefined,
    options: GetOptions = {},
  ): ReadyBytes | undefined {
    return this.#atHand(key, options, (request) => readAtOnce(this.#setup, { ...request, allocate }));
  }

  /** Reads ranges of a cached file that is opened once. */
  [rangesAtHand](key: string, ranges: readonly RangeToFill[], options?: GetOptions): ObjectInfo | undefined {
    return this.#atHand(key, options, (request) => readRangesAtOnce(this.#setup, { ...request, ranges }));
  }

  /** Opens a cached file to be read at many places. */
  [holdAtHand](key: string, options?: GetOptions): HeldObject | undefined {
    return this.#atHand(key, options, (request) => holdFile(this.#setup, request));
  }

  #atHand<T>(
    key: string,
    options: GetOptions = {},
    read: (request: Omit<ReadRequest, "allocate">) => T | undefined,
  ): T | undefined {
    const { medium, gate, tree } = this.#setup;
    if (!medium.readSync) return undefined;
    const subject = this.#begin("get", key, options);
    try {
      const request = { subject, key, path: tree.path(key), options };
      return gate.tryNow(() => read(request));
    } catch (error) {
      if (!isDescriptorShortage(error)) throw readError(error, subject, options.signal);
      return undefined;
    }
  }

  /** Returns size, time of change and etag of a file. */
  async head(key: string, given?: HeadOptions): Promise<ObjectInfo> {
    const options = takeOptions(given);
    const subject = this.#begin("head", key, options);
    try {
      const info = infoOf(key, await statObject(this.#setup, subject, this.#setup.tree.path(key)));
      checkReadConditions(subject, info.etag, options);
      return info;
    } catch (error) {
      throw readError(error, subject, options.signal);
    }
  }

  /** Writes a temporary file and gives it the key's name. Parent directories are made. */
  async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    const { setup, request } = this.#write("put", key, options);
    bytesOf(data);
    return await this.#mapped(request.subject, request.options, () => putFile(setup, request, data));
  }

  /** Starts a temporary file. `partSize` and `concurrency` have nothing to divide here. */
  async createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter> {
    const { setup, request } = this.#write("write", key, options);
    return await this.#mapped(request.subject, request.options, () => openWriter(setup, request));
  }

  /** Starts a temporary file whose parts are written to their places, or a hidden one that stays. */
  async createPartWriter(key: string, size: number, options?: PartWriterOptions): Promise<PartWriter> {
    checkObjectSize(size);
    const { setup, request } = this.#write("write", key, options);
    const open = options?.resumable ? (await import("../upload/mod.ts")).openUpload : openPartWriter;
    return await this.#mapped(request.subject, request.options, () => open(setup, request, size));
  }

  /** Goes on with a hidden file, with the parts that its record shows to be on the disk. */
  async resumePartWriter(
    key: string,
    size: number,
    token: string,
    given?: ResumeOptions,
  ): Promise<PartWriter> {
    const options = takeOptions(given);
    const subject = this.#begin("resume the write of", key, options.signal ? { signal: options.signal } : {});
    const { resumeUpload } = await import("../upload/mod.ts");
    const [setup, request] = [this.#writes.of(key), { subject, path: this.#setup.tree.path(key), options }];
    return await this.#mapped(subject, options, () => resumeUpload(setup, request, size, token));
  }

  /** Looks for resumable writes in the whole tree below the prefix. */
  async *listUploads(prefix = "", { signal }: CallOptions = {}): AsyncGenerator<PendingUpload, void, void> {
    const { listUploads } = await import("../upload/mod.ts");
    yield* listUploads(this.#setup, prefix, signal);
  }

  /** Removes a resumable write. */
  async abortUpload(key: string, token: string, options: CallOptions = {}): Promise<void> {
    const subject = this.#begin("abort the upload of", key, options);
    const path = this.#setup.tree.path(key);
    const { abortUpload } = await import("../upload/mod.ts");
    await this.#mapped(subject, options, () => abortUpload(this.#setup, subject, path, token));
  }

  /** Walks the tree in key order; memory holds the names of the directories on the way. */
  list(prefix = "", given?: ListOptions): AsyncGenerator<ObjectMeta, void, void> {
    const options = takeOptions(given);
    return atMost(listObjects(this.#setup, prefix, options), options.limit);
  }

  /** Reads one directory; directories without any object are left out. */
  listWithDelimiter(
    prefix = "",
    given?: ListOptions,
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    const options = takeOptions(given);
    return atMost(listLevel(this.#setup, prefix, options), options.limit);
  }

  /** Deletes a file, or a link itself. Directories stay. */
  async delete(key: string, given?: DeleteOptions): Promise<void> {
    const options = takeOptions(given);
    const subject = this.#begin("delete", key, options);
    checkIfIgnored(subject, options);
    const [path, setup] = [this.#setup.tree.path(key), this.#writes.of(key)];
    await this.#mapped(
      subject,
      options,
      () => deleteFile(setup, subject, path, options.ifMatch, options.signal),
    );
  }

  /** Deletes files, several at a time; results come in the order of the keys. */
  deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    given?: CallOptions,
  ): AsyncGenerator<DeleteResult, void, void> {
    const options = takeOptions(given);
    const remove = ({ key, ...more }: ObjectToDelete) => this.delete(key, { ...options, ...more });
    return deleteEach(remove, objects, options.signal);
  }

  /** Copies a file by the system's own copy, under a temporary name first. */
  async copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    return await this.#copyOf(this, from, to, options);
  }

  /** Copies a file of another local store, of either scheme, in the same way. */
  async copyFrom(
    source: ObjectStore,
    from: string,
    to: string,
    options?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    const { store, key } = placeBelow(source, from);
    return #setup in store ? await this.#copyOf(store, key, to, options) : undefined;
  }

  /** Renames a file. One reached by a link, or moved to another file system, is copied and then deleted. */
  async rename(from: string, to: string, options?: CopyOptions): Promise<void> {
    const { setup, request } = this.#copy("rename", this, from, to, options);
    const { moveFile } = await import("../write/move_file.ts");
    await this.#mapped(request.subject, request.options, () => moveFile(setup, request), readError);
  }

  /** The path without links, which is the same for both schemes. */
  async placeOf(key: string, { signal }: CallOptions = {}): Promise<ObjectPlace> {
    signal?.throwIfAborted();
    return await placeOfPath(this.#setup.calls, this.#setup.tree.path(key));
  }

  figures(): StoreFigures {
    return this.#setup.figures;
  }

  /** Is an `UnsupportedError`: nobody serves these files. */
  async presign(key: string, _options: PresignOptions): Promise<URL> {
    const subject = this.#begin("presign", key, {});
    throw new UnsupportedError({ ...subject, detail: "local files have no URL that others can use" });
  }

  /** Does nothing: a store holds nothing open. */
  async [Symbol.asyncDispose](): Promise<void> {}

  async #copyOf(store: Store, from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    const { setup, request } = this.#copy("copy", store, from, to, options);
    const { copyFile } = await import("../write/copy_file.ts");
    return await this.#mapped(request.subject, request.options, () => copyFile(setup, request), readError);
  }

  /** Has what is written below a prefix wait for the disk, unless the configuration says for what. */
  [waitForDisk](prefix: string): void {
    this.#writes.keepDurable(prefix);
  }

  #begin(operation: string, key: string, { signal, version, ...conditions }: HeadOptions): CallName {
    signal?.throwIfAborted();
    const subject = this.#setup.tree.subject(operation, key);
    const detail = this.keyFault(key);
    if (detail !== undefined) throw new InvalidNameError({ ...subject, detail });
    checkEtags(subject, conditions);
    if (version === undefined) return subject;
    throw new UnsupportedError({ ...subject, detail: "files have no versions" });
  }

  #write(operation: string, key: string, given?: WriterOptions): ReadyWrite<WriteRequest> {
    const options = takeOptions(given);
    const { signal } = options;
    checkWriterOptions(options);
    const subject = this.#begin(operation, key, signal ? { signal } : {});
    checkWriteOptions(subject, options);
    refuseAttributes(subject, options);
    const request = { subject, path: this.#setup.tree.path(key), options };
    return { setup: this.#writes.of(key), request };
  }

  #copy(
    operation: string,
    store: Store,
    from: string,
    to: string,
    given?: CopyOptions,
  ): ReadyWrite<CopyRequest> {
    const options = takeOptions(given);
    const { signal, sourceVersion: version } = options;
    const asked = { ...(signal && { signal }), ...(version !== undefined && { version }) };
    const subject = store.#begin(operation, from, asked);
    const target = this.#begin(`${operation} to`, to, {});
    checkWriteOptions(target, options);
    refuseAttributes(target, options.attributes ?? {});
    const [source, setup] = [store.#setup, this.#writes.of(to)];
    const paths = { from: source.tree.path(from), to: setup.tree.path(to) };
    return { setup, request: { source, subject, target, ...paths, options } };
  }

  async #mapped<T>(
    subject: CallName,
    { signal }: CallOptions,
    work: () => Promise<T>,
    errorOf: typeof fileError = fileError,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isDescriptorShortage(error)) throw errorOf(error, subject, signal);
      // Once more, for two seconds: long enough for others to come to their end, short enough that a program with the
      // file open lets go of it. This held none, so that others go on meanwhile.
      const { descriptors } = this.context;
      return await descriptors.wait({ limitMs: 2_000, signal }, work, { error }).catch((error) => {
        throw errorOf(error, subject, signal);
      });
    }
  }
}
