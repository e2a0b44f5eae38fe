import { assertEquals, assertThrows } from "@std/assert";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { snappyCompress } from "hysnappy";
import { decompress } from "./decompress.ts";

const TEXT = new TextEncoder().encode(
  "the same over and over, the same over and over, the same again, 1234567890",
);

/** An LZ4 block: all of it as literals, but for the repeat of its first 24 bytes at the 24th. */
const LZ4 = Uint8Array.of(
  0xf8,
  9,
  ...TEXT.subarray(0, 24),
  24,
  0,
  0xf0,
  TEXT.length - 36 - 15,
  ...TEXT.subarray(36),
);

function hadoop(blocks: readonly [size: number, block: Uint8Array][]): Uint8Array {
  return Uint8Array.from(blocks.flatMap(([size, block]) => [0, 0, 0, size, 0, 0, 0, block.length, ...block]));
}

const PAGES = {
  UNCOMPRESSED: TEXT,
  ZSTD: zstdCompressSync(TEXT),
  GZIP: gzipSync(TEXT),
  BROTLI: brotliCompressSync(TEXT),
  SNAPPY: snappyCompress(TEXT),
  LZ4_RAW: LZ4,
  LZ4: hadoop([[TEXT.length, LZ4]]),
} as const;

for (const [name, page] of Object.entries(PAGES)) {
  const codec = name as keyof typeof PAGES;
  Deno.test(`decompress() makes a page of ${codec}, of exactly the size that is due`, () => {
    const made = decompress(codec, page, TEXT.length);
    assertEquals(made, TEXT);
    // A plain array, which is copied when it is cut.
    assertEquals(Object.getPrototypeOf(made), Uint8Array.prototype);
    for (const size of [0, 1, TEXT.length - 1, TEXT.length + 1, 2 ** 31 - 1]) {
      assertThrows(() => decompress(codec, page, size), Error, "", `${size}`);
    }
    for (let length = 0; length < page.length; length++) {
      assertThrows(
        () => decompress(codec, page.subarray(0, length), TEXT.length),
        Error,
        "",
        `cut to ${length}`,
      );
    }
  });
}

Deno.test("decompress() takes LZ4 as Hadoop and as others write it", () => {
  assertEquals(decompress("LZ4", LZ4, TEXT.length), TEXT);
  const two = hadoop([[TEXT.length, LZ4], [TEXT.length, LZ4]]);
  assertEquals(decompress("LZ4", two, 2 * TEXT.length), Uint8Array.of(...TEXT, ...TEXT));
  // A repeat that overlaps itself: one byte, 20 times.
  assertEquals(
    decompress("LZ4_RAW", Uint8Array.of(0x1f, 7, 1, 0, 0x01 - 1, 0x00), 20),
    new Uint8Array(20).fill(7),
  );
});

Deno.test("decompress() refuses LZ4 that repeats what is not there", () => {
  for (const block of [[0x10, 7, 2, 0, 0], [0x10, 7, 0, 0, 0], [0xff], [0x1f, 7, 1, 0, 255, 255]]) {
    assertThrows(() => decompress("LZ4_RAW", Uint8Array.from(block), 20), RangeError, "an LZ4 block");
  }
});
