import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { FailingWorker } from "../testing/failing_worker.ts";
import { concat, jsonSample, randomSample } from "../testing/samples.ts";
import { resolveWorkers, WorkerPool } from "./worker_pool.ts";
import { startOnLoop, startThread, startWorker } from "./worker_like.ts";
import type { CompressJob } from "./zstd_job.ts";
import { createZstdPool } from "./worker_pool.ts";
import { ZstdJobError, ZstdWorker, ZstdWorkerError } from "./zstd_worker.ts";

function compressJob(bytes: Uint8Array<ArrayBuffer>, level = 3): CompressJob {
  return { task: "compress", bytes, level, sliceSize: 2 ** 17 };
}

Deno.test("createZstdPool() checks the number of Workers and starts none", () => {
  assertEquals(createZstdPool({ workers: 3 }).workers, 3);
  assertEquals(createZstdPool().workers, navigator.hardwareConcurrency);
  for (const workers of [0, -2, 1.5, NaN]) assertThrows(() => createZstdPool({ workers }), RangeError);
  assertEquals(resolveWorkers("auto", 1), 1);
  assertEquals(resolveWorkers(9, 1), 9);
});

Deno.test("WorkerPool starts a Worker when no other is free, up to its number", async () => {
  let started = 0;
  using pool = new WorkerPool(2, () => {
    started++;
    return startWorker();
  });
  const run = () => pool.pick().run(compressJob(randomSample(1000, 1)));
  await run();
  await run();
  assertEquals(started, 1);
  await Promise.all([run(), run(), run(), run()]);
  assertEquals(started, 2);
});

Deno.test("WorkerPool replaces a Worker that failed", async () => {
  let started = 0;
  using pool = new WorkerPool(1, () => started++ === 0 ? new FailingWorker("gone") : startWorker());
  const run = () => pool.pick().run(compressJob(randomSample(1000, 1)));
  const error = await assertRejects(run, ZstdWorkerError);
  assertEquals(error.message, "the zstd Worker failed: gone");
  assertEquals((await run()).pieces.length, 1);
});

Deno.test("WorkerPool ends jobs and refuses new ones when it is disposed", async () => {
  const pool = new WorkerPool(1);
  const running = pool.pick().run(compressJob(jsonSample(2 ** 18, 1), 19));
  pool[Symbol.dispose]();
  pool[Symbol.dispose]();
  await assertRejects(() => running, TypeError, "it is disposed");
  assertThrows(() => pool.pick(), TypeError, "it is disposed");
});

Deno.test("ZstdWorker gives the input back and the output as one piece", async () => {
  for (const start of [startWorker, startOnLoop, startThread]) {
    const worker = new ZstdWorker(await start());
    for (const sample of [randomSample(3_000_000, 1), jsonSample(3_000_000, 2), new Uint8Array(0)]) {
      const length = sample.length;
      const { pieces, input } = await worker.run(compressJob(sample));
      assertEquals(input?.length, length);
      assertEquals(pieces.length, 1);
    }
    worker.terminate(new Error("done"));
  }
});

Deno.test("ZstdWorker gives up a job at once when it is aborted, and goes on with others", async () => {
  const worker = new ZstdWorker(startWorker());
  const reason = new Error("enough");
  const aborter = new AbortController();
  const sample = jsonSample(2 ** 21, 1);
  const large = concat(sample, sample, sample, sample);
  const aborted = worker.run(compressJob(large.slice(), 22), aborter.signal);
  const queued = worker.run(compressJob(large, 22), aborter.signal);
  const next = worker.run(compressJob(randomSample(1000, 1)));
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => aborted), reason);
  assertStrictEquals(await assertRejects(() => queued), reason);
  // It would take minutes if the Worker finished the others.
  assertEquals((await next).pieces.length, 1);
  assertStrictEquals(
    await assertRejects(() => worker.run(compressJob(new Uint8Array(1)), aborter.signal)),
    reason,
  );
  assertEquals(worker.load, 0);
  worker.terminate(reason);
  worker.terminate(new Error("again"));
  assertStrictEquals(await assertRejects(() => worker.run(compressJob(new Uint8Array(1)))), reason);
});

Deno.test("ZstdWorker tells what a job failed with, and goes on", async () => {
  for (const start of [startWorker, startOnLoop, startThread]) {
    const worker = new ZstdWorker(await start());
    const bytes = randomSample(100, 1);
    const frames = [{ length: 100, contentBound: 1000, exact: false }];
    const error = await assertRejects(() => worker.run({ task: "decompress", bytes, frames, windowLog: 27 }));
    assertInstanceOf(error, ZstdJobError);
    assertEquals((await worker.run(compressJob(randomSample(10, 1)))).pieces.length, 1);
    worker.terminate(error);
  }
});
