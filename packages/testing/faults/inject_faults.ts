import type {
  CallOptions,
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
  ObjectStore,
  ObjectToDelete,
  ObjectVersion,
  ObjectWriter,
  PartWriter,
  PartWriterOptions,
  PendingUpload,
  PresignOptions,
  PutOptions,
  PutResult,
  ResumeOptions,
  SetAttributesOptions,
  WriterOptions,
} from "@lade/core/backend";
import {
  abortUpload,
  listUploads,
  listVersions,
  listVersionsWithDelimiter,
  resumePartWriter,
  setAttributes,
} from "@lade/core/operations";
import { takeOptions } from "@lade/core/backend";
import { ForwardingStore, tagsOf } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
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
 * Puts faults between a store and its users, by rules. It is not looked through: what is copied from it is read,
 * with the faults.
 */
export function injectFaults(store: ObjectStore, rules: readonly FaultRule[] = []): FaultyStore {
  return new FaultLayer(store, rules);
}

class FaultLayer extends ForwardingStore implements FaultyStore {
  readonly calls: RecordedCall[] = [];
  readonly #rules: { readonly rule: FaultRule; seen: number }[];
  #openBodies = 0;
  #peakOpenBodies = 0;
  #openWriters = 0;

  constructor(store: ObjectStore, rules: readonly FaultRule[]) {
    super(store, ["beneath", bytesAtHand]);
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

  override async get(key: string, given?: GetOptions): Promise<GetResult> {
    const options = takeOptions(given);
    const fault = await this.#before("get", key, options);
    const { range: _, ...rest } = options;
    const asked = fault?.kind !== "range" ? options : fault.range ? { ...rest, range: fault.range } : rest;
    const inner = await this.below.get(key, asked);
    if (fault?.kind === "lost") {
      await inner.cancel(fault.error);
      throw fault.error;
    }
    this.#openBodies++;
    this.#peakOpenBodies = Math.max(this.#peakOpenBodies, this.#openBodies);
    const onEnd = () => void this.#openBodies--;
    return new FaultyResult({ inner, fault, clock: this.context.clock, signal: options.signal, onEnd });
  }

  override async head(key: string, given?: HeadOptions): Promise<ObjectInfo> {
    const options = takeOptions(given);
    const fault = await this.#before("head", key, options);
    const info = await this.below.head(key, options);
    if (fault?.kind === "lost") throw fault.error;
    return fault?.kind === "etag" ? { ...info, etag: fault.etag } : info;
  }

  override async put(key: string, data: Uint8Array, given?: PutOptions): Promise<PutResult> {
    const options = takeOptions(given);
    return await this.#answered("put", key, options, () => this.below.put(key, data, options));
  }

  override async createWriter(key: string, given?: WriterOptions): Promise<ObjectWriter> {
    const options = takeOptions(given);
    const fault = await this.#before("createWriter", key, options);
    const inner = await this.below.createWriter(key, options);
    if (fault?.kind === "lost") {
      await inner.abort(fault.error);
      throw fault.error;
    }
    this.#openWriters++;
    return new FaultyWriter({
      inner,
      before: (operation) => this.#before(operation, key, options),
      onEnd: () => void this.#openWriters--,
    });
  }

  override async createPartWriter(
    key: string,
    size: number,
    given?: PartWriterOptions,
  ): Promise<PartWriter> {
    const options = takeOptions(given);
    const fault = await this.#before("createPartWriter", key, options);
    return await this.#faulty(key, await this.below.createPartWriter(key, size, options), options, fault);
  }

  override async resumePartWriter?(
    key: string,
    size: number,
    token: string,
    given?: ResumeOptions,
  ): Promise<PartWriter> {
    const options = takeOptions(given);
    const fault = await this.#before("resumePartWriter", key, options);
    const inner = await resumePartWriter(this.below, key, size, token, options);
    return await this.#faulty(key, inner, options, fault);
  }

  override async *listUploads?(prefix = "", options: CallOptions = {}): AsyncIterable<PendingUpload> {
    const fault = await this.#before("listUploads", prefix, options);
    yield* this.#entries(listUploads(this.below, prefix, options), fault, options.signal);
  }

  override async abortUpload?(key: string, token: string, given?: CallOptions): Promise<void> {
    const options = takeOptions(given);
    await this.#answered("abortUpload", key, options, () => abortUpload(this.below, key, token, options));
  }

  override async *list(prefix = "", options: ListOptions = {}): AsyncIterable<ObjectMeta> {
    const fault = await this.#before("list", prefix, options);
    yield* this.#entries(this.below.list(prefix, options), fault, options.signal);
  }

  override async *listWithDelimiter(
    prefix = "",
    options: ListOptions = {},
  ): AsyncIterable<ObjectMeta | CommonPrefix> {
    const fault = await this.#before("listWithDelimiter", prefix, options);
    yield* this.#entries(this.below.listWithDelimiter(prefix, options), fault, options.signal);
  }

  override async *listVersions?(prefix = "", options: CallOptions = {}): AsyncIterable<ObjectVersion> {
    const fault = await this.#before("listVersions", prefix, options);
    yield* this.#entries(listVersions(this.below, prefix, options), fault, options.signal);
  }

  override async *listVersionsWithDelimiter?(
    prefix = "",
    options: CallOptions = {},
  ): AsyncIterable<ObjectVersion | CommonPrefix> {
    const fault = await this.#before("listVersionsWithDelimiter", prefix, options);
    yield* this.#entries(listVersionsWithDelimiter(this.below, prefix, options), fault, options.signal);
  }

  override async delete(key: string, given?: DeleteOptions): Promise<void> {
    const options = takeOptions(given);
    await this.#answered("delete", key, options, () => this.below.delete(key, options));
  }

  override async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options: CallOptions = {},
  ): AsyncIterable<DeleteResult> {
    const fault = await this.#before("deleteMany", "", options);
    yield* this.#entries(this.below.deleteMany(objects, options), fault, options.signal);
  }

