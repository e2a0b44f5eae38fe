import { assertEquals, assertThrows } from "@std/assert";
import { checkOptions, needList, optionWords } from "./check_options.ts";

const KINDS = { size: "any", isDry: "boolean", onEnd: "function", signal: "signal" } as const;

Deno.test("checkOptions() takes what is known, and undefined for none", () => {
  const { signal } = new AbortController();
  checkOptions("go", { size: null, isDry: false, onEnd: () => {}, signal }, KINDS);
  checkOptions("go", { isDry: undefined, onEnd: undefined, signal: undefined }, KINDS);
  checkOptions("go", {}, KINDS);
});

Deno.test("checkOptions() refuses what is no object of names, what is not known, and another kind", () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, "Cannot go with null: an object of names is needed"],
    [undefined, "Cannot go with undefined: an object of names is needed"],
    [64, "Cannot go with 64: an object"],
    [true, "Cannot go with true: an object"],
    ["size", 'Cannot go with "size": an object'],
    [() => {}, "Cannot go with a function: an object"],
    [[], "Cannot go with a list: an object"],
    [new Map(), "Cannot go with a Map: an object"],
    [new Date(), "Cannot go with a Date: an object"],
    [{ sise: 1 }, 'Cannot go with "sise": it takes size, isDry, onEnd, signal'],
    [{ constructor: 1 }, 'Cannot go with "constructor": it takes'],
    [{ isDry: 0 }, "Cannot go with isDry 0: true or false is needed"],
    [{ isDry: "false" }, 'Cannot go with isDry "false": true or false is needed'],
    [{ isDry: null }, "Cannot go with isDry null: true or false is needed"],
    [{ onEnd: {} }, "Cannot go with onEnd a Object: a function is needed"],
    [{ signal: new AbortController() }, "Cannot go with signal a AbortController: an AbortSignal is needed"],
    [{ signal: false }, "Cannot go with signal false: an AbortSignal is needed"],
  ];
  for (const [given, words] of wrong) {
    assertThrows(() => checkOptions("go", given as object, KINDS), TypeError, words);
  }
});

Deno.test("optionWords() has words for a value of any type", () => {
  const words = [5n, Symbol("s"), NaN, undefined, null, "a\nb", Object.create(null), [1], new Uint8Array(2)];
  assertEquals(words.map(optionWords), [
    "5",
    "Symbol(s)",
    "NaN",
    "undefined",
    "null",
    '"a\\nb"',
    "a object",
    "a list",
    "a Uint8Array",
  ]);
});

Deno.test("needList() refuses what is no list", () => {
  needList("mix", [], "data sets");
  for (const given of [null, {}, "ab", new Set()]) {
    assertThrows(() => needList("mix", given, "data sets"), TypeError, "a list of data sets is needed");
  }
});
