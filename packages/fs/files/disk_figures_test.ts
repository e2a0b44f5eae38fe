import { assertEquals } from "@std/assert";
import { createStoreContext, sumFigures } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { openFileStore } from "../mod.ts";
import { makeRoot } from "../testing/make_root.ts";
import { DiskFigures } from "./disk_figures.ts";

Deno.test("DiskFigures counts bytes and how long the disk was waited for", async () => {
  const clock = new FakeClock();
  const figures = new DiskFigures(clock);
  const { nowMs } = figures;
  await clock.advance(30);
  figures.read(100, nowMs);
  await clock.advance(20);
  figures.wrote(50, nowMs);
  assertEquals([figures.bytesRead, figures.bytesWritten], [100, 50]);
  assertEquals([figures.waitedMs.reading, figures.waitedMs.writing], [30, 50]);
});

Deno.test("a store of files counts every way in which bytes are written and read", async () => {
  await using root = await makeRoot();
  // Each look at the clock is a moment later, so that whatever is measured has lasted.
  const clock = new FakeClock();
  let now = 0;
  const context = createStoreContext({ clock: Object.assign(clock, { monotonicMs: () => now += 1 }) });
  await using store = await openFileStore(root.path, { context });
  const figures = store.figures?.() ?? sumFigures([]);
  let before = sumFigures([figures]);
  const since = () => {
    const now = sumFigures([figures]);
    const grown = [
      ...[now.bytesRead - before.bytesRead, now.bytesWritten - before.bytesWritten],
      now.waitedMs.reading > before.waitedMs.reading,
      now.waitedMs.writing > before.waitedMs.writing,
    ];
    before = now;
    return grown;
  };
  await store.put("a", new Uint8Array(1_000));
  assertEquals(since(), [0, 1_000, false, true]);
  const writer = await store.createWriter("b");
  await writer.write(new Uint8Array(2_000));
  await writer.close();
  assertEquals(since(), [0, 2_000, false, true]);
  const parts = await store.createPartWriter("c", 3_000, { partSize: 3_000 });
  await parts.writePart(0, new Uint8Array(3_000));
  await parts.close();
  assertEquals(since(), [0, 3_000, false, true]);
  const filled = await store.createPartWriter("c", 3_000, { partSize: 3_000 });
  await filled.fillPart?.(0, async ({ path, offset }) => {
    using file = await Deno.open(path, { write: true });
    await file.seek(offset, Deno.SeekMode.Start);
    await file.write(new Uint8Array(3_000));
    return { bytes: 3_000, sums: {}, writingMs: 700 };
  });
  assertEquals(figures.waitedMs.writing - before.waitedMs.writing, 700);
  await filled.close();
  assertEquals(figures.waitedMs.writing - before.waitedMs.writing > 700, true, "the end is waited for too");
  assertEquals(since(), [0, 3_000, false, true]);
  await (await store.get("c")).readInto(new Uint8Array(3_000));
  assertEquals(since(), [3_000, 0, true, false]);
  await store.copy("c", "d");
  assertEquals(since(), [3_000, 3_000, false, true]);
});
