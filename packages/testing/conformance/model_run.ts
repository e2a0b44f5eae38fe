import {
  type ByteRange,
  compareKeys,
  type ObjectStore,
  type Preconditions,
  resolveRange,
} from "@lade/core/backend";
import {
  AlreadyExistsError,
  NotFoundError,
  PreconditionFailedError,
  RangeNotSatisfiableError,
  UnsupportedError,
} from "@lade/core/errors";
import { ConformanceError, expect, expectBytes, expectEqual, expectError } from "./expect.ts";
import type { ModelCondition, ModelOperation } from "./model_operation.ts";
import { bytesIn, collect, namesIn, sampleBytes } from "./samples.ts";

type Write = (conditions: Preconditions) => Promise<unknown>;

/** Does the same to a store and to a `Map`, and fails where they differ. */
export class ModelRun {
  readonly #store: ObjectStore;
  readonly #objects = new Map<string, Uint8Array>();
  #writes = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Does one step. */
  async step(operation: ModelOperation): Promise<void> {
    switch (operation.do) {
      case "put": {
        const data = sampleBytes(operation.size, ++this.#writes);
        const put: Write = (conditions) => this.#store.put(operation.key, data, conditions);
        return await this.#write(operation.key, operation.condition, data, put);
      }
      case "write":
        return await this.#writer(operation);
      case "get":
        return await this.#get(operation.key, operation.range);
      case "head":
        return await this.#head(operation.key);
      case "delete":
        return await this.#delete(operation.key, operation.condition);
      case "deleteMany":
        return await this.#deleteMany(operation.keys);
      case "copy":
      case "rename":
        return await this.#copy(operation.do, operation.from, operation.to);
      case "list":
        return await this.#list(operation.prefix, operation.startAfter);
      case "listWithDelimiter":
        return await this.#listWithDelimiter(operation.prefix, operation.startAfter);
    }
  }

  /** Compares all objects. */
  async compare(): Promise<void> {
    await this.#list("", undefined);
    for (const [key, data] of this.#objects) expectBytes(await bytesIn(this.#store, key), data, key);
  }

  /** Writes under a condition, and expects what it has to lead to. */
  async #write(key: string, condition: ModelCondition, data: Uint8Array, write: Write): Promise<void> {
    const { createOnly, compareAndSwap } = this.#store.capabilities;
    const known = condition === "create" ? createOnly : compareAndSwap;
    try {
      if (await this.#writeIf(known === false ? "none" : condition, key, write)) this.#objects.set(key, data);
    } catch (error) {
      if (known !== "unknown" || !isUnsupported(error)) throw error;
      // Nothing was changed by what the store has found it cannot do.
      await write({});
      this.#objects.set(key, data);
    }
  }

  /** Whether the object was written. */
  async #writeIf(condition: ModelCondition, key: string, write: Write): Promise<boolean> {
    const isThere = this.#objects.has(key);
    const what = `a write to ${key} on condition ${condition}`;
    if (condition === "create") {
      if (!isThere) await write({ ifNoneMatch: "*" });
      else await expectError(() => write({ ifNoneMatch: "*" }), AlreadyExistsError, what);
      return !isThere;
    }
    if (condition === "mismatch") {
      await expectError(() => write({ ifMatch: "none has this" }), PreconditionFailedError, what);
      return false;
    }
    const etag = condition === "match" && isThere ? (await this.#store.head(key)).etag : undefined;
    await write(etag === undefined ? {} : { ifMatch: etag });
    return true;
  }

  async #writer(operation: ModelOperation & { readonly do: "write" }): Promise<void> {
    const { key, chunks, end, condition } = operation;
    const total = chunks.reduce((sum, size) => sum + size, 0);
    const data = sampleBytes(total, ++this.#writes);
    const write: Write = async (conditions) => {
      await using writer = await this.#store.createWriter(key, conditions);
      let at = 0;
      for (const size of chunks) await writer.write(data.subarray(at, at += size));
      expectEqual(writer.bytesWritten, total, "bytesWritten");
      if (end === "close") expectEqual((await writer.close()).size, total, "the size that close() tells");
      if (end === "abort") await writer.abort();
    };
    if (end === "close") await this.#write(key, condition, data, write);
    else await write({});
  }

  async #get(key: string, range: ByteRange | undefined): Promise<void> {
    const data = this.#objects.get(key);
    const options = range ? { range } : {};
    const what = `get() of ${key} with ${JSON.stringify(options)}`;
    if (!data) return void await expectError(() => this.#store.get(key, options), NotFoundError, what);
    const offset = range && "offset" in range ? range.offset : 0;
    if (offset > 0 && offset >= data.length) {
      return void await expectError(() => this.#store.get(key, options), RangeNotSatisfiableError, what);
    }
    const { offset: start, length } = resolveRange(range, data.length, key);
    expectBytes(await bytesIn(this.#store, key, options), data.subarray(start, start + length), what);
  }

  async #head(key: string): Promise<void> {
    const data = this.#objects.get(key);
    if (data) expectEqual((await this.#store.head(key)).size, data.length, `the size of ${key}`);
    else await expectError(() => this.#store.head(key), NotFoundError, `head() of ${key}`);
  }

  async #delete(key: string, condition: ModelCondition): Promise<void> {
    const { conditionalDelete } = this.#store.capabilities;
    if (condition === "mismatch" && conditionalDelete !== false && this.#objects.has(key)) {
      const remove = () => this.#store.delete(key, { ifMatch: "none has this" });
      try {
        return void await expectError(remove, PreconditionFailedError, `delete() of ${key}`);
      } catch (error) {
        if (conditionalDelete !== "unknown" || !isUnsupported(error)) throw error;
      }
    }
    await this.#store.delete(key);
    this.#objects.delete(key);
  }

  async #deleteMany(keys: readonly string[]): Promise<void> {
    const results = await collect(this.#store.deleteMany(keys));
    expectEqual(results.map(({ key }) => key).sort(), [...keys].sort(), "the keys of the results");
    for (const { key, error } of results) expect(!error, `the result of ${key} is ${error}`);
    for (const key of keys) this.#objects.delete(key);
  }

  async #copy(method: "copy" | "rename", from: string, to: string): Promise<void> {
    const data = this.#objects.get(from);
    const call = async () => void await this.#store[method](from, to);
    if (!data) return void await expectError(call, NotFoundError, `${method}() of ${from}`);
    await call();
    if (method === "rename") this.#objects.delete(from);
    this.#objects.set(to, data);
  }

  async #list(prefix: string, startAfter: string | undefined): Promise<void> {
    const keys = this.#keys(prefix).filter((key) => isAfter(key, startAfter));
    const entries = await collect(this.#store.list(prefix, optionsOf(startAfter)));
    const expected = keys.map((key) => [key, this.#objects.get(key)?.length]);
    const found = entries.map((entry) => [entry.key, entry.size]);
    expectEqual<unknown>(found, expected, `the objects of ${prefix} after ${startAfter}`);
  }

  async #listWithDelimiter(prefix: string, startAfter: string | undefined): Promise<void> {
    const fold = (key: string) => {
      const slash = key.indexOf("/", prefix.length);
      return slash < 0 ? key : key.slice(0, slash + 1);
    };
    const names = [...new Set(this.#keys(prefix).map(fold))].filter((name) => isAfter(name, startAfter));
    const found = await namesIn(this.#store.listWithDelimiter(prefix, optionsOf(startAfter)));
    expectEqual(found, names, `the level of ${prefix} after ${startAfter}`);
  }

  #keys(prefix: string): string[] {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
  }
}

function isAfter(name: string, startAfter: string | undefined): boolean {
  return startAfter === undefined || compareKeys(name, startAfter) > 0;
}

function optionsOf(startAfter: string | undefined): { startAfter?: string } {
  return startAfter === undefined ? {} : { startAfter };
}

/** Whether a call failed, or an expected failure failed to come, for want of a capability. */
function isUnsupported(error: unknown): boolean {
  return (error instanceof ConformanceError ? error.cause : error) instanceof UnsupportedError;
}
