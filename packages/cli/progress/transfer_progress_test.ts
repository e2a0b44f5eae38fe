import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { LimitWatch } from "@lade/transfer/limits";
import { TransferProgress } from "./transfer_progress.ts";

Deno.test("TransferProgress tells the total of a single object from its start", () => {
  const progress = new TransferProgress(new FakeClock());
  assertEquals(progress.snapshot().totalBytes, undefined);
  progress.add({ type: "started", key: "a", size: 100 });
  progress.add({ type: "bytes", key: "a", bytes: 25 });
  const { bytes, totalBytes, current } = progress.snapshot();
  assertEquals([bytes, totalBytes, current], [25, 100, "a"]);
});

Deno.test("TransferProgress tells totals of many once all are planned", () => {
  const progress = new TransferProgress(new FakeClock());
  progress.plan(2, 300);
  progress.add({ type: "started", key: "a", size: 100 });
  assertEquals(progress.snapshot().totalBytes, undefined);
  progress.planned();
  assertEquals([progress.snapshot().totalBytes, progress.snapshot().totalObjects], [300, 2]);
});

Deno.test("TransferProgress takes the rest of a failed object out of the total", () => {
  const progress = new TransferProgress(new FakeClock());
  progress.plan(2, 300);
  progress.planned();
  progress.add({ type: "started", key: "a", size: 100 });
  progress.add({ type: "bytes", key: "a", bytes: 40 });
  progress.add({ type: "failed", key: "a", error: new Error("broken") });
  const { bytes, totalBytes, objects, current } = progress.snapshot();
  assertEquals([bytes, totalBytes, objects, current], [40, 240, 1, undefined]);
});

Deno.test("TransferProgress measures the rate over the last seconds and tells what is left at it", async () => {
  const clock = new FakeClock();
  const progress = new TransferProgress(clock);
  progress.add({ type: "started", key: "a", size: 1_000_000 });
  const move = async (seconds: number, bytesPerSecond: number) => {
    for (let i = 0; i < seconds * 10; i++) {
      await clock.advance(100);
      progress.add({ type: "bytes", key: "a", bytes: bytesPerSecond / 10 });
      progress.snapshot();
    }
  };
  await move(2, 1_000);
  assertAlmostEquals(progress.snapshot().bytesPerSecond, 1_000);
  await move(10, 50_000);
  const { bytesPerSecond, remainingMs, elapsedMs } = progress.snapshot();
  assertAlmostEquals(bytesPerSecond, 50_000);
  assertAlmostEquals(remainingMs ?? 0, ((1_000_000 - 502_000) / 50_000) * 1000);
  assertEquals(elapsedMs, 12_000);
});

Deno.test("TransferProgress says what is left once a hundredth is done, or after some seconds", async () => {
  const clock = new FakeClock();
  const progress = new TransferProgress(clock);
  const remainingAfter = async (ms: number, bytes: number) => {
    await clock.advance(ms);
    progress.add({ type: "bytes", key: "a", bytes });
    return progress.snapshot().remainingMs;
  };
  progress.add({ type: "started", key: "a", size: 10_000 });
  assertEquals(await remainingAfter(100, 99), undefined);
  assertEquals(await remainingAfter(0, 1), 9_900);
  const slow = new TransferProgress(clock);
  slow.add({ type: "started", key: "a", size: 10_000 });
  await clock.advance(4_999);
  slow.add({ type: "bytes", key: "a", bytes: 10 });
  assertEquals(slow.snapshot().remainingMs, undefined);
  await clock.advance(1);
  assertEquals(slow.snapshot().remainingMs, 4_995_000);
});

Deno.test("TransferProgress tells the least of what is to come while more is planned", () => {
  const progress = new TransferProgress(new FakeClock());
  progress.plan(3, 300);
  progress.add({ type: "started", key: "a", size: 100 });
  progress.add({ type: "bytes", key: "a", bytes: 40 });
  const { leastBytes, leastObjects, totalBytes, totalObjects } = progress.snapshot();
  assertEquals([leastBytes, leastObjects, totalBytes, totalObjects], [300, 3, undefined, undefined]);
  progress.planned();
  const all = progress.snapshot();
  assertEquals([all.leastBytes, all.leastObjects, all.totalBytes, all.totalObjects], [
    undefined,
    undefined,
    300,
    3,
  ]);
});

Deno.test("TransferProgress knows the bytes in all once every size is known, by whatever event tells it", () => {
  const progress = new TransferProgress(new FakeClock());
  progress.plan(1, 50);
  progress.plan(1, 0, 1);
  progress.plan(2, 0, 2);
  progress.planned();
  const told = () => {
    const { totalBytes, leastBytes, totalObjects, objects } = progress.snapshot();
    return [totalBytes, leastBytes, totalObjects, objects];
  };
  assertEquals(told(), [undefined, 50, 4, 0]);
  progress.add({ type: "started", key: "b" });
  progress.add({ type: "sized", key: "b", size: 70 });
  progress.add({ type: "sized", key: "b", size: 70 });
  assertEquals(told(), [undefined, 120, 4, 0]);
  progress.add({ type: "started", key: "c" });
  progress.add({ type: "bytes", key: "c", bytes: 5 });
  progress.add({ type: "finished", key: "c", size: 5 });
  assertEquals(told(), [undefined, 125, 4, 1]);
  progress.add({ type: "started", key: "d" });
  progress.add({ type: "bytes", key: "d", bytes: 7 });
  progress.add({ type: "failed", key: "d", error: new Error("broken") });
  assertEquals(told(), [132, undefined, 4, 2]);
});

Deno.test("TransferProgress counts what was never under way", () => {
  const progress = new TransferProgress(new FakeClock());
  progress.add({ type: "started", key: "a", size: 3 });
  progress.pass();
  const { objects, bytes, current } = progress.snapshot();
  assertEquals({ objects, bytes, current }, { objects: 1, bytes: 0, current: "a" });
});

Deno.test("TransferProgress tells what limits where somebody watches, in snapshots only when that is shown", async () => {
  for (const isShown of [true, false]) {
    const clock = new FakeClock();
    const progress = new TransferProgress(clock);
    assertEquals(progress.limit(1, 1), undefined);
    const cpuTime = () => ({ process: clock.monotonicMs(), thread: clock.monotonicMs() });
    const watch = new LimitWatch({ context: createStoreContext({ clock }), stores: [] }, {
      cpuTime,
      cores: 2,
    });
    progress.watch(watch, undefined, isShown);
    await clock.advance(1_000);
    progress.add({ type: "started", key: "a", size: 10 });
    progress.add({ type: "bytes", key: "a", bytes: 10 });
    const { limit } = progress.snapshot();
    assertEquals(limit, isShown ? { by: "cores", name: "this process's cores" } : undefined);
    assertEquals(progress.limit(1, 10)?.by, "cores");
  }
});
