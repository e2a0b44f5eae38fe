import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ForwardingStore, MemoryStore, type ObjectStore, type PutOptions, type PutResult } from "@lade/core";
import {
  NotEmptyError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
} from "@lade/core/errors";
import type { WorkloadSpec } from "../spec/workload_spec.ts";
import { smallSpec, storesOf, the } from "../testing/workload.ts";
import { cleanWorkload } from "./clean_workload.ts";
import { runWorkload } from "./run_workload.ts";

const MARKER = "bench/lade-workload.json";
const PUT = [{ put: ["small"] }];

async function textsOf(store: ObjectStore): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const { key } of store.list()) {
    await using result = await store.get(key);
    texts[key] = await new Response(result.body).text();
  }
  return texts;
}

async function fill(store: ObjectStore, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [key, text] of Object.entries(texts)) await store.put(key, new TextEncoder().encode(text));
}

/** Rejects every write and deletion. */
class ReadOnlyStore extends ForwardingStore {
  touched: string[] = [];

  override put(key: string): Promise<PutResult> {
    this.touched.push(`put ${key}`);
    return Promise.reject(new Error("a write"));
  }

  override delete(key: string): Promise<void> {
    this.touched.push(`delete ${key}`);
    return Promise.reject(new Error("a deletion"));
  }

  override async *deleteMany(objects: AsyncIterable<unknown> | Iterable<unknown>) {
    for await (const object of objects) {
      this.touched.push(`deleteMany ${JSON.stringify(object)}`);
      yield { key: "", error: new Error("a deletion") };
    }
  }
}

Deno.test("a prefix with data of others is refused before anything is written or deleted", async () => {
  const foreign: Record<string, string>[] = [
    { "bench/data": "1" },
    { "bench/small/0000001": "of somebody who has such names" },
    { "bench/deep/er/x": "1" },
    { "bench/lade-workload.json.bak": "1" },
    { "bench/LADE-WORKLOAD.JSON": "{}" },
  ];
  const spec = await smallSpec([...PUT, { delete: "own" }]);
  for (const texts of foreign) {
    const memory = new MemoryStore();
    await fill(memory, texts);
    const store = new ReadOnlyStore(memory);
    const told = await assertRejects(() => runWorkload(spec, storesOf(store)), NotEmptyError);
    assertEquals(
      told.message,
      'Cannot run a workload in "memory://m/bench/": it has objects, and no lade-workload.json that says that they are a \
workload\'s; choose an empty prefix',
    );
    await assertRejects(() => cleanWorkload(spec, storesOf(store)), NotEmptyError);
    assertEquals([store.touched, await textsOf(memory)], [[], texts]);
  }
});

Deno.test("a marker of another workload, or one that is none, is refused and stays", async () => {
  const memory = new MemoryStore();
  const spec = await smallSpec(PUT);
  await runWorkload(spec, storesOf(memory));
  const others: WorkloadSpec[] = [
    { ...spec, seed: 1 },
    { ...spec, objects: [{ ...the(spec.objects[0]), count: 21 }] },
    { ...spec, objects: [{ ...the(spec.objects[0]), shards: 2 }] },
    { ...spec, objects: [{ ...the(spec.objects[0]), name: "large" }] },
    { ...spec, objects: [{ ...the(spec.objects[0]), size: { kind: "fixed", size: 1 } }] },
    { ...spec, data: { ...spec.data, compress: 2 } },
  ];
  const store = new ReadOnlyStore(memory);
  for (const other of others) {
    const told = await assertRejects(() => runWorkload(other, storesOf(store)), PreconditionFailedError);
    assertStringIncludes(told.message, "is that of another workload, or of other seeds, sizes or sets");
    const refused = await assertRejects(() => cleanWorkload(other, storesOf(store)), PreconditionFailedError);
    assertStringIncludes(refused.message, "Cannot clean a workload in");
  }
  const marker = (await textsOf(memory))[MARKER] ?? "";
  const damaged = [
    "",
    "{",
    "null",
    "5",
    "[]",
    "{}",
    '{"schema":"lade-workload/1"}',
    marker.replace("/1", "/2"),
  ];
  for (const text of damaged) {
    await fill(memory, { [MARKER]: text });
    for (const work of [runWorkload, cleanWorkload]) {
      await assertRejects(() => work(spec, storesOf(store)), PreconditionFailedError);
    }
  }
  assertEquals(store.touched, []);
});

