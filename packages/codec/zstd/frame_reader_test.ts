import { assert, assertEquals, assertGreater, assertRejects, assertStrictEquals } from "@std/assert";
import { ByteBudget } from "@lade/core/backend";
import { faultOf } from "../../core/zstd/fault_of.ts";
import { byteSource } from "./byte_source.ts";
import { CountedWorkers } from "../testing/counted_workers.ts";
import { FailingWorker } from "../testing/failing_worker.ts";
import { FrameReader } from "./frame_reader.ts";
import { concat, frameOf, jsonSample } from "../testing/samples.ts";
import { WorkerPool } from "./worker_pool.ts";

const content = jsonSample(5 * 2 ** 20, 1);
const frame = frameOf(content);
const longFrame = frameOf(concat(content, content, content, content), false);

function open(bytes: Uint8Array, pool: WorkerPool, budget?: ByteBudget): FrameReader {
  const source = byteSource(ReadableStream.from([bytes]));
  return new FrameReader(source, {
    fault: faultOf("zstd data"),
    maxWindowLog: 27,
    pool,
    ownsPool: true,
    budget,
    signal: undefined,
  });
}

const streams: [string, Uint8Array][] = [
  ["frames", concat(frame, frame, frame)],
  ["a long frame", longFrame],
];

for (const [name, stream] of streams) {
  Deno.test(`FrameReader ends its Workers after the end of ${name}`, async () => {
    const workers = new CountedWorkers();
    const reader = open(stream, new WorkerPool(2, workers.start));
    while (await reader.next());
    assertGreater(workers.started, 0);
    assertEquals(workers.running, 0);
  });

  Deno.test(`FrameReader ends its Workers when it is cancelled within ${name}, at any moment`, async () => {
    for (const reads of [0, 1, 2]) {
      const workers = new CountedWorkers();
      const budget = new ByteBudget(2 ** 26);
      const reader = open(stream, new WorkerPool(2, workers.start), budget);
      for (let read = 0; read < reads; read++) await reader.next();
      const pending = reader.next().catch((error) => error);
      const reason = new Error("enough");
      await reader.cancel(reason);
      await reader.cancel(new Error("again"));
      // What was there already is given; what was waited for is not.
      const settled = await pending;
      assert(settled === reason || settled instanceof Uint8Array);
      assertStrictEquals(await assertRejects(() => reader.next()), reason);
      assertEquals(workers.running, 0);
      assertEquals(budget.held, 0);
    }
  });

  Deno.test(`FrameReader ends its Workers at a fault in ${name}`, async () => {
    const workers = new CountedWorkers();
    const reader = open(stream.subarray(0, -1), new WorkerPool(2, workers.start));
    await assertRejects(async () => {
      while (await reader.next());
    });
    assertEquals(workers.running, 0);
  });
}

Deno.test("FrameReader tells that a Worker failed", async () => {
  const reader = open(frame, new WorkerPool(2, () => new FailingWorker("out of memory")));
  const error = await assertRejects(() => reader.next(), Error);
  assertEquals(error.message, "the zstd Worker failed: out of memory");
});