  override async copy(from: string, to: string, given?: CopyOptions): Promise<CopyResult> {
    const options = takeOptions(given);
    return await this.#answered("copy", from, options, () => this.below.copy(from, to, options));
  }

  override async copyFrom?(
    source: ObjectStore,
    from: string,
    to: string,
    given?: CopyOptions,
  ): Promise<CopyResult | undefined> {
    const options = takeOptions(given);
    const copy = () => this.below.copyFrom?.(source, from, to, options) ?? Promise.resolve(undefined);
    return await this.#answered("copyFrom", from, options, copy);
  }

  override async setAttributes?(
    key: string,
    attributes: ObjectAttributes,
    given?: SetAttributesOptions,
  ): Promise<PutResult> {
    const [taken, options] = [takeOptions(attributes), takeOptions(given)];
    const set = () => setAttributes(this.below, key, taken, options);
    return await this.#answered("setAttributes", key, options, set);
  }

  override async getTags?(key: string, given?: GetTagsOptions): Promise<Record<string, string>> {
    const options = takeOptions(given);
    return await this.#answered("getTags", key, options, () => tagsOf(this.below, key, options));
  }

  override async rename(from: string, to: string, given?: CopyOptions): Promise<void> {
    const options = takeOptions(given);
    await this.#answered("rename", from, options, () => this.below.rename(from, to, options));
  }

  override async presign(key: string, given: PresignOptions): Promise<URL> {
    const options = takeOptions(given);
    return await this.#answered("presign", key, {}, () => this.below.presign(key, options));
  }

  async #faulty(
    key: string,
    inner: PartWriter,
    options: CallOptions,
    fault: Fault | undefined,
  ): Promise<PartWriter> {
    if (fault?.kind === "lost") {
      // What can be resumed is left, for nobody knows its name.
      await (inner.token === undefined ? inner.abort(fault.error) : inner.detach());
      throw fault.error;
    }
    this.#openWriters++;
    return new FaultyPartWriter({
      inner,
      remove: (token) => abortUpload(this.below, key, token),
      before: (operation) => this.#before(operation, key, options),
      onEnd: () => void this.#openWriters--,
    });
  }

  /** Makes a call that has one answer, which may be lost. */
  async #answered<T>(
    operation: FaultyOperation,
    key: string,
    options: CallOptions,
    call: () => Promise<T>,
  ): Promise<T> {
    const fault = await this.#before(operation, key, options);
    const answer = await call();
    if (fault?.kind === "lost") throw fault.error;
    return answer;
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
      if (fault?.kind === "lost") continue;
      if (count === after) {
        if (fault?.kind === "throw") throw fault.error;
        if (fault?.kind === "end") return;
        if (fault?.kind === "stall") await released(fault.until, signal);
        if (fault?.kind === "delay") await this.context.clock.sleep(fault.durationMs, signal);
      }
      yield entry;
      count++;
    }
    if (fault?.kind === "lost" || (count === after && fault?.kind === "throw")) throw fault.error;
  }
}
