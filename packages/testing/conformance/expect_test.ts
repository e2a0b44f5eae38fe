import { assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ConformanceError, expectBytes, expectEqual, expectError, expectReason } from "./expect.ts";

Deno.test("expectEqual() takes equal structures, in any order of members", () => {
  expectEqual<unknown>({ a: [1, { b: undefined }], c: null }, { c: null, a: [1, { b: undefined }] }, "x");
  expectEqual(new Date(5), new Date(5), "x");
});

Deno.test("expectEqual() tells apart what JSON would not", () => {
  const pairs: [unknown, unknown][] = [
    [{ a: undefined }, {}],
    [undefined, null],
    [NaN, null],
    [Infinity, NaN],
    [[1, 2], [1]],
    [new Date(5), new Date(6)],
  ];
  for (const [a, b] of pairs) assertThrows(() => expectEqual(a, b, "x"), ConformanceError, "x: expected");
});

Deno.test("expectEqual() compares long values to their end and shows the place", () => {
  const long = Array.from({ length: 5000 }, (_, i) => `key-${i}`);
  const error = assertThrows(() => expectEqual(long, long.slice(0, 4000), "keys"), ConformanceError);
  assertStringIncludes(error.message, "key-4000");
  expectEqual(long, [...long], "keys");
});

Deno.test("expectBytes() tells length or first different byte", () => {
  expectBytes(new Uint8Array([1, 2]), new Uint8Array([1, 2]), "x");
  assertThrows(
    () => expectBytes(new Uint8Array(1), new Uint8Array(2), "x"),
    ConformanceError,
    "expected 2 bytes",
  );
  const [a, b] = [new Uint8Array([1, 2]), new Uint8Array([1, 3])];
  assertThrows(() => expectBytes(a, b, "x"), ConformanceError, "byte 1 is 2");
});

Deno.test("expectError() wants a rejection of the class", async () => {
  await expectError(() => Promise.reject(new TypeError("x")), TypeError, "x");
  const wrong = () => expectError(() => Promise.reject(new TypeError("x")), RangeError, "x");
  await assertRejects(wrong, ConformanceError, "expected a RangeError");
  await assertRejects(() => expectError(() => Promise.resolve(), Error, "x"), ConformanceError, "succeeded");
  const throws = () =>
    expectError(
      () => {
        throw new Error("at once");
      },
      Error,
      "x",
    );
  await assertRejects(throws, ConformanceError, "it threw");
});

Deno.test("expectReason() wants the very reason", async () => {
  const reason = new Error("x");
  await expectReason(() => Promise.reject(reason), reason, "x");
  const other = () => expectReason(() => Promise.reject(new Error("x")), reason, "x");
  await assertRejects(other, ConformanceError, "the signal's reason");
});
