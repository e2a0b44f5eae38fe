import { assertEquals } from "@std/assert";
import {
  copyObject,
  createStoreContext,
  ForwardingStore,
  MemoryContainer,
  MemoryStore,
  type PartWriter,
} from "../mod.ts";
import { injectFaults } from "@lade/testing";
import { createPartWriter } from "../write/create_part_writer.ts";
import { createStreamWriter } from "../write/create_stream_writer.ts";
import { counted, FakeSink, type FakeSinkOptions } from "../write/fake_sink_test.ts";
import { putInParts } from "../write/write_in_parts.ts";

const DATA = counted(100);
const PARTS = { maxPartSize: 64, maxParts: 100 };

/** A bulk that says `pays` for so many bytes as it was last asked about. */
function bulkWhere(pays: (bytes: number) => boolean) {
  const asked: number[] = [];
  return { asked, bulk: { expect: (bytes: number) => (asked.push(bytes), pays(bytes)) } };
}

/** Copies `DATA` in parts of ten bytes to a sink. */
async function copyTo(options: FakeSinkOptions): Promise<FakeSink> {
  const context = createStoreContext({ random: () => 0 });
  // One that has nothing at hand.
  await using store = injectFaults(new MemoryStore({ context, container: new MemoryContainer() }), []);
  await store.put("a", DATA);
  const sink = new FakeSink({ concurrency: 1, ...options });
  const to = new class extends ForwardingStore {
    override createPartWriter(_: string, size: number): Promise<PartWriter> {
      return createPartWriter({ sink, size, partSize: 10, context });
    }
  }(store);
  await copyObject(store, "a", to, "b", { chunkSize: 10, concurrency: 1 });
  assertEquals(sink.object, DATA);
  assertEquals(context.budget.held, 0);
  return sink;
}

Deno.test("copyObject() has parts in shared memory where the sink sends such by other threads", async () => {
  const { asked, bulk } = bulkWhere((bytes) => bytes > 50);
  const { shared } = await copyTo({ bulk });
  assertEquals([...shared].sort(), [0, 1, 2, 3, 4]);
  assertEquals(asked, [100, 90, 80, 70, 60, 50, 40, 30, 20, 10]);
});

Deno.test("copyObject() has parts in its own memory where no thread sends them, or one after the other", async () => {
  assertEquals((await copyTo({})).shared.size, 0);
  const { asked, bulk } = bulkWhere(() => true);
  assertEquals((await copyTo({ ordered: true, bulk })).shared.size, 0);
  assertEquals(
    (await copyTo({ partLimits: PARTS, wholeUpTo: 1_000, bulk, lacks: ["begin"] })).shared.size,
    0,
  );
  assertEquals(asked, []);
});

Deno.test("createStreamWriter() gathers parts in shared memory once as much came as pays for threads", async () => {
  const { asked, bulk } = bulkWhere((bytes) => bytes >= 30);
  const sink = new FakeSink({ partLimits: PARTS, bulk });
  const context = createStoreContext();
  const writer = createStreamWriter({ sink, context, partSize: 10 });
  for (const byte of DATA) await writer.write(new Uint8Array([byte]));
  await writer.close();
  assertEquals(sink.object, DATA);
  assertEquals([...sink.shared].sort(), [3, 4, 5, 6, 7, 8, 9]);
  assertEquals(asked[0], 10);
  assertEquals(context.budget.held, 0);
});

Deno.test("putInParts() starts threads for memory that they see, and for no other", async () => {
  const { asked, bulk } = bulkWhere(() => true);
  const context = createStoreContext();
  const bytes = new Uint8Array(new SharedArrayBuffer(DATA.length));
  bytes.set(DATA);
  for (const data of [DATA, bytes]) {
    const sink = new FakeSink({ bulk });
    await putInParts({ sink, partSize: 10, context }, data);
    assertEquals(sink.object, DATA);
    assertEquals(sink.shared.size, data === bytes ? 10 : 0);
  }
  assertEquals(asked, [100]);
});
