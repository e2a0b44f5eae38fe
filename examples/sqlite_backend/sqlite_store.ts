import {
  AdaptiveLimit,
  attributesOf,
  type CallOptions,
  type Capabilities,
  checkEtags,
  checkIfIgnored,
  checkKey,
  checkListOptions,
  checkMatch,
  checkMetadataNames,
  checkObjects,
  checkObjectSize,
  checkReadConditions,
  checkWriteConditions,
  checkWriteOptions,
  checkWriterOptions,
  commonMetadataNameFault,
  type CommonPrefix,
  compareKeys,
  type CopyOptions,
  type CopyResult,
  createGetResult,
  createPartWriter,
  createStoreContext,
  createStreamWriter,
  deletedOf,
  type DeleteOptions,
  type DeleteResult,
  type GetOptions,
  type GetResult,
  type GetTagsOptions,
  type HeadOptions,
  InvalidNameError,
  keyFault,
  type ListOptions,
  needText,
  NotFoundError,
  type ObjectAttributes,
  type ObjectInfo,
  type ObjectMeta,
  type ObjectStore,
  type ObjectToDelete,
  objectUri,
  type ObjectWriter,
  type PartWriter,
  type PartWriterOptions,
  PreconditionFailedError,
  type PresignOptions,
  type PutOptions,
  type PutResult,
  type ReadHints,
  resolveRange,
  type SetAttributesOptions,
  type StoreContext,
  type StoreLimits,
  type StreamWriterSetup,
  takeOptions,
  toDelete,
  UnsupportedError,
  type WriterOptions,
} from "@lade/core/backend";
import { parallelResults } from "@lade/core/concurrency";
import { type ObjectRow, ObjectTable, PIECE } from "./object_table.ts";
import { SqliteSink } from "./sqlite_sink.ts";

const CAPABILITIES: Capabilities = {
  attributes: true,
  expires: true,
  setAttributes: true,
  tags: true,
  modificationTime: true,
  storageClass: false,
  createOnly: true,
  compareAndSwap: true,
  conditionalDelete: true,
  conditionalCopy: true,
  versions: false,
  atomicRename: true,
  presign: false,
  resumableWrites: false,
};

const READ_HINTS: ReadHints = {
  firstChunkSize: 8 * PIECE,
  chunkSize: 8 * PIECE,
  alignment: PIECE,
};

/** Options of {@linkcode openSqliteStore}. */
export interface SqliteStoreOptions {
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
}

/** Opens a store that keeps its objects in one SQLite file, which it makes where there is none. */
export function openSqliteStore(path: string, options: SqliteStoreOptions = {}): ObjectStore {
  return new SqliteStore(path, new ObjectTable(path), options.context ?? createStoreContext());
}

class SqliteStore implements ObjectStore {
  readonly uri: string;
  readonly capabilities = CAPABILITIES;
  readonly readHints = READ_HINTS;
  readonly limits: StoreLimits;
  readonly context: StoreContext;
  readonly #table: ObjectTable;

  constructor(path: string, table: ObjectTable, context: StoreContext) {
    this.uri = `sqlite://${path}`;
    this.context = context;
    // All in one thread, so that nothing is won by several chunks at once.
    this.limits = { read: new AdaptiveLimit({ clock: context.clock, initial: 1, maximum: 1 }) };
    this.#table = table;
  }

  keyFault(key: string): string | undefined {
    return keyFault(key);
  }

  metadataNameFault(name: string): string | undefined {
    return commonMetadataNameFault(name);
  }

