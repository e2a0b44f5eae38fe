import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "@lade/formats/errors";
import { JsonFields } from "./json_fields.ts";

const URI = "memory://m/a.json";

/** What is wrong with a field, by what it is asked for as. */
const WRONG: readonly (readonly [unknown, (fields: JsonFields) => unknown, string])[] = [
  [1, (of) => of.text("a"), "a is not a text"],
  [undefined, (of) => of.text("a"), "a is not a text"],
  ["z", (of) => of.oneOf("a", ["x", "y"]), 'a is not "x" or "y"'],
  ...[-1, 0.5, 2 ** 53, "1", null, NaN].map((value) =>
    [value, (of: JsonFields) => of.whole("a"), "a is not a whole number below"] as const
  ),
  [7, (of) => of.whole("a", 7), "a is not a whole number below 7"],
  [[0, -1], (of) => of.wholes("a"), "a[1] is not a whole number"],
  [{ 0: 1 }, (of) => of.wholes("a"), "a is not a list"],
  ["xy", (of) => of.list("a"), "a is not a list"],
  [[{}, []], (of) => of.objects("a"), "a[1] is not an object"],
  [null, (of) => of.object("a"), "a is not an object"],
  [{ b: "1" }, (of) => of.object("a").number("b"), "a.b is not a number"],
  ["=", (of) => of.bytes("a"), "a is not base64"],
  ["AAA", (of) => of.bytes("a"), "a is not base64"],
  [5, (of) => of.bytes("a"), "a is not a text"],
];

Deno.test("a field of JSON is what it is asked for as, or an error that names it", () => {
  for (const [value, read, message] of WRONG) {
    const error = assertThrows(() => read(new JsonFields({ a: value }, URI)), FormatError, message);
    assertEquals([error.uri, error.code], [URI, "invalid-format"]);
  }
  for (const value of [null, [], "a", 1]) {
    assertThrows(() => new JsonFields(value, URI), FormatError, "it is not an object");
  }
  // What every object has is no field.
  assertEquals(new JsonFields({}, URI).has("toString"), false);
  assertThrows(
    () => new JsonFields({}, URI).object("constructor"),
    FormatError,
    "constructor is not an object",
  );
});

Deno.test("a field of JSON that is as it should be is given as it is", () => {
  const of = new JsonFields({
    text: "a",
    whole: 6,
    wholes: [0, 2 ** 53 - 1],
    object: { b: 0.5 },
    bytes: "AAE=",
  }, URI);
  assertEquals([of.text("text"), of.oneOf("text", ["b", "a"])], ["a", "a"]);
  assertEquals([of.whole("whole", 7), of.wholes("wholes")], [6, [0, Number.MAX_SAFE_INTEGER]]);
  assertEquals([of.object("object").number("b"), of.bytes("bytes")], [0.5, Uint8Array.of(0, 1)]);
});
