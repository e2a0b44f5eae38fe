import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { RecordingWriter } from "./recording_writer_test.ts";
import { jsonSample } from "../../codec/testing/samples.ts";
import { withZstd } from "./with_zstd.ts";

const KIB = 2 ** 10;

const text = jsonSample(2 ** 21, 1);

Deno.test("withZstd() tells of each frame once the writer below has it, and ends where that throws", async () => {
  const inner = new RecordingWriter();
  const told: (readonly [bytes: number, compressed: number])[] = [];
  const writer = withZstd(inner, {
    frameSize: 128 * KIB,
    workers: 2,
    onFrame: (bytes) => void told.push([bytes, inner.bytesWritten]),
  });
  await writer.write(text.subarray(0, 300 * KIB));
  await writer.close();
  assertEquals(told.map(([bytes]) => bytes), [128 * KIB, 128 * KIB, 44 * KIB]);
  assertEquals(
    told.map(([, compressed]) => compressed),
    told.map(([, compressed]) => compressed).sort((a, b) => a - b),
  );
  assertEquals(told.at(-1)?.[1], inner.bytesWritten);

  const failure = new Error("no more");
  const failing = withZstd(new RecordingWriter(), {
    onFrame: () => {
      throw failure;
    },
  });
  await failing.write(text.subarray(0, 10));
  assertStrictEquals(await assertRejects(() => failing.close()), failure);
});

Deno.test("withZstd() reports the ratio of what has been compressed at every moment", async () => {
  const inner = new RecordingWriter();
  const writer = withZstd(inner, { frameSize: 128 * KIB, workers: 1 });
  assertEquals(writer.ratio, undefined);
  const ratios = new Set<number>();
  for (let offset = 0; offset < text.length; offset += 64 * KIB) {
    await writer.write(text.subarray(offset, offset + 64 * KIB));
    if (writer.ratio === undefined) continue;
    ratios.add(writer.ratio);
    // Whole frames of 128 KiB.
    const framed = writer.ratio * writer.compressedBytes / (128 * KIB);
    assertAlmostEquals(framed, Math.round(framed), 1e-9);
    assertLessOrEqual(framed * 128 * KIB, writer.bytesWritten);
  }
  assertGreater(ratios.size, 3);
  await writer.close();
  assertEquals(writer.ratio, text.length / inner.bytesWritten);
  assertGreater(writer.ratio ?? 0, 1.5);
});