Deno.test("other phases of the same objects go on with what is there", async () => {
  const memory = new MemoryStore();
  await runWorkload(await smallSpec(PUT), storesOf(memory));
  const before = await textsOf(memory);
  const read = await smallSpec([{ mix: { get: 1 }, pick: "once" }], { verify: "all" });
  const { phases: [get], verify } = await runWorkload(read, storesOf(new ReadOnlyStore(memory)));
  assertEquals([get?.ops[0]?.ops, verify], [20, { reads: 20, wrong: 0, examples: [] }]);
  // An object of another size is not taken for one of its own.
  await fill(memory, { "bench/small/0000003": "short" });
  const { phases: [fewer] } = await runWorkload(read, storesOf(memory));
  assertEquals(fewer?.ops[0]?.ops, 19);
  await runWorkload(await smallSpec(PUT), storesOf(memory));
  assertEquals(await textsOf(memory), before);
});

Deno.test("what puts nothing needs objects that were put, and writes no marker", async () => {
  const memory = new MemoryStore();
  const read = await smallSpec([{ mix: { get: 1 }, ops: 5 }]);
  const told = await assertRejects(() => runWorkload(read, storesOf(memory)), NotFoundError);
  assertStringIncludes(told.message, "it has no lade-workload.json, and the workload puts nothing");
  assertEquals(await textsOf(memory), {});
});

Deno.test("a cleanup deletes what the spec can name and the marker, and nothing else", async () => {
  const kept = {
    "bench.txt": "beside",
    "benchmark/small/0000001": "beside",
    "other/small/0000001": "beside",
    "small/0000001": "above",
    "bench/small/0000020": "a number too large",
    "bench/small/00000001": "a digit too many",
    "bench/small/000001": "a digit too few",
    "bench/small/0000001.txt": "another name",
    "bench/small/0000001/x": "below a name",
    "bench/small/00/0000001": "a shard that there is not",
    "bench/small/": "a name of nothing",
    "bench/small/-000001": "no number",
    "bench/small/1e00001": "no number",
    "bench/Small/0000001": "another set",
    "bench/smaller/0000001": "another set",
    "bench/x/small/0000001": "deeper",
    "bench/x/lade-workload.json": "a marker of another",
  };
  const memory = new MemoryStore();
  const spec = await smallSpec(PUT);
  await runWorkload(spec, storesOf(memory));
  assertEquals(Object.keys(await textsOf(memory)).length, 21);
  await fill(memory, kept);
  const cleaned = await cleanWorkload(spec, storesOf(memory));
  assertEquals(await textsOf(memory), kept);
  const { leftKeys, ...counts } = cleaned;
  assertEquals(counts, { target: "memory://m/bench/", deleted: 20, aborted: 0, left: 13 });
  assertEquals([leftKeys.length, leftKeys.every((key) => Object.hasOwn(kept, key))], [5, true]);
  // Now that the marker is gone, what is there is safe again.
  await assertRejects(() => runWorkload(spec, storesOf(memory)), NotEmptyError);
  await assertRejects(() => cleanWorkload(spec, storesOf(memory)), NotEmptyError);
});

