import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { zstdDecompressSync } from "node:zlib";
import { continuedHeader, isContinued } from "./continued_frame.ts";
import { parseFrameHeader } from "./frame_header.ts";
import { concat, frameOf, jsonSample, repeatingFrame } from "../testing/samples.ts";

for (const size of [0, 1, 255, 256, 65791, 65792, 2 ** 20]) {
  Deno.test(`continuedHeader() marks a frame of ${size} bytes, which decoders read as before`, () => {
    const content = jsonSample(size, 1);
    const frame = frameOf(content);
    const header = parseFrameHeader(frame);
    assertFalse(isContinued(frame.subarray(0, header.length), header));

    const marked = continuedHeader(frame);
    const markedHeader = parseFrameHeader(marked);
    assert(isContinued(marked, markedHeader));
    assertEquals(markedHeader, { ...header, length: marked.length });
    const decoded = zstdDecompressSync(concat(marked, frame.subarray(header.length)));
    assertEquals(new Uint8Array(decoded), content);
  });
}

Deno.test("isContinued() does not take the long forms of other encoders for the mark", () => {
  const magic = [0x28, 0xb5, 0x2f, 0xfd];
  const longSize = Uint8Array.from([...magic, 0xe0, 5, 0, 0, 0, 0, 0, 0, 0]);
  const noDictionary = Uint8Array.from([...magic, 0x21, 0, 5]);
  const hugeSize = Uint8Array.from([...magic, 0xe1, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
  for (const bytes of [longSize, noDictionary, hugeSize]) {
    assertFalse(isContinued(bytes, parseFrameHeader(bytes)));
  }
});

Deno.test("continuedHeader() refuses a frame of unknown size", () => {
  assertThrows(() => continuedHeader(repeatingFrame({ byte: 1, count: 1 })), TypeError, "content size");
});
