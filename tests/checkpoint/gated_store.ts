import type {
  CallOptions,
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
  PutOptions,
  PutResult,
} from "@lade/core/backend";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";

/** A store each of whose calls asks first: it is made once `before` has resolved. Writers go through. */
export class GatedStore extends ForwardingStore {
  readonly #before: (call: string) => Promise<void>;

  constructor(store: ObjectStore, before: (call: string) => Promise<void>) {
    super(store, ["beneath", bytesAtHand]);
    this.#before = before;
  }

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    await this.#before(`get ${key}`);
    return await this.below.get(key, options);
  }

  override async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    await this.#before(`head ${key}`);
    return await this.below.head(key, options);
  }

  override async *list(prefix?: string, options?: ListOptions): AsyncIterable<ObjectMeta> {
    await this.#before(`list ${prefix}`);
    yield* this.below.list(prefix, options);
  }

  override async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    await this.#before(`put ${key}`);
    return await this.below.put(key, data, options);
  }

  override async delete(key: string, options?: DeleteOptions): Promise<void> {
    await this.#before(`delete ${key}`);
    await this.below.delete(key, options);
  }

  override async *deleteMany(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
    options?: CallOptions,
  ): AsyncIterable<DeleteResult> {
    for await (const object of objects) {
      await this.#before(`delete ${typeof object === "string" ? object : object.key}`);
      yield* this.below.deleteMany([object], options);
    }
  }
}

/** Lets the calls of a process through by number, so that another one is where a test wants it meanwhile. */
export class Gate {
  #allowed = 0;
  #waiting: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  /** Waits for its turn. */
  async pass(): Promise<void> {
    if (this.#allowed === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = resolve;
      this.#onIdle?.();
      await promise;
    }
    this.#allowed--;
  }

  /** Lets so many calls through; resolves when the process waits again, or `end` has settled. */
  async allow(count: number, end: Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    // It may not have come to its first call.
    if (!this.#waiting) {
      this.#onIdle = resolve;
      await Promise.race([promise, end.catch(() => {})]);
    }
    const idle = Promise.withResolvers<void>();
    this.#onIdle = idle.resolve;
    this.#allowed = count;
    this.#waiting?.();
    this.#waiting = undefined;
    await Promise.race([idle.promise, end.catch(() => {})]);
  }
}
