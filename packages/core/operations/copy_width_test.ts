import { assertEquals } from "@std/assert";
import { CopyWidth } from "./copy_width.ts";

Deno.test("CopyWidth keeps the writer busy and no more while writing takes the time", () => {
  const width = new CopyWidth({ concurrency: 4 }, () => 64, "auto");
  const written = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  for (const { promise } of written) void width.whileWriting(promise);
  for (let i = 0; i < 10; i++) width.widen();
  assertEquals(width.most, 6);
});

Deno.test("CopyWidth grows by one with each finished range while the writer waits, up to what the source allows", async () => {
  let limit = 8;
  const width = new CopyWidth({ concurrency: 1 }, () => limit, "auto");
  await width.whileWriting(Promise.resolve());
  const widths = Array.from({ length: 9 }, () => {
    width.widen();
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
  width.widen();
  assertEquals(width.most, 3);
});
