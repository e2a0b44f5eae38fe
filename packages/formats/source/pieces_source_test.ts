import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { FormatError } from "../errors/format_error.ts";
import { PiecesSource } from "./pieces_source.ts";

Deno.test("PiecesSource: is the pieces in a row, whatever they are and however they are read", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(pieces, fc.nat(40), fc.nat(40), async (pieces, from, more) => {
    const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    const source = new PiecesSource(pieces, "m");
    assertEquals(source.size, whole.length);
    const offset = Math.min(from, whole.length);
    const length = Math.min(more, whole.length - offset);
    const expected = whole.slice(offset, offset + length);
    assertEquals(Uint8Array.from(await source.read(offset, length)), expected);
    const target = new Uint8Array(length);
    await source.readInto(offset, target);
    assertEquals(target, expected);
    const into = new Uint8Array(length);
    const [view, filled] = await source.readRanges([{ offset, length }, { offset, length, target: into }]);
    assertEquals([Uint8Array.from(view ?? []), filled], [expected, expected]);
    assertStrictEquals(filled, into);
    const streamed = await Array.fromAsync(
      source.stream({ offset, end: offset + length }),
      (piece) => [...piece],
    );
    assertEquals(Uint8Array.from(streamed.flat()), expected);
    assertEquals(
      (await Array.fromAsync(source.stream())).reduce((sum, { length }) => sum + length, 0),
      whole.length,
    );
  }));
});

Deno.test("PiecesSource: what lies within a piece is a view, and what passes the end a FormatError", async () => {
  const pieces = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3, 4, 5)];
  const source = new PiecesSource(pieces, "m");
  assertStrictEquals((await source.read(3, 2)).buffer, pieces[2]?.buffer);
  await assertRejects(() => source.read(3, 3), FormatError);
  await assertRejects(() => source.readInto(5, new Uint8Array(1)), FormatError);
  await assertRejects(
    () => source.readRanges([{ offset: 0, length: 6, target: new Uint8Array(6) }]),
    FormatError,
  );
  await assertRejects(() => Array.fromAsync(source.stream({ offset: 6 })), FormatError);
});
