import { assertEquals, assertRejects } from "@std/assert";
import { ChecksumMismatchError, QuotaExceededError } from "../errors/errors.ts";
import { decompressZstdBytes } from "./decompress_zstd_bytes.ts";
import { concat, frameOf, jsonSample, repeatingFrame } from "../../codec/testing/samples.ts";

const text = jsonSample(300_000, 1);

Deno.test("decompressZstdBytes() gives the content of all frames", async () => {
  const frame = frameOf(text);
  assertEquals(await decompressZstdBytes(frame), text);
  assertEquals(await decompressZstdBytes(concat(frame, frame, frame, frame)), concat(text, text, text, text));
  assertEquals(await decompressZstdBytes(frameOf(new Uint8Array(0))), new Uint8Array(0));
  assertEquals(await decompressZstdBytes(frame), text);
});

Deno.test("decompressZstdBytes() refuses nothing, a part, and more than that", async () => {
  const uri = "gs://b/k.zst";
  await assertRejects(
    () => decompressZstdBytes(new Uint8Array(0), { uri }),
    ChecksumMismatchError,
    'Cannot decompress "gs://b/k.zst": compressed data ends early: it is empty',
  );
  await assertRejects(
    () => decompressZstdBytes(frameOf(text).subarray(0, -1)),
    ChecksumMismatchError,
    "ends early",
  );
  await assertRejects(
    () => decompressZstdBytes(concat(frameOf(text), text)),
    ChecksumMismatchError,
    "no frame",
  );
});

Deno.test("decompressZstdBytes() stops at maxSize", async () => {
  const bomb = repeatingFrame(...Array.from({ length: 10_000 }, () => ({ byte: 0, count: 2 ** 17 })));
  const error = await assertRejects(() => decompressZstdBytes(bomb), QuotaExceededError);
  assertEquals(error.detail, "it has more than 1073741824 bytes: raise maxSize, or read it as a stream");
  assertEquals((await decompressZstdBytes(frameOf(text), { maxSize: text.length })).length, text.length);
  await assertRejects(
    () => decompressZstdBytes(frameOf(text), { maxSize: text.length - 1 }),
    QuotaExceededError,
  );
});
