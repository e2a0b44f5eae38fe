import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatLiteral } from "./format_literal.ts";
import { type Literal, LiteralError, parseLiteral } from "./parse_literal.ts";

Deno.test("parseLiteral() takes what Python's repr writes, and formatLiteral() writes it again", () => {
  for (
    const text of [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
      "[('a', '<i4'), (('t', 'b'), '|b1', (2,)), ('', [])]",
      "()",
      "(1,)",
      "None",
      "True",
      "-12",
      '"it\'s"',
      "'say \"it\\'s\"'",
      "'\\\\ \\n\\r\\t\\x00\\x85 é☃'",
    ]
  ) assertEquals(formatLiteral(parseLiteral(text)), text);
});

Deno.test("parseLiteral() takes spaces, commas at the end, parentheses around one value, and escapes", () => {
  assertEquals(parseLiteral(" {'a' : ( 1 ), } \n"), {
    kind: "dict",
    entries: new Map<string, Literal>([["a", { kind: "integer", value: 1 }]]),
  });
  assertEquals(parseLiteral("'\\u2603\\U0001f600\\x41\\a'"), { kind: "string", value: "☃😀A\x07" });
  assertEquals(formatLiteral(parseLiteral("(3L, 4L)", { longIntegers: true })), "(3, 4)");
});

Deno.test("parseLiteral() refuses everything else, and says where", () => {
  for (
    const [text, at] of [
      ["", 0],
      ["{", 1],
      ["{'a': 1", 7],
      ["{'a' 1}", 5],
      ["{1: 2}", 1],
      ["{'a': 1, 'a': 2}", 9],
      ["(1, 2)x", 6],
      ["(,)", 1],
      ["(1,,)", 3],
      ["'a", 0],
      ["'a\n'", 0],
      ["'\\x4'", 3],
      ["'\\U00110000'", 3],
      ["'\\q'", 3],
      ["'\\", 2],
      ["1.5", 0],
      ["1e3", 0],
      ["01", 0],
      ["0x10", 0],
      ["3L", 0],
      ["9007199254740992", 0],
      ["--1", 0],
      ["1 + 1", 2],
      ["Truest", 0],
      ["__import__('os')", 0],
      ["f'x'", 0],
      ["b'x'", 0],
      ["'a' 'b'", 4],
      ["\x0c1", 0],
      ["{*a}", 1],
    ] as const
  ) {
    const error = assertThrows(() => parseLiteral(text), LiteralError);
    assertEquals((error as LiteralError).at, at, JSON.stringify(text));
  }
});

Deno.test("parseLiteral() bounds how deep values lie, and takes no longer for what is nested without end", () => {
  assertEquals(parseLiteral("[".repeat(64) + "1" + "]".repeat(64)).kind, "list");
  for (const open of ["[", "(", "{'a':"]) {
    assertThrows(() => parseLiteral(open.repeat(1_000_000)), LiteralError, "deep");
  }
});

Deno.test("parseLiteral() of any text is a literal or a LiteralError; formatLiteral() of it is read back", () => {
  const pieces = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    "'",
    '"',
    "a",
    "\\",
    "x4",
    "1",
    "-",
    "L",
    "True",
    " ",
    "é",
  ];
  fc.assert(fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
    let literal: Literal;
    try {
      literal = parseLiteral(parts.join(""));
    } catch (error) {
      assert(error instanceof LiteralError);
      return;
    }
    assertEquals(parseLiteral(formatLiteral(literal)), literal);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    assertEquals(parseLiteral(formatLiteral({ kind: "string", value })), { kind: "string", value });
  }));
});
