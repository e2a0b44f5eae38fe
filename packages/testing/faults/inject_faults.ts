import type {
  CallOptions,
  Capabilities,
  CommonPrefix,
  CopyOptions,
  CopyResult,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  GetResult,
  GetTagsOptions,
  HeadOptions,
  ListOptions,
  ObjectAttributes,
  ObjectInfo,
  ObjectMeta,
  ObjectPlace,
  ObjectStore,
  ObjectToDelete,
  ObjectTree,
  ObjectVersion,
  ObjectWriter,
  PartWriter,
  PresignOptions,
  PutOptions,
  PutResult,
  ReadHints,
  SetAttributesOptions,
  StoreContext,
  StoreLimits,
  WriterOptions,
} from "@lade/core/backend";
import { listVersions, listVersionsWithDelimiter, placeOf, setAttributes } from "@lade/core/operations";
import { tagsOf } from "@lade/core/layers";
import { type Fault, type FaultRule, type FaultyOperation, released } from "./fault.ts";
import { FaultyPartWriter } from "./faulty_part_writer.ts";
import { FaultyResult } from "./faulty_result.ts";
import { FaultyWriter } from "./faulty_writer.ts";

/** A call that a {@linkcode FaultyStore} saw. */
export interface RecordedCall {
  /** The kind of call. */
  readonly operation: FaultyOperation;
  /** The key it was made for; the prefix of a listing, empty for `deleteMany`. */
  readonly key: string;
  /** Its options: those that its operation has. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A store that misbehaves on command and remembers its calls. */
export interface FaultyStore extends ObjectStore {
  /** Every call so far, in order. */
  readonly calls: readonly RecordedCall[];
  /** Results of `get` that are neither read to their end nor cancelled nor failed. */
  readonly openBodies: number;
  /** Writers that are neither closed nor aborted. */
  readonly openWriters: number;
  /** Results of `get` that were open at the same time, at most. */
  readonly peakOpenBodies: number;
  /** Adds a rule, behind those there are. */
  addRule(rule: FaultRule): void;
}

/**
 * Puts faults between a store and whoever uses it, by rules. It is not looked through: what is copied from it is read,
 * with the faults.
 */
export function injectFaults(store: ObjectStore, rules: readonly FaultRule[] = []): FaultyStore {
  return new FaultLayer(store, rules);
}

class FaultLayer implements FaultyStore {
  readonly uri: string;
  readonly capabilities: Capabilities;
  readonly readHints: ReadHints;
  readonly limits: StoreLimits;
  readonly context: StoreContext;
  readonly tree?: ObjectTree;
  readonly calls: RecordedCall[] = [];
  readonly #store: ObjectStore;
  readonly #rules: { readonly rule: FaultRule; seen: number }[];
  #openBodies = 0;
  #peakOpenBodies = 0;
  #openWriters = 0;

  constructor(store: ObjectStore, rules: readonly FaultRule[]) {
    this.#store = store;
    this.uri = store.uri;
    this.capabilities = store.capabilities;
    this.readHints = store.readHints;
    this.limits = store.limits;
    this.context = store.context;
    if (store.tree) this.tree = store.tree;
    this.#rules = rules.map((rule) => ({ rule, seen: 0 }));
  }

  get openBodies(): number {
    return this.#openBodies;
  }

  get peakOpenBodies(): number {
    return this.#peakOpenBodies;
  }

  get openWriters(): number {
    return this.#openWriters;
  }

