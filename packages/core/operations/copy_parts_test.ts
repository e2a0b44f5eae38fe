import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  copyObject,
  crc32c,
  crc32cToBase64,
  createStoreContext,
  ForwardingStore,
  getBytes,
  MemoryContainer,
  MemoryStore,
  type ObjectStore,
  type PartWriter,
  type ProgressEvent,
  ServiceError,
  UnavailableError,
  type WriterOptions,
} from "../mod.ts";
import { sampleBytes } from "@lade/testing/conformance";
import { type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";

const DATA = sampleBytes(100_000);
const CHECKSUM = crc32cToBase64(crc32c(DATA));
const cut = new UnavailableError({ operation: "get", uri: "memory://a", detail: "cut" });
const broken = new ServiceError({ operation: "write", uri: "memory://b", detail: "broken" });

function open(rules: readonly FaultRule[] = [], maxBufferedBytes = 2 ** 20): FaultyStore {
  const context = createStoreContext({ maxBufferedBytes, random: () => 0 });
  return injectFaults(new MemoryStore({ context, container: new MemoryContainer() }), rules);
}

/** A destination whose parts have `partSize` bytes. */
function inParts(store: FaultyStore, partSize: number): ObjectStore {
  return new class extends ForwardingStore {
    override createPartWriter(key: string, size: number, options?: WriterOptions): Promise<PartWriter> {
      return super.createPartWriter(key, size, { ...options, partSize });
    }
  }(store);
}

async function copy(from: FaultyStore, to: FaultyStore, partSize: number, chunkSize = 16_000) {
  const events: ProgressEvent[] = [];
  await from.put("a", DATA);
  const result = await copyObject(from, "a", inParts(to, partSize), "b", {
    chunkSize,
    checksum: "crc32c",
    onProgress: (event) => void events.push(event),
  });
  return { result, events };
}

function assertFreed(...stores: FaultyStore[]): void {
  for (const store of stores) {
    assertEquals([store.openBodies, store.openWriters, store.context.budget.held], [0, 0, 0]);
  }
}

Deno.test("copyObject() moves parts smaller and larger than chunks, and checks all of them", async () => {
  for (const partSize of [1000, 4096, 15_999, 16_000, 16_001, 50_000, 200_000]) {
    const [from, to] = [open(), open()];
    const { result } = await copy(from, to, partSize);
    assertEquals((await getBytes(to, "b")).bytes, DATA, `parts of ${partSize}`);
    assertEquals(result.read?.checksums.crc32c, CHECKSUM);
    assertFreed(from, to);
  }
});

Deno.test("copyObject() goes on within a part where the source broke off", async () => {
  for (const after of [0, 1, 999, 1000, 1001, 15_999]) {
    const from = open([{ operation: "get", nth: 2, fault: { kind: "throw", error: cut, after } }]);
    const to = open();
    const { result, events } = await copy(from, to, 1000);
    assertEquals((await getBytes(to, "b")).bytes, DATA, `cut after ${after}`);
    assertEquals(result.read?.checksums.crc32c, CHECKSUM);
    assertEquals(events.filter(({ type }) => type === "resumed").length, 1);
    const bytes = events.reduce((sum, event) => sum + (event.type === "bytes" ? event.bytes : 0), 0);
    assertEquals(bytes, DATA.length);
    assertFreed(from, to);
  }
});

Deno.test("copyObject() ends with the destination's failure, asks the source for nothing again and frees all", async () => {
  const passing = new UnavailableError({ operation: "write", uri: "memory://b", detail: "passing" });
  for (const error of [broken, passing]) {
    for (const partSize of [1000, 16_000]) {
      const [from, to] = [
        open(),
        open([{ operation: "writePart", nth: 3, fault: { kind: "throw", error } }]),
      ];
      await to.put("b", new TextEncoder().encode("old"));
      assertStrictEquals(await assertRejects(() => copy(from, to, partSize)), error);
      assertEquals(new TextDecoder().decode((await getBytes(to, "b")).bytes), "old");
      const ranges = from.calls.filter(({ operation }) => operation === "get").map(({ options }) =>
        JSON.stringify(options["range"])
      );
      assertEquals(ranges.length, new Set(ranges).size);
      assert(ranges.every((range) => JSON.parse(range).length > 8000), "a range was resumed");
      assertFreed(from, to);
    }
  }
});

Deno.test("copyObject() does with one part at a time where the budget has room for no more", async () => {
  const [from, to] = [open([], 1), open()];
  await copy(from, to, 16_000);
  assertEquals((await getBytes(to, "b")).bytes, DATA);
  assertEquals(from.peakOpenBodies, 1);
  assertFreed(from, to);
});

Deno.test("copyObject() of parts stops at once when it is aborted, and leaves nothing", async () => {
  const never = Promise.withResolvers<void>();
  const from = open([{
    operation: "get",
    nth: 3,
    fault: { kind: "stall", until: never.promise, after: 10 },
  }]);
  const to = open();
  await from.put("a", DATA);
  const controller = new AbortController();
  const reason = new Error("stop");
  const copying = copyObject(from, "a", inParts(to, 1000), "b", {
    chunkSize: 16_000,
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(reason), 0);
  assertStrictEquals(await assertRejects(() => copying), reason);
  assert(!to.calls.some(({ operation }) => operation === "close"));
  assertFreed(from, to);
});

Deno.test("copyObject() ends when a later part fails, though the first answer stalls", async () => {
  const never = Promise.withResolvers<void>();
  const from = open([
    { operation: "get", nth: 1, fault: { kind: "stall", until: never.promise, after: 10 } },
    { operation: "get", nth: 2, fault: { kind: "throw", error: broken } },
  ]);
  const to = open();
  await from.put("a", DATA);
  const copying = copyObject(from, "a", inParts(to, 16_000), "b", { chunkSize: 16_000, concurrency: 2 });
  assertStrictEquals(await assertRejects(() => copying), broken);
  assertFreed(from, to);
});
