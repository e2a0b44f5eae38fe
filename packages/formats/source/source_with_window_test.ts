import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { BytesSource } from "./bytes_source.ts";
import { SourceWithWindow } from "./source_with_window.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);

/** Counts what is asked for below. */
class Counting extends BytesSource {
  asked = 0;
  override read(offset: number, length: number): Promise<Uint8Array> {
    this.asked++;
    return super.read(offset, length);
  }
}

Deno.test("SourceWithWindow: asks for nothing that lies in its window, and for all else", async () => {
  const below = new Counting(BYTES, "m");
  const source = new SourceWithWindow(below, 10, BYTES.slice(10, 30));
  assertEquals(await source.read(10, 20), BYTES.slice(10, 30));
  const target = new Uint8Array(5);
  await source.readInto(25, target);
  assertEquals(target, BYTES.slice(25, 30));
  const pieces = await Array.fromAsync(source.stream({ offset: 12, end: 20 }), (piece) => piece.slice());
  assertEquals(pieces, [BYTES.slice(12, 20)]);
  assertEquals(below.asked, 0);
  const ranges = [{ offset: 9, length: 2 }, { offset: 12, length: 3, target: target.subarray(0, 3) }, {
    offset: 30,
    length: 1,
  }];
  assertEquals(await source.readRanges(ranges), [
    BYTES.slice(9, 11),
    BYTES.slice(12, 15),
    BYTES.slice(30, 31),
  ]);
  assertEquals(below.asked, 2);
  await source.readInto(26, target);
  assertEquals(target, BYTES.slice(26, 31));
  assertEquals(await Array.fromAsync(source.stream()), [BYTES]);
  assertEquals(await Array.fromAsync(source.stream({ offset: 15, end: 15 })), []);
});

Deno.test("SourceWithWindow: what passes the end is a FormatError", async () => {
  const source = new SourceWithWindow(new BytesSource(BYTES, "m"), 10, BYTES.slice(10, 30));
  await assertRejects(() => source.read(90, 11), FormatError);
  await assertRejects(() => source.read(29, -1), FormatError);
  assertThrows(() => new SourceWithWindow(new BytesSource(BYTES, "m"), 90, BYTES.slice(0, 11)), FormatError);
});