  addRule(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0 });
  }

  keyFault(key: string): string | undefined {
    return this.#store.keyFault(key);
  }

  metadataNameFault(name: string): string | undefined {
    return this.#store.metadataNameFault(name);
  }

  async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const fault = await this.#before("get", key, options);
    const { range: _, ...rest } = options;
    const asked = fault?.kind !== "range" ? options : fault.range ? { ...rest, range: fault.range } : rest;
    const inner = await this.#store.get(key, asked);
    this.#openBodies++;
    this.#peakOpenBodies = Math.max(this.#peakOpenBodies, this.#openBodies);
    const onEnd = () => void this.#openBodies--;
    return new FaultyResult({ inner, fault, clock: this.context.clock, signal: options.signal, onEnd });
  }

  async head(key: string, options: HeadOptions = {}): Promise<ObjectInfo> {
    const fault = await this.#before("head", key, options);
    const info = await this.#store.head(key, options);
    return fault?.kind === "etag" ? { ...info, etag: fault.etag } : info;
  }

  async put(key: string, data: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    await this.#before("put", key, options);
    return await this.#store.put(key, data, options);
  }

  async createWriter(key: string, options: WriterOptions = {}): Promise<ObjectWriter> {
    await this.#before("createWriter", key, options);
    const inner = await this.#store.createWriter(key, options);
    this.#openWriters++;
    return new FaultyWriter({
      inner,
      before: async (operation) => void await this.#before(operation, key, options),
      onEnd: () => void this.#openWriters--,
    });
  }

  async createPartWriter(key: string, size: number, options: WriterOptions = {}): Promise<PartWriter> {
    await this.#before("createPartWriter", key, options);
    const inner = await this.#store.createPartWriter(key, size, options);
    this.#openWriters++;
    return new FaultyPartWriter({
      inner,
      before: async (operation) => void await this.#before(operation, key, options),
      onEnd: () => void this.#openWriters--,
    });
  }

  async *list(prefix = "", options: ListOptions = {}): AsyncIterable<ObjectMeta> {
    const fault = await this.#before("list", prefix, options);
    yield* this.#entries(this.#store.list(prefix, options), fault, options.signal);
  }

  async *listWithDelimiter(prefix = "", options: ListOptions = {}): AsyncIterable<ObjectMeta | CommonPrefix> {
    const fault = await this.#before("listWithDelimiter", prefix, options);
    yield* this.#entries(this.#store.listWithDelimiter(prefix, options), fault, options.signal);
  }

  async *listVersions(prefix = "", options: CallOptions = {}): AsyncIterable<ObjectVersion> {
    const fault = await this.#before("listVersions", prefix, options);
    yield* this.#entries(listVersions(this.#store, prefix, options), fault, options.signal);
  }

  async *listVersionsWithDelimiter(
    prefix = "",
    options: CallOptions = {},
  ): AsyncIterable<ObjectVersion | CommonPrefix> {
    const fault = await this.#before("listVersionsWithDelimiter", prefix, options);
    yield* this.#entries(listVersionsWithDelimiter(this.#store, prefix, options), fault, options.signal);
  }

  async delete(key: string, options: DeleteOptions = {}): Promise<void> {
    await this.#before("delete", key, options);
    await this.#store.delete(key, options);
  }

  async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    const fault = await this.#before("deleteMany", "", options);
    yield* this.#entries(this.#store.deleteMany(objects, options), fault, options.signal);
  }

  async copy(from: string, to: string, options: CopyOptions = {}): Promise<CopyResult> {
    await this.#before("copy", from, options);
    return await this.#store.copy(from, to, options);
  }

  async copyFrom(
    source: ObjectStore,
    from: string,
    to: string,
    options: CopyOptions = {},
  ): Promise<CopyResult | undefined> {
    if (!this.#store.copyFrom) return undefined;
    await this.#before("copyFrom", from, options);
    return await this.#store.copyFrom(source, from, to, options);
  }

  async setAttributes(
    key: string,
    attributes: ObjectAttributes,
    options: SetAttributesOptions = {},
  ): Promise<PutResult> {
    await this.#before("setAttributes", key, options);
    return await setAttributes(this.#store, key, attributes, options);
  }

  async getTags(key: string, options: GetTagsOptions = {}): Promise<Record<string, string>> {
    await this.#before("getTags", key, options);
    return await tagsOf(this.#store, key, options);
  }

  async rename(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    await this.#before("rename", from, options);
    await this.#store.rename(from, to, options);
  }

  async placeOf(key: string, options?: CallOptions): Promise<ObjectPlace> {
    return await placeOf(this.#store, key, options);
  }

  async presign(key: string, options: PresignOptions): Promise<URL> {
    await this.#before("presign", key, {});
    return await this.#store.presign(key, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  /** Records a call and does what its rule says, but for what belongs into its answer: that is given back. */
  async #before(operation: FaultyOperation, key: string, options: CallOptions): Promise<Fault | undefined> {
    this.calls.push({ operation, key, options: { ...options } });
    const fault = this.#match(operation, key);
    if (!fault || ("after" in fault && fault.after !== undefined)) return fault;
    if (fault.kind === "throw") throw fault.error;
    if (fault.kind === "stall") await released(fault.until, options.signal);
    if (fault.kind === "delay") await this.context.clock.sleep(fault.durationMs, options.signal);
    return fault;
  }

  #match(operation: FaultyOperation, key: string): Fault | undefined {
    let match: Fault | undefined;
    for (const counter of this.#rules) {
      const { rule } = counter;
      if (rule.operation !== operation || (rule.key !== undefined && rule.key !== key)) continue;
      counter.seen++;
      if (rule.nth === undefined || rule.nth === counter.seen) match ??= rule.fault;
    }
    return match;
  }

  async *#entries<T>(
    entries: AsyncIterable<T>,
    fault: Fault | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterable<T> {
    const after = fault && "after" in fault ? fault.after : undefined;
    let count = 0;
    for await (const entry of entries) {
      if (count === after) {
        if (fault?.kind === "throw") throw fault.error;
        if (fault?.kind === "end") return;
        if (fault?.kind === "stall") await released(fault.until, signal);
        if (fault?.kind === "delay") await this.context.clock.sleep(fault.durationMs, signal);
      }
      yield entry;
      count++;
    }
    if (count === after && fault?.kind === "throw") throw fault.error;
  }
}
