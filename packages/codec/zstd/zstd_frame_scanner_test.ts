import { assert, assertEquals, assertGreaterOrEqual, assertInstanceOf, assertThrows } from "@std/assert";
import { ChecksumMismatchError, UnsupportedError } from "@lade/core/errors";
import { faultOf } from "../../core/zstd/fault_of.ts";
import { continuedHeader } from "./continued_frame.ts";
import { parseFrameHeader } from "./frame_header.ts";
import {
  concat,
  frameOf,
  jsonSample,
  randomSample,
  repeatingFrame,
  skippableFrame,
} from "../testing/samples.ts";
import { ZstdFrameScanner } from "./zstd_frame_scanner.ts";

const config = { fault: faultOf("memory://a/b.zst"), maxWindowLog: 27 };

/** Walks all of `bytes` in chunks of `chunkSize`; tells where frames end, and the most content each can have. */
function walk(bytes: Uint8Array, chunkSize = bytes.length): { end: number; bound: number }[] {
  const scanner = new ZstdFrameScanner(config);
  const frames: { end: number; bound: number }[] = [];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const chunk = bytes.subarray(start, start + chunkSize);
    for (let offset = 0; offset < chunk.length;) {
      const before = scanner.place;
      offset = scanner.scan(chunk, offset);
      if (before !== "magic number" && scanner.place === "magic number" && scanner.header) {
        frames.push({ end: scanner.position, bound: scanner.contentBound });
      }
    }
  }
  scanner.finish();
  return frames;
}

const contents = [
  new Uint8Array(0),
  jsonSample(1, 1),
  jsonSample(300_000, 2),
  randomSample(200_000, 3),
  new Uint8Array(500_000),
];

Deno.test("ZstdFrameScanner finds where frames end, however the stream is cut", () => {
  const frames = contents.flatMap((content) => [frameOf(content), frameOf(content, false)]);
  const sizes = contents.flatMap((content) => [content.length, content.length]);
  let end = 0;
  const ends = frames.map((frame) => end += frame.length);
  for (const chunkSize of [undefined, 1, 3, 1000]) {
    const walked = walk(concat(...frames), chunkSize);
    assertEquals(walked.map((frame) => frame.end), ends);
    for (const [index, { bound }] of walked.entries()) assertGreaterOrEqual(bound, sizes[index] ?? 0);
  }
});

Deno.test("ZstdFrameScanner bounds the content of repeated and raw blocks exactly", () => {
  const frame = repeatingFrame({ byte: 1, count: 131_072 }, { byte: 2, count: 0 }, { byte: 3, count: 7 });
  assertEquals(walk(frame), [{ end: frame.length, bound: 131_079 }]);
  assertEquals(walk(frameOf(randomSample(200_000, 4)))[0]?.bound, 200_000);
});

Deno.test("ZstdFrameScanner passes over skippable frames", () => {
  const frame = frameOf(jsonSample(10, 1));
  const stream = concat(skippableFrame(0), frame, skippableFrame(300), skippableFrame(1));
  for (const chunkSize of [1, 5, stream.length]) walk(stream, chunkSize);
  assertEquals(walk(skippableFrame(4)), []);
});

Deno.test("ZstdFrameScanner refuses a stream that is cut anywhere but between frames", () => {
  const frames = [frameOf(jsonSample(900, 1)), skippableFrame(9), repeatingFrame({ byte: 1, count: 9 })];
  const stream = concat(...frames);
  let end = 0;
  const ends = frames.map((frame) => end += frame.length);
  for (let length = 0; length < stream.length; length++) {
    if (ends.includes(length)) walk(stream.subarray(0, length));
    else {
      const error = assertThrows(() => walk(stream.subarray(0, length)), ChecksumMismatchError);
      assert(error.message.startsWith('Cannot decompress "memory://a/b.zst": compressed data ends early: '));
    }
  }
});

Deno.test("ZstdFrameScanner refuses a stream that ends after a continued frame", () => {
  const frame = frameOf(jsonSample(900, 1));
  const marked = concat(continuedHeader(frame), frame.subarray(parseFrameHeader(frame).length));
  assertThrows(() => walk(marked), ChecksumMismatchError, "where another frame must follow");
  assertThrows(() => walk(concat(frame, marked)), ChecksumMismatchError, "where another frame must follow");
  assertThrows(
    () => walk(concat(marked, skippableFrame(3))),
    ChecksumMismatchError,
    "another frame must follow",
  );
  assertEquals(walk(concat(marked, marked, frame, frame)).length, 4);
});

const magic = [0x28, 0xb5, 0x2f, 0xfd];
const damaged: [string, number[], string][] = [
  ["no zstd at all", [...new TextEncoder().encode("hello")], "at byte 0: the data is not zstd"],
  [
    "bytes after the last frame",
    [...repeatingFrame({ byte: 1, count: 1 }), 1, 2, 3, 4],
    "at byte 10: no frame starts",
  ],
  ["a reserved bit", [...magic, 0x28, 0], "a reserved bit"],
  ["a reserved block type", [...magic, 0x00, 0x38, 0x07, 0, 0], "at byte 6: reserved block type"],
  ["a block above 128 KiB", [...magic, 0x00, 0x58, 0x09, 0, 0x10], "a block of 131073 bytes, at most 131072"],
  ["a block above its window", [...magic, 0x20, 0x05, 0x31, 0, 0], "a block of 6 bytes, at most 5"],
];

for (const [name, bytes, detail] of damaged) {
  Deno.test(`ZstdFrameScanner refuses ${name}`, () => {
    assertThrows(() => walk(Uint8Array.from(bytes)), ChecksumMismatchError, detail);
  });
}

Deno.test("ZstdFrameScanner refuses windows above the limit and dictionaries", () => {
  const atLimit = Uint8Array.from([...magic, 0x00, 17 << 3, 1, 0, 0]);
  assertEquals(walk(atLimit).length, 1);
  const above = Uint8Array.from([...magic, 0x00, 17 << 3 | 1, 1, 0, 0]);
  const error = assertThrows(() => walk(above), UnsupportedError, "raise it for data that you trust");
  assertInstanceOf(error, UnsupportedError);
  const whole = Uint8Array.from([...magic, 0xa0, 1, 0, 0, 8, 1, 0, 0]);
  assertThrows(() => walk(whole), UnsupportedError, "a window of 134217729 bytes");
  const dictionary = Uint8Array.from([...magic, 0x21, 9, 0, 1, 0, 0]);
  assertThrows(() => walk(dictionary), UnsupportedError, "it needs dictionary 9");
});