  async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const row = this.#read("get", key, options);
    const uri = objectUri(this.uri, key);
    const range = resolveRange(options.range, row.size, uri);
    let position = range.offset;
    const read = (target: Uint8Array) => {
      const count = this.#table.read(row.id, position, target);
      // The number is that of one content: it is gone once the object was replaced or deleted.
      if (count === 0) {
        const detail = "the object changed while it was read";
        throw new PreconditionFailedError({ operation: "get", uri, detail });
      }
      position += count;
      return count;
    };
    const source = { read, close: () => {} };
    return createGetResult({ info: infoOf(row), range, source, uri, signal: options.signal });
  }

  async head(key: string, options: HeadOptions = {}): Promise<ObjectInfo> {
    return infoOf(this.#read("head", key, takeOptions(options)));
  }

  async put(key: string, data: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const writer = await this.createWriter(key, options);
    await writer.write(data);
    return await writer.close();
  }

  async createWriter(key: string, options: WriterOptions = {}): Promise<ObjectWriter> {
    return createStreamWriter(this.#write(key, options));
  }

  async createPartWriter(key: string, size: number, options: PartWriterOptions = {}): Promise<PartWriter> {
    checkObjectSize(size);
    if (options.resumable) {
      const detail = "parts are in no table before the object is whole";
      throw new UnsupportedError({ operation: "write", uri: objectUri(this.uri, key), detail });
    }
    return await createPartWriter({
      size,
      partSize: options.partSize ?? PIECE,
      ...this.#write(key, options),
    });
  }

  async *list(prefix = "", options: ListOptions = {}): AsyncGenerator<ObjectMeta, void, void> {
    checkListOptions(this.uri, options);
    const rows = this.#rows(prefix, options, ({ key }) => this.#table.next(key, false));
    yield* rows.take(options.limit ?? Infinity).map(entryOf);
  }

  async *listWithDelimiter(
    prefix = "",
    options: ListOptions = {},
  ): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
    checkListOptions(this.uri, options);
    const { startAfter = "", limit = Infinity } = options;
    const groupOf = ({ key }: ObjectRow) => key.slice(0, key.indexOf("/", prefix.length) + 1);
    // "0" is what comes after "/": the keys of a group are skipped, not walked through.
    const next = (row: ObjectRow) => {
      const group = groupOf(row);
      return group ? this.#table.next(`${group.slice(0, -1)}0`, true) : this.#table.next(row.key, false);
    };
    yield* this.#rows(prefix, options, next).flatMap((row): (ObjectMeta | CommonPrefix)[] => {
      const group = groupOf(row);
      if (!group) return [entryOf(row)];
      return compareKeys(group, startAfter) > 0 ? [{ prefix: group }] : [];
    }).take(limit);
  }

  async delete(key: string, options: DeleteOptions = {}): Promise<void> {
    this.#begin("delete", key, options);
    checkIfIgnored({ operation: "delete", uri: objectUri(this.uri, key) }, options);
    this.#table.atomically(() => {
      const row = this.#table.find(key);
      if (!row) return;
      checkMatch({ operation: "delete", uri: objectUri(this.uri, key) }, etagOf(row), options.ifMatch);
      this.#table.remove(row.id);
    });
  }

  async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options: CallOptions = {},
  ): AsyncGenerator<DeleteResult, void, void> {
    options.signal?.throwIfAborted();
    checkObjects(objects);
    yield* parallelResults(objects, 1, async (object) => {
      const { key, ...conditions } = toDelete(object);
      const told = deletedOf({ key, ...conditions });
      return await this.delete(key, conditions).then(() => told, (error) => ({ ...told, error }));
    }, options.signal);
  }

  async copy(from: string, to: string, options: CopyOptions = {}): Promise<CopyResult> {
    return this.#table.atomically(() => {
      const row = this.#source("copy", from, to, options);
      const { keepTime = true, attributes: given } = options;
      const kept: Stored = JSON.parse(row.attributes);
      const attributes = given ? storedForm({ tags: kept.tags, ...given }) : row.attributes;
      const id = this.#table.begin();
      this.#table.copyPieces(row.id, id);
      const modified = keepTime ? row.modified : this.context.clock.now();
      const copied = this.#publish({ id, key: to, size: row.size, attributes, modified });
      return { ...copied, sourceEtag: etagOf(row) };
    });
  }

  async setAttributes(
    key: string,
    attributes: ObjectAttributes,
    options: SetAttributesOptions = {},
  ): Promise<PutResult> {
    return this.#table.atomically(() => {
      const operation = "set the attributes of";
      const subject = { operation, uri: objectUri(this.uri, key) };
      const row = this.#read(operation, key, options);
      checkWriteOptions(subject, { ...options, ...attributes });
      checkMetadataNames(subject, this, attributes);
      this.#checkClass(operation, key, attributes);
      const { expires, ...kept }: Stored = JSON.parse(row.attributes);
      const before = { ...kept, ...(expires !== undefined && { expires: new Date(expires) }) };
      this.#table.describe(row.id, storedForm({ ...before, ...attributesOf(attributes) }));
      return { size: row.size, etag: etagOf(row) };
    });
  }

  async getTags(key: string, options: GetTagsOptions = {}): Promise<Record<string, string>> {
    const stored: Stored = JSON.parse(this.#read("get the tags of", key, options).attributes);
    return stored.tags;
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    this.#table.atomically(() => {
      const row = this.#source("rename", from, to, options);
      if (from !== to) this.#table.publish({ ...row, key: to });
    });
  }

  async presign(key: string, _options: PresignOptions): Promise<URL> {
    this.#begin("presign", key, {});
    throw this.#unsupported("presign", key, "a database file has no address");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#table[Symbol.dispose]();
  }

  #begin(operation: string, key: string, { signal, version, ...given }: HeadOptions): void {
    signal?.throwIfAborted();
    checkKey(operation, this, key);
    checkEtags({ operation, uri: objectUri(this.uri, key) }, given);
    if (version !== undefined) throw this.#unsupported(operation, key, "objects have no versions");
  }

  #read(operation: string, key: string, options: HeadOptions): ObjectRow {
    this.#begin(operation, key, options);
    const row = this.#find(operation, key);
    checkReadConditions({ operation, uri: objectUri(this.uri, key) }, etagOf(row), options);
    return row;
  }

  #find(operation: string, key: string): ObjectRow {
    const row = this.#table.find(key);
    if (row) return row;
    throw new NotFoundError({ operation, uri: objectUri(this.uri, key), detail: "no such object" });
  }

  #write(key: string, given: WriterOptions): StreamWriterSetup {
    const options = takeOptions(given);
    const { signal } = options;
    this.#begin("write", key, signal ? { signal } : {});
    const subject = { operation: "write", uri: objectUri(this.uri, key) };
    checkWriteOptions(subject, options);
    checkWriterOptions(options);
    checkMetadataNames(subject, this, options);
    this.#checkClass("write", key, options);
    const attributes = storedForm(options);
    const modified = options.lastModified?.getTime();
    const id = this.#table.begin();
    const publish = (size: number) =>
      this.#table.atomically(() => {
        checkWriteConditions(subject, etagOf(this.#table.find(key)), options);
        return this.#publish({ id, key, size, attributes, modified: modified ?? this.context.clock.now() });
      });
    const sink = new SqliteSink({ table: this.#table, uri: subject.uri, id, publish });
    return { sink, context: this.context, signal };
  }

  #source(operation: string, from: string, to: string, options: CopyOptions): ObjectRow {
    const { signal, sourceVersion: version, sourceIfMatch } = options;
    this.#begin(operation, from, { ...(signal && { signal }), ...(version !== undefined && { version }) });
    this.#begin(operation, to, {});
    const target = { operation: `${operation} to`, uri: objectUri(this.uri, to) };
    checkWriteOptions(target, { ...options, ...options.attributes });
    checkMetadataNames(target, this, options.attributes ?? {});
    this.#checkClass(target.operation, to, options.attributes ?? {});
    const row = this.#find(operation, from);
    checkMatch({ operation, uri: objectUri(this.uri, from) }, etagOf(row), sourceIfMatch);
    checkWriteConditions(target, etagOf(this.#table.find(to)), options);
    return row;
  }

  #checkClass(operation: string, key: string, { storageClass }: ObjectAttributes): void {
    if (storageClass !== undefined) throw this.#unsupported(operation, key, "there are no storage classes");
  }

  #publish(row: ObjectRow): PutResult {
    this.#table.publish(row);
    return { size: row.size, etag: `${row.id}` };
  }

  /** The rows of a listing, each asked for only when the one before is done with. */
  *#rows(
    prefix: string,
    options: ListOptions,
    next: (row: ObjectRow) => ObjectRow | undefined,
  ): Generator<ObjectRow, void, void> {
    const { signal, startAfter = "" } = options;
    signal?.throwIfAborted();
    for (const text of [prefix, startAfter]) {
      needText(text);
      if (text.isWellFormed()) continue;
      const uri = objectUri(this.uri, text);
      throw new InvalidNameError({ operation: "list", uri, detail: "it is not valid Unicode" });
    }
    const isBefore = compareKeys(startAfter, prefix) < 0;
    let row = isBefore ? this.#table.next(prefix, true) : this.#table.next(startAfter, false);
    while (row?.key.startsWith(prefix)) {
      yield row;
      signal?.throwIfAborted();
      row = next(row);
    }
  }

  #unsupported(operation: string, key: string, detail: string): UnsupportedError {
    return new UnsupportedError({ operation, uri: objectUri(this.uri, key), detail });
  }
}

