import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "../context/store_context.ts";
import type { PartFill } from "../contract/part_writer.ts";
import type { Poured } from "../contract/pour.ts";
import { createPartWriter } from "./create_part_writer.ts";
import type { WriteSink } from "./write_sink.ts";

const PART = 10;
const SIZE = 25;

/** A sink whose parts lie in a file that nobody writes. */
function sinkOf(log: string[], own: Partial<WriteSink> = {}): WriteSink {
  return {
    uri: "memory://m/a",
    concurrency: 2,
    writePart: ({ index }) => Promise.resolve(void log.push(`write ${index}`)),
    async fillPart({ index, offset, length }, fill, signal) {
      const region = { path: "/f", identity: { dev: 1, ino: 2 }, offset, length };
      const { sums } = await fill(region, ["crc32c"], signal);
      log.push(`filled ${index} ${sums.crc32c}`);
    },
    commit: (size) => Promise.resolve({ size, etag: "e" }),
    drop: () => Promise.resolve(void log.push("drop")),
    ...own,
  };
}

const writerOf = (sink: WriteSink) =>
  createPartWriter({ sink, size: SIZE, partSize: PART, context: createStoreContext() });

const fillOf = (log: string[]): PartFill => ({ offset, length }, sums) => {
  log.push(`${offset}+${length} ${sums}`);
  return Promise.resolve({ bytes: length, sums: { crc32c: "sum" } });
};

Deno.test("fillPart() gives each part its place, and counts it once it is filled", async () => {
  const log: string[] = [];
  await using writer = await writerOf(sinkOf(log));
  await writer.fillPart?.(2, fillOf(log));
  assertEquals([writer.isWritten(2), writer.isWritten(0), writer.bytesWritten], [true, false, 5]);
  await writer.writePart(1, new Uint8Array(PART));
  await writer.fillPart?.(0, fillOf(log));
  assertEquals(await writer.close(), { size: SIZE, etag: "e" });
  assertEquals(log, [
    "20+5 crc32c",
    "filled 2 sum",
    "write 1",
    "0+10 crc32c",
    "filled 0 sum",
  ]);
});

Deno.test("fillPart() is missing where parts have no places, or come in order", async () => {
  for (const own of [{ fillPart: undefined }, { ordered: true }]) {
    await using writer = await writerOf(sinkOf([], own));
    assertEquals(writer.fillPart, undefined);
  }
});

const FAULTS: readonly { readonly name: string; readonly poured: Poured; readonly message: string }[] = [
  {
    name: "a failure",
    poured: { bytes: 3, sums: {}, failure: { error: new Error("it broke off") } },
    message: "it broke off",
  },
  {
    name: "too few bytes",
    poured: { bytes: 9, sums: {} },
    message: "Cannot write part 0: it was filled with 9 bytes where 10 are due",
  },
];

for (const { name, poured, message } of FAULTS) {
  Deno.test(`a part that is filled with ${name} is not written, and ends the writer`, async () => {
    const log: string[] = [];
    await using writer = await writerOf(sinkOf(log));
    await assertRejects(
      async () => await writer.fillPart?.(0, () => Promise.resolve(poured)),
      Error,
      message,
    );
    assertEquals([writer.isWritten(0), writer.bytesWritten], [false, 0]);
    await assertRejects(() => writer.close(), Error, message);
    assertEquals(log, ["drop"]);
  });
}

Deno.test("fillPart() refuses what writePart() does, and calls nobody", async () => {
  for (const index of [3, -1, 0.5]) {
    await using writer = await writerOf(sinkOf([]));
    await assertRejects(async () => await writer.fillPart?.(index, () => Promise.reject()), RangeError);
  }
  await using writer = await writerOf(sinkOf([]));
  await writer.writePart(0, new Uint8Array(PART));
  const again = async () => await writer.fillPart?.(0, () => Promise.reject());
  await assertRejects(again, RangeError, "Cannot write part 0: it was written before");
});

Deno.test("an abort tells who fills a part, and drops nothing before that has ended", async () => {
  const log: string[] = [];
  const writer = await writerOf(sinkOf(log));
  let end = () => {};
  const filling = writer.fillPart?.(0, (_region, _sums, signal) => {
    signal.addEventListener("abort", () => log.push("told"));
    return new Promise((_, reject) => end = () => reject(signal.reason));
  });
  const failed = assertRejects(async () => await filling, Error, "enough");
  const aborted = writer.abort(new Error("enough"));
  await Promise.resolve();
  assertEquals(log, ["told"]);
  end();
  await Promise.all([aborted, failed]);
  assertEquals(log, ["told", "drop"]);
});
