import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import { GrowingBuffer } from "./growing_buffer.ts";
import { readHybrid } from "./hybrid.ts";
import { writeHybrid } from "./write_hybrid.ts";

const reader = (bytes: readonly number[] | Uint8Array) =>
  new ByteReader(Uint8Array.from(bytes), { operation: "read parquet", uri: "memory://t" });

Deno.test("readHybrid() reads the example of the format's description: 0 to 7 in three bits", () => {
  const out = new Uint32Array(8);
  assertEquals(readHybrid(reader([0x03, 0b10001000, 0b11000110, 0b11111010]), 3, out), undefined);
  assertEquals([...out], [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("readHybrid() reads a run, and says when it was the only one", () => {
  const out = new Uint32Array(100);
  assertEquals(readHybrid(reader([0xc8, 0x01, 0x34, 0x12]), 13, out), 0x1234);
  assertEquals([...new Set(out)], [0x1234]);
  assertEquals(readHybrid(reader([0x04, 7, 0x04, 8]), 4, new Uint8Array(4)), undefined);
});

Deno.test("writeHybrid() writes what readHybrid() reads, in all widths", () => {
  const runs = fc.integer({ min: 0, max: 32 }).chain((width) =>
    fc.tuple(
      fc.constant(width),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2 ** width - 1 }), fc.integer({ min: 1, max: 40 })), {
        maxLength: 20,
      }),
    )
  );
  fc.assert(fc.property(runs, ([width, runs]) => {
    const numbers = Uint32Array.from(runs.flatMap(([number, count]) => Array<number>(count).fill(number)));
    const bytes = new GrowingBuffer();
    writeHybrid(bytes, numbers, width);
    const source = reader(bytes.view());
    const out = new Uint32Array(numbers.length);
    readHybrid(source, width, out);
    assertEquals([out, source.left], [numbers, 0]);
    if (width > 8) return;
    const narrow = new Uint8Array(numbers.length);
    readHybrid(reader(bytes.view()), width, narrow);
    assertEquals(narrow, Uint8Array.from(numbers));
  }));
});

Deno.test("readHybrid() refuses runs that pass the end of values or bytes", () => {
  const refuse = (bytes: readonly number[], width: number, count: number, detail: string) =>
    assertThrows(() => readHybrid(reader(bytes), width, new Uint32Array(count)), FormatError, detail);
  refuse([0x06, 1], 1, 2, "a run has 3 values, and 2 are left");
  refuse([0x00, 1], 1, 2, "a run has 0 values, and 2 are left");
  refuse([0xfe, 0xff, 0xff, 0xff, 0x0f, 1], 1, 9, "a run has 2147483647 values, and 9 are left");
  refuse([0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], 1, 9, "a run is longer than any page");
  refuse([0x03, 1], 2, 8, "a run of 8 values ends early");
  refuse([0x04], 1, 2, "a run's value takes 1 bytes, and 0 are left");
  refuse([0x04, 1], 33, 2, "numbers of 33 bits are told");
});