function etagOf(row: ObjectRow): string;
function etagOf(row: ObjectRow | undefined): string | undefined;
function etagOf(row: ObjectRow | undefined): string | undefined {
  return row && `${row.id}`;
}

function entryOf(row: ObjectRow): ObjectMeta {
  return { key: row.key, size: row.size, lastModified: new Date(row.modified), etag: etagOf(row) };
}

function infoOf(row: ObjectRow): ObjectInfo {
  const { tags, expires, ...kept }: Stored = JSON.parse(row.attributes);
  const tagCount = Object.keys(tags).length;
  return {
    ...entryOf(row),
    ...kept,
    ...(expires !== undefined && { expires: new Date(expires) }),
    ...(tagCount > 0 && { tagCount }),
  };
}

/** What a row holds of an object's attributes, as JSON. */
interface Stored extends Omit<ObjectAttributes, "expires"> {
  readonly expires?: string;
  readonly metadata: Record<string, string>;
  readonly tags: Record<string, string>;
}

function storedForm(given: ObjectAttributes): string {
  const { metadata = {}, tags = {}, expires, ...texts } = attributesOf(given);
  const names = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]);
  const seconds = expires && new Date(Math.floor(expires.getTime() / 1000) * 1000);
  return JSON.stringify({ ...texts, expires: seconds, metadata: Object.fromEntries(names), tags });
}
