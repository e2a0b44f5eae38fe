import { assertEquals, assertThrows } from "@std/assert";
import { checkText, isText } from "./check_text.ts";

const BYTES = new TextEncoder().encode("añ€");

Deno.test("isText(): rows that are UTF-8, and begin and end between characters", () => {
  const texts: [Uint8Array, number[], boolean][] = [
    [BYTES, [0, 1, 3, 6], true],
    [BYTES, [0, 0, 6, 6], true],
    [new Uint8Array(0), [0, 0], true],
    [BYTES, [0, 2, 6], false],
    [BYTES, [0, 1, 4], false],
    [BYTES.subarray(0, 5), [0, 1, 3], false],
    [Uint8Array.of(0xff), [0, 1], false],
  ];
  for (const [bytes, offsets, expected] of texts) {
    assertEquals(isText(bytes, offsets), expected, `${bytes} ${offsets}`);
  }
});

Deno.test("checkText() names the column of a writer whose rows are parted within a character", () => {
  const field = { name: "title", type: { kind: "string" }, nullable: false } as const;
  const column = { field, length: 2, values: BYTES, offsets: Int32Array.of(0, 2, 6) };
  assertThrows(() => checkText(column), TypeError, 'column "title" of string has a text that is no UTF-8');
  checkText({ ...column, offsets: Int32Array.of(0, 3, 6) });
});
