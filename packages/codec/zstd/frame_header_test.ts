import { assertEquals, assertThrows } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { frameHeaderLength, parseFrameHeader } from "./frame_header.ts";
import { repeatingFrame } from "../testing/samples.ts";

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

// Descriptor, fields, and what they mean by RFC 8878, section 3.1.1.1.
const cases: [
  string,
  number[],
  { contentSize?: number; windowSize: number; checksum?: boolean; dictionaryId?: number },
][] = [
  ["a window and no size", [0x00, 0x38], { windowSize: 2 ** 17 }],
  ["a window with a mantissa", [0x00, 0x3b], { windowSize: 2 ** 17 + 3 * 2 ** 14 }],
  ["the largest window", [0x00, 0xff], { windowSize: 2 ** 41 + 7 * 2 ** 38 }],
  ["one byte of size", [0x20, 0x05], { windowSize: 5, contentSize: 5 }],
  ["two bytes of size", [0x60, 0x01, 0x02], { windowSize: 769, contentSize: 769 }],
  ["four bytes of size", [0x80, 0x00, 1, 2, 3, 4], { windowSize: 1024, contentSize: 0x04030201 }],
  ["eight bytes of size", [0xc0, 0x00, 1, 0, 0, 0, 0, 1, 0, 0], {
    windowSize: 1024,
    contentSize: 2 ** 40 + 1,
  }],
  ["a checksum", [0x24, 0x05], { windowSize: 5, contentSize: 5, checksum: true }],
  ["a dictionary in one byte", [0x21, 0x09, 0x05], { windowSize: 5, contentSize: 5, dictionaryId: 9 }],
  ["a dictionary in two bytes", [0x22, 0x09, 0x01, 0x05], {
    windowSize: 5,
    contentSize: 5,
    dictionaryId: 265,
  }],
  ["a dictionary in four bytes", [0x03, 0x00, 0, 0, 0, 0x80], { windowSize: 1024, dictionaryId: 2 ** 31 }],
  ["the unused bit", [0x30, 0x05], { windowSize: 5, contentSize: 5 }],
];

for (const [name, fields, expected] of cases) {
  Deno.test(`parseFrameHeader() reads ${name}`, () => {
    const bytes = Uint8Array.from([...MAGIC, ...fields]);
    assertEquals(frameHeaderLength(fields[0] ?? 0), bytes.length);
    assertEquals(parseFrameHeader(bytes), {
      length: bytes.length,
      contentSize: undefined,
      checksum: false,
      dictionaryId: 0,
      ...expected,
    });
  });
}

Deno.test("parseFrameHeader() refuses the reserved bit", () => {
  assertThrows(() => parseFrameHeader(Uint8Array.from([...MAGIC, 0x28, 0])), Error, "reserved bit");
});

Deno.test("parseFrameHeader() reads what the platform's encoder writes", () => {
  const frame = zstdCompressSync(new Uint8Array(1000));
  assertEquals(parseFrameHeader(frame).contentSize, undefined);
  assertEquals(parseFrameHeader(repeatingFrame({ byte: 1, count: 1 })).windowSize, 2 ** 17);
});
