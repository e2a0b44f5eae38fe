import {
  copyObject,
  getBytes,
  getMany,
  getRange,
  MemoryStore,
  NotFoundError,
  type ObjectStore,
  PreconditionFailedError,
  readChunks,
  readInto,
  stream,
} from "@lade/core";
import { expectEqual, expectError } from "../../conformance/expect.ts";
import { collect, sampleBytes } from "../../conformance/samples.ts";
import type { ServiceCase } from "../service_case.ts";
import { type CallSizes, writeParts } from "../service_calls.ts";
import type { CountedCall, RequestCounts, ServiceSetup } from "../service_setup.ts";

type Run = (store: ObjectStore, sizes: CallSizes & { readonly size: number }) => Promise<unknown>;

const writeThrough = async (store: ObjectStore, size: number) => {
  await using writer = await store.createWriter("new");
  await writer.write(sampleBytes(size));
  await writer.close();
};

const CALLS: Readonly<Record<CountedCall, Run>> = {
  "get()": async (store) => await (await store.get("object")).readInto(new Uint8Array(1000)),
  "getBytes()": (store) => getBytes(store, "object"),
  "getRange()": (store) => getRange(store, "object", 10, 100),
  "readInto()": (store, { size }) => readInto(store, "object", new Uint8Array(size)),
  "stream()": async (store) => {
    for await (const _ of stream(store, "object"));
  },
  "readChunks()": async (store) => {
    for await (const _ of await readChunks(store, "object"));
  },
  "copyObject() to another store": (store) => copyObject(store, "object", new MemoryStore(), "copy"),
  "readInto() of five chunks": (store) => readInto(store, "object", new Uint8Array(1000), { chunkSize: 200 }),
  "getMany() of 20 objects": (store) =>
    collect(getMany(store, Array.from({ length: 20 }, (_, i) => `many-${i}`))),
  "head()": (store) => store.head("object"),
  "head() of a missing object": (store) => expectError(() => store.head("missing"), NotFoundError, "head()"),
  "head() on a condition that does not hold": (store) =>
    expectError(() => store.head("object", { ifMatch: "other" }), PreconditionFailedError, "head()"),
  "put()": (store) => store.put("new", sampleBytes(1000)),
  "put() of three parts": (store, { partSize }) => store.put("new", sampleBytes(2 * partSize + 1)),
  "createWriter()": (store) => writeThrough(store, 1000),
  "createWriter() of three parts": (store, { partSize }) => writeThrough(store, 2 * partSize + 1),
  "createPartWriter() of three parts": (store, { partSize }) =>
    writeParts(store, "new", sampleBytes(2 * partSize + 1)),
  "list()": (store) => collect(store.list()),
  "listWithDelimiter()": (store) => collect(store.listWithDelimiter()),
  "delete()": (store) => store.delete("object"),
  "deleteMany() of three objects": (store) => collect(store.deleteMany(["many-1", "many-2", "many-3"])),
  "copy()": (store) => store.copy("object", "copy"),
  "rename()": (store) => store.rename("object", "renamed"),
};

/** Calls that read an object of up to one chunk as they read a small one. */
const READS: readonly CountedCall[] = ["getBytes()", "readInto()", "stream()", "readChunks()"];

const ONE = { read: 1 };
const PARTS = { begin: 1, writePart: 3, commit: 1 };

/** The fewest requests that do what a call promises. */
const FEWEST: Readonly<Record<CountedCall, RequestCounts>> = {
  "get()": ONE,
  "getBytes()": ONE,
  "getRange()": ONE,
  "readInto()": ONE,
  "stream()": ONE,
  "readChunks()": ONE,
  "copyObject() to another store": ONE,
  "readInto() of five chunks": { read: 5 },
  "getMany() of 20 objects": { read: 20 },
  "head()": { head: 1 },
  "head() of a missing object": { head: 1 },
  "head() on a condition that does not hold": { head: 1 },
  "put()": { write: 1 },
  "put() of three parts": PARTS,
  "createWriter()": { write: 1 },
  "createWriter() of three parts": PARTS,
  "createPartWriter() of three parts": PARTS,
  "list()": { list: 1 },
  "listWithDelimiter()": { list: 1 },
  "delete()": { delete: 1 },
  "deleteMany() of three objects": { deleteBatch: 1 },
  "copy()": { copy: 1 },
  "rename()": { copy: 1 },
};

/** The requests that a call is to make: those that are declared, else the fewest, where nothing begins without a beginning. */
function requestsOf({ requests = {}, operations }: ServiceSetup, name: CountedCall): RequestCounts {
  const { begin, ...others } = FEWEST[name];
  return requests[name] ??
    (begin === undefined || operations.begin === undefined ? others : { begin, ...others });
}

/** The number of requests that calls make, of a service that has answered before. */
export const requestCountCases: readonly ServiceCase[] = (Object.keys(CALLS) as CountedCall[]).map((
  name,
) => ({
  name: `${name} makes the requests that are declared, and no more`,
  async run(context) {
    await using opened = await context.open();
    const { container, store } = opened;
    for (let i = 0; i < 20; i++) await container.put(`many-${i}`, sampleBytes(100));
    const { firstChunkSize } = store.readHints;
    for (const size of READS.includes(name) ? [1000, firstChunkSize] : [1000]) {
      await container.put("object", sampleBytes(size));
      await store.head("object");
      opened.countRequests();
      await CALLS[name](store, { partSize: context.partSize, size });
      expectEqual<unknown>(
        opened.countRequests(),
        requestsOf(context.setup, name),
        `the requests of ${name}, ${size} bytes`,
      );
    }
  },
}));
