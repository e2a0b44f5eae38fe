import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { decodeLz4Frame } from "./lz4_frame.ts";
import { xxh32 } from "./xxh32.ts";

const fault = (detail: string) => new FormatError({ operation: "read arrow", uri: "memory://k", detail });

/** A frame of blocks, with all checksums. `flags` are those of its header, `sums` say which checksums they ask for. */
function frameOf(
  blocks: readonly [bytes: Uint8Array, stored: boolean][],
  content: Uint8Array,
  flags = 0x7c,
): Uint8Array {
  const parts: number[] = [0x04, 0x22, 0x4d, 0x18];
  const word = (value: number) => parts.push(value & 255, value >> 8 & 255, value >> 16 & 255, value >>> 24);
  const header = [flags, 0x40];
  if (flags & 8) header.push(content.length & 255, content.length >> 8, 0, 0, 0, 0, 0, 0);
  parts.push(...header, xxh32(Uint8Array.from(header)) >>> 8 & 255);
  for (const [bytes, stored] of blocks) {
    word(bytes.length + (stored ? 0x80000000 : 0));
    parts.push(...bytes);
    if (flags & 16) word(xxh32(bytes));
  }
  word(0);
  if (flags & 4) word(xxh32(content));
  return Uint8Array.from(parts);
}

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("xxh32: the values of its reference", () => {
  assertEquals(xxh32(text("")), 0x02cc5d05);
  assertEquals(xxh32(text("a")), 0x550d7456);
  assertEquals(xxh32(text("abc")), 0x32d153ff);
  assertEquals(xxh32(text("Nobody inspects the spammish repetition")), 0xe2293b2f);
});

Deno.test("LZ4: literals, matches that reach into themselves, long lengths, and blocks that reach back", () => {
  // "ab", then 6 bytes from 2 back; then literals alone.
  const overlapping = Uint8Array.of(0x22, 97, 98, 2, 0, 0x50, ...text("12345"));
  const content = text("abababab12345");
  assertEquals(decodeLz4Frame(frameOf([[overlapping, false]], content), 13, fault), content);
  // 15 + 255 + 30 literals.
  const long = text("x".repeat(300));
  assertEquals(
    decodeLz4Frame(frameOf([[Uint8Array.of(0xf0, 255, 30, ...long), false]], long), 300, fault),
    long,
  );
  assertEquals(decodeLz4Frame(frameOf([[long, true]], long), 300, fault), long);
  // A second block that reaches into the first one, which only dependent blocks may.
  const back = Uint8Array.of(0x00, 4, 0, 0x10, 33);
  const both = text("wxyzwxyz!");
  const blocks: [Uint8Array, boolean][] = [[text("wxyz"), true], [back, false]];
  assertEquals(decodeLz4Frame(frameOf(blocks, both, 0x5c), 9, fault), both);
  assertThrows(
    () => decodeLz4Frame(frameOf(blocks, both), 9, fault),
    FormatError,
    "4 back, that does not fit",
  );
});

Deno.test("LZ4: every byte flipped, and every cut, is found by the checksums", () => {
  const content = text("abababab12345");
  const frame = frameOf([[Uint8Array.of(0x22, 97, 98, 2, 0, 0x50, ...text("12345")), false]], content);
  for (let at = 0; at < frame.length; at++) {
    for (const mask of [1, 0x80, 0xff]) {
      const damaged = frame.slice();
      damaged[at] = (damaged[at] ?? 0) ^ mask;
      assertThrows(() => decodeLz4Frame(damaged, 13, fault), FormatError);
    }
    assertThrows(() => decodeLz4Frame(frame.subarray(0, at), 13, fault), FormatError);
  }
  assertThrows(() => decodeLz4Frame(Uint8Array.of(...frame, 0), 13, fault), FormatError, "ends at byte");
  assertThrows(() => decodeLz4Frame(frame, 12, fault), FormatError, "told to have 12");
});

Deno.test("LZ4: a frame of fewer bytes than are told is an error, where it has no checksum either", () => {
  const content = text("12345");
  const frame = frameOf([[content, true]], content, 0x60);
  assertEquals(decodeLz4Frame(frame, 5, fault), content);
  assertThrows(() => decodeLz4Frame(frame, 6, fault), FormatError, "comes to 5 bytes, and is told to have 6");
  assertThrows(() => decodeLz4Frame(frame, 4, fault), FormatError, "comes to more than 4 bytes");
});

Deno.test("LZ4: no arrangement of bytes writes outside of the content or does not end", () => {
  let state = 1;
  const random = () => state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  for (let round = 0; round < 3000; round++) {
    const block = Uint8Array.from({ length: 1 + random() % 40 }, () => random() >>> 16);
    try {
      decodeLz4Frame(frameOf([[block, false]], new Uint8Array(0), 0x60), 64, fault);
    } catch (error) {
      assertEquals(error instanceof FormatError, true);
    }
  }
});