Deno.test("a cleanup with nothing to do does nothing, and one that may not delete keeps the marker", async () => {
  const memory = new MemoryStore();
  const spec = await smallSpec(PUT);
  assertEquals((await cleanWorkload(spec, storesOf(memory))).deleted, 0);
  await runWorkload(spec, storesOf(memory));
  class Denying extends ForwardingStore {
    override async *deleteMany(objects: Parameters<ObjectStore["deleteMany"]>[0]) {
      for await (const object of objects) {
        const key = typeof object === "string" ? object : object.key;
        if (!key.endsWith("7")) yield* super.deleteMany([key]);
        else {
          const error = new PermissionDeniedError({ operation: "delete", uri: key, detail: "no" });
          yield { key, error };
        }
      }
    }
  }
  await assertRejects(() => cleanWorkload(spec, storesOf(new Denying(memory))), PermissionDeniedError);
  assertEquals(Object.keys(await textsOf(memory)), [MARKER, "bench/small/0000007", "bench/small/0000017"]);
  assertEquals((await cleanWorkload(spec, storesOf(memory))).deleted, 2);
  assertEquals(await textsOf(memory), {});
});

Deno.test("a cleanup of objects that come as fast as they go ends, and keeps the marker", async () => {
  const memory = new MemoryStore();
  const spec = await smallSpec(PUT);
  await runWorkload(spec, storesOf(memory));
  let passes = 0;
  class Deaf extends ForwardingStore {
    override async *deleteMany(objects: Parameters<ObjectStore["deleteMany"]>[0]) {
      passes++;
      for await (const object of objects) yield { key: typeof object === "string" ? object : object.key };
    }
  }
  const told = await assertRejects(() => cleanWorkload(spec, storesOf(new Deaf(memory))), NotEmptyError);
  assertStringIncludes(told.message, "its objects were deleted 10 times, and there are some again");
  assertEquals([passes, Object.keys(await textsOf(memory)).length], [10, 21]);
});

Deno.test("what was broken off can be cleaned, also writes of large objects that had not ended", async () => {
  const memory = new MemoryStore();
  const spec = await smallSpec([{ put: ["small"], concurrency: 2 }], {
    objects: { small: { count: 6, size: "9MiB" } },
  });
  const controller = new AbortController();
  const work = runWorkload(spec, storesOf(memory), {
    signal: controller.signal,
    onProgress: ({ ended }) => ended === 3 && controller.abort(new Error("killed")),
  });
  await assertRejects(() => work, Error, "killed");
  const own = await memory.createPartWriter("bench/small/0000005", 2, { resumable: true });
  const foreign = await memory.createPartWriter("bench/x", 2, { resumable: true });
  const { deleted, aborted } = await cleanWorkload(spec, storesOf(memory));
  assertEquals([deleted >= 3, aborted], [true, 1]);
  const left = await Array.fromAsync(memory.listUploads("bench/"));
  assertEquals(left.map(({ key }) => key), ["bench/x"]);
  assertEquals(await textsOf(memory), {});
  await own.abort();
  await foreign.abort();
});

Deno.test("a run that deletes its own leaves nothing, also what it did not know of", async () => {
  const memory = new MemoryStore();
  const phases = [{ name: "some", mix: { put: 1 }, ops: 7 }, { delete: "own" }];
  const spec = await smallSpec(phases);
  class Leaving extends ForwardingStore {
    override async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
      const result = await super.put(key, data, options);
      if (key.endsWith("5")) throw new Error("the answer was lost");
      return result;
    }
  }
  const { phases: [some, own] } = await runWorkload(
    { ...spec, maxErrorRate: 1 },
    storesOf(new Leaving(memory)),
  );
  assertEquals([some?.ops[0]?.errors[0]?.count, own?.ops[0]?.ops], [1, 6]);
  assertEquals(await textsOf(memory), {});
});

Deno.test("two that mark a prefix at a time are one workload, or one of them is refused", async () => {
  for (const seed of [0, 1]) {
    const memory = new MemoryStore();
    const spec = await smallSpec(PUT);
    class Second extends ForwardingStore {
      override async put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
        // The first one marks it between the look and the mark of the second.
        if (key === MARKER) await runWorkload({ ...spec, seed }, storesOf(memory));
        return await super.put(key, data, options);
      }
    }
    const work = runWorkload(spec, storesOf(new Second(memory)));
    if (seed === 0) assertEquals((await work).phases[0]?.ops[0]?.ops, 20);
    else await assertRejects(() => work, PreconditionFailedError);
  }
});
