import {
  copyObject,
  createStoreContext,
  MemoryContainer,
  MemoryStore,
  type ObjectStore,
  type PutOptions,
  type PutResult,
} from "@lade/core";
import { noise } from "./noise.ts";

/** Bytes of a part of what is written. */
export const WRITE_PART = 2000;

/** What is written unless told otherwise: five parts and a byte. */
export const WRITTEN: Uint8Array<ArrayBuffer> = noise(5 * WRITE_PART + 1);

type Write = (store: ObjectStore, data?: Uint8Array, options?: PutOptions) => Promise<PutResult>;

/** The ways to write the object `object`, for stores whose parts have {@linkcode WRITE_PART} bytes. */
export const WRITE_WAYS = {
  "createWriter()": async (store, data = WRITTEN, options = {}) => {
    await using writer = await store.createWriter("object", { ...options, concurrency: 2 });
    for (let at = 0; at < data.length; at += 700) await writer.write(data.subarray(at, at + 700));
    return await writer.close();
  },
  "createPartWriter()": async (store, data = WRITTEN, options = {}) => {
    await using writer = await store.createPartWriter("object", data.length, options);
    const { partSize, partCount } = writer;
    const write = (index: number) =>
      writer.writePart(index, data.subarray(index * partSize, (index + 1) * partSize));
    await Promise.all(Array.from({ length: partCount }, (_, index) => write(index)));
    return await writer.close();
  },
  "put()": (store, data = WRITTEN, options = {}) => store.put("object", data, options),
  "copyObject()": async (store, data = WRITTEN, options = {}) => {
    const from = new MemoryStore({ context: createStoreContext(), container: new MemoryContainer() });
    await from.put("a", data);
    return await copyObject(from, "a", store, "object", { ...options, chunkSize: WRITE_PART });
  },
} as const satisfies Readonly<Record<string, Write>>;
