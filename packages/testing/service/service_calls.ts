import { createStoreContext, type ObjectStore, type PutOptions, type PutResult } from "@lade/core/backend";
import { MemoryContainer, MemoryStore } from "@lade/core/memory";
import { copyObject } from "@lade/core/operations";
import { sampleBytes } from "../conformance/samples.ts";
import type { OpenedService } from "./service_case.ts";
import type { ServiceOperation } from "./service_setup.ts";

/** Sizes of a suite. */
export interface CallSizes {
  /** Bytes of a part. */
  readonly partSize: number;
}

/** One call of a store. */
export interface ServiceCall {
  /** The requests that it makes, in their order, where the service has them. */
  readonly makes: readonly ServiceOperation[];
  /** Makes the call, with the objects that {@linkcode putCallObjects} has put. */
  run(store: ObjectStore, sizes: CallSizes): Promise<unknown>;
}

/** The requests that a service must have for a call; many have none to begin a write. */
export function needsOf(makes: readonly ServiceOperation[]): readonly ServiceOperation[] {
  return makes.filter((operation) => operation !== "begin");
}

/** One call of each kind. */
export const SERVICE_CALLS: Readonly<Record<string, ServiceCall>> = {
  "get()": {
    makes: ["read"],
    run: async (store) => {
      await using result = await store.get("object");
      await result.readInto(new Uint8Array(100));
    },
  },
  "head()": { makes: ["head"], run: (store) => store.head("object") },
  "put()": { makes: ["write"], run: (store) => store.put("written", sampleBytes(10)) },
  "put() in parts": {
    makes: ["begin", "writePart", "commit"],
    run: (store, { partSize }) => store.put("written", sampleBytes(2 * partSize + 1)),
  },
  "createWriter()": {
    makes: ["begin", "writePart", "commit"],
    run: async (store, { partSize }) => {
      await using writer = await store.createWriter("written");
      await writer.write(sampleBytes(2 * partSize + 1));
      await writer.close();
    },
  },
  "createPartWriter()": {
    makes: ["begin", "writePart", "commit"],
    run: (store, { partSize }) => writeParts(store, "written", sampleBytes(2 * partSize + 1)),
  },
  "list()": {
    makes: ["list"],
    run: async (store) => {
      for await (const _ of store.list());
    },
  },
  "delete()": { makes: ["delete"], run: (store) => store.delete("object") },
  "deleteMany()": {
    makes: ["deleteBatch"],
    run: async (store) => {
      for await (const { error } of store.deleteMany(["a", "b"])) if (error) throw error;
    },
  },
  "copy()": { makes: ["copy"], run: (store) => store.copy("object", "copy") },
};

/** Puts the objects that the calls work with. */
export async function putCallObjects({ container }: OpenedService): Promise<void> {
  for (const key of ["object", "a", "b"]) await container.put(key, sampleBytes(100));
}

/** Writes the parts of an object, all concurrently. */
export async function writeParts(
  store: ObjectStore,
  key: string,
  data: Uint8Array,
  options: PutOptions = {},
): Promise<PutResult> {
  await using writer = await store.createPartWriter(key, data.length, options);
  const { partSize, partCount } = writer;
  const write = (index: number) =>
    writer.writePart(index, data.subarray(index * partSize, (index + 1) * partSize));
  await Promise.all(Array.from({ length: partCount }, (_, index) => write(index)));
  return await writer.close();
}

type Write = (
  store: ObjectStore,
  data: Uint8Array,
  sizes: CallSizes,
  options?: PutOptions,
) => Promise<PutResult>;

/** The ways to write the object `object` in parts. */
export const WRITE_WAYS: Readonly<Record<string, Write>> = {
  "createWriter()": async (store, data, { partSize }, options = {}) => {
    await using writer = await store.createWriter("object", { ...options, concurrency: 2 });
    const step = Math.ceil(partSize / 3);
    for (let at = 0; at < data.length; at += step) await writer.write(data.subarray(at, at + step));
    return await writer.close();
  },
  "createPartWriter()": (store, data, _, options) => writeParts(store, "object", data, options),
  "put()": (store, data, _, options) => store.put("object", data, options),
  "copyObject()": async (store, data, { partSize }, options = {}) => {
    const from = new MemoryStore({ context: createStoreContext(), container: new MemoryContainer() });
    await from.put("a", data);
    return await copyObject(from, "a", store, "object", { ...options, chunkSize: partSize });
  },
};
