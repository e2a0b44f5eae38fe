import { assertEquals } from "@std/assert";
import { CopyWidth } from "./copy_width.ts";

Deno.test("CopyWidth keeps the writer busy and no more while writing takes the time", () => {
  const width = new CopyWidth({ concurrency: 4 }, () => 64, "auto");
  const written = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  for (const { promise } of written) void width.whileWriting(promise);
  for (let i = 0; i < 10; i++) width.finishOne();
  assertEquals(width.most, 6);
});

Deno.test("CopyWidth grows by one with each finished range while the writer waits, up to what the source allows", async () => {
  let limit = 8;
  const width = new CopyWidth({ concurrency: 1 }, () => limit, "auto");
  await width.whileWriting(Promise.resolve());
  const widths = Array.from({ length: 9 }, () => {
    width.finishOne();
    return width.most;
  });
  assertEquals(widths, [4, 5, 6, 7, 8, 9, 10, 10, 10]);
  limit = 4;
  assertEquals(width.most, 5);
  limit = 1;
  assertEquals(width.most, 3);
});

Deno.test("CopyWidth follows a writer that takes more", () => {
  const writer = { concurrency: 4 };
  const width = new CopyWidth(writer, () => 2, "auto");
  writer.concurrency = 16;
  assertEquals(width.most, 18);
});

Deno.test("CopyWidth is what the caller says where that is a number", () => {
  const width = new CopyWidth({ concurrency: 4 }, () => 64, 3);
  width.finishOne();
  assertEquals(width.most, 3);
});

Deno.test("CopyWidth takes all that the source allows when that is more, unless the writer is busy", async () => {
  let limit = 8;
  const width = new CopyWidth({ concurrency: 2 }, () => limit, "auto");
  const written = Promise.withResolvers<void>();
  const writing = [width.whileWriting(written.promise), width.whileWriting(written.promise)];
  limit = 16;
  width.rise();
  assertEquals(width.most, 4);
  written.resolve();
  await Promise.all(writing);
  width.rise();
  assertEquals(width.most, 20);
});

Deno.test("CopyWidth shrinks by one with each finished range while the writer is busy", () => {
  const width = new CopyWidth({ concurrency: 1 }, () => 8, "auto");
  width.rise();
  void width.whileWriting(new Promise(() => {}));
  const widths = Array.from({ length: 9 }, () => {
    width.finishOne();
    return width.most;
  });
  assertEquals(widths, [9, 8, 7, 6, 5, 4, 3, 3, 3]);
});
