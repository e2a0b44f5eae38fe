import type {
  CallOptions,
  CopyOptions,
  CopyResult,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  GetResult,
  HeadOptions,
  ListOptions,
  ObjectInfo,
  ObjectMeta,
  ObjectStore,
  ObjectToDelete,
  ObjectWriter,
  PartWriter,
  PartWriterOptions,
  PutOptions,
  PutResult,
  WriterOptions,
} from "@lade/core/backend";
import { UnavailableError } from "@lade/core/errors";
import { ForwardingPartWriter, ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";

/**
 * What happens at one of the calls that change something: the process ends before it or behind it, its answer is lost, or the
 * service is in conflict with another call and has done nothing.
 */
export const MISHAPS = ["ends before", "ends behind", "answer lost", "conflict"] as const;

/** One of them. */
export type Mishap = typeof MISHAPS[number];

/** Counts calls that change something, over all stores of a process that share it, and lets one of them go wrong. */
export class Mutations {
  /** Those that were made, in words. */
  readonly calls: string[] = [];
  /** Whether the process has ended: nothing can be done any more. */
  hasEnded = false;
  readonly #at: number;
  readonly #mishap: Mishap;

  /** The call of number `at`, from 0, goes wrong; none where it is -1. */
  constructor(at = -1, mishap: Mishap = "ends before") {
    this.#at = at;
    this.#mishap = mishap;
  }

  /** Whether that call was made. */
  get hasHappened(): boolean {
    return this.#at < this.calls.length;
  }

  /** Whether any call goes wrong. */
  get mayFail(): boolean {
    return this.#at >= 0;
  }

  /** Throws where the process has ended. */
  checkAlive(): void {
    if (this.hasEnded) throw new ProcessEnded();
  }

  /** Makes a call. */
  async make<T>(name: string, call: () => Promise<T>): Promise<T> {
    this.checkAlive();
    const isIt = this.calls.push(name) - 1 === this.#at;
    if (!isIt) return await call();
    const fail = (detail: string) => new UnavailableError({ operation: name, uri: "memory://", detail });
    switch (this.#mishap) {
      case "ends before":
        this.hasEnded = true;
        throw new ProcessEnded();
      case "conflict":
        throw fail("a conflicting operation is in progress");
      case "ends behind":
      case "answer lost":
        await call();
    }
    if (this.#mishap === "answer lost") throw fail("the connection was closed");
    this.hasEnded = true;
    throw new ProcessEnded();
  }
}

/** What every call of a process that has ended rejects with. */
export class ProcessEnded extends Error {
  override readonly name = "ProcessEnded";
}

/** A store of a process that may end at any call. */
export class CrashingStore extends ForwardingStore {
  readonly #mutations: Mutations;

  constructor(store: ObjectStore, mutations: Mutations) {
    super(store, ["beneath", bytesAtHand]);
    this.#mutations = mutations;
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    this.#mutations.checkAlive();
    return await this.below.get(key, options);
  }

  override async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    this.#mutations.checkAlive();
    return await this.below.head(key, options);
  }

  override async *list(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta> {
    this.#mutations.checkAlive();
    yield* this.below.list(prefix, options);
  }

  override put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return this.#mutations.make(`put ${key}`, () => this.below.put(key, data, options));
  }

  override delete(key: string, options?: DeleteOptions): Promise<void> {
    return this.#mutations.make(`delete ${key}`, () => this.below.delete(key, options));
  }

  /** One at a time, so that each of them is a call. */
  override async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncIterable<DeleteResult> {
    for await (const object of objects) {
      const key = typeof object === "string" ? object : object.key;
      const [result] = await this.#mutations.make(
        `delete ${key} of many`,
        () => Array.fromAsync(this.below.deleteMany([object], options)),
      );
      if (result) yield result;
    }
  }

  override copy(from: string, to: string, options?: CopyOptions): Promise<CopyResult> {
    return this.#mutations.make(`copy ${from}`, () => this.below.copy(from, to, options));
  }

  override async createWriter(key: string, options?: WriterOptions): Promise<ObjectWriter> {
    const make = <T>(name: string, call: () => Promise<T>) => this.#mutations.make(`${name} ${key}`, call);
    const inner = await make("createWriter", () => this.below.createWriter(key, options));
    return {
      get bytesWritten() {
        return inner.bytesWritten;
      },
      write: (chunk) => make("write", () => inner.write(chunk)),
      close: () => make("close", () => inner.close()),
      abort: (reason) => inner.abort(reason),
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    };
  }

  override async createPartWriter(
    key: string,
    size: number,
    options?: PartWriterOptions,
  ): Promise<PartWriter> {
    const make = <T>(name: string, call: () => Promise<T>) => this.#mutations.make(`${name} ${key}`, call);
    const inner = await make("createPartWriter", () => this.below.createPartWriter(key, size, options));
    return new CrashingPartWriter(inner, make);
  }
}

type Make = <T>(name: string, call: () => Promise<T>) => Promise<T>;

class CrashingPartWriter extends ForwardingPartWriter {
  readonly #make: Make;

  constructor(inner: PartWriter, make: Make) {
    super(inner);
    this.#make = make;
  }

  override writePart(index: number, bytes: Uint8Array): Promise<void> {
    return this.#make("writePart", () => this.inner.writePart(index, bytes));
  }

  override get fillPart(): undefined {
    return undefined;
  }

  override close(): Promise<PutResult> {
    return this.#make("close", () => this.inner.close());
  }
}
