import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotInstanceOf,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";
import { ok, rejects, strictEqual, throws } from "node:assert/strict";

function refused(fn: () => unknown, message: RegExp = /(?:)/): void {
  throws(fn, (error: unknown) => {
    ok(error instanceof AssertionError, `an AssertionError is wanted, got ${error}`);
    ok(message.test(error.message), `${JSON.stringify(error.message)} does not match ${message}`);
    return true;
  });
}

const loop: Record<string, unknown> = { name: "a" };
loop.self = loop;
const twin: Record<string, unknown> = { name: "a" };
twin.self = twin;

const EQUAL: [string, unknown, unknown][] = [
  ["NaN", NaN, NaN],
  ["zeros of both signs", 0, -0],
  ["nested objects", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["dates", new Date(5), new Date(5)],
  ["invalid dates", new Date(NaN), new Date(NaN)],
  ["patterns", /a/g, /a/g],
  ["URLs", new URL("https://a/b"), new URL("https://a/b")],
  ["maps in any order", new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]])],
  ["maps with keys that are objects", new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])],
  ["sets of objects", new Set([{ a: 1 }, { b: 1 }]), new Set([{ b: 1 }, { a: 1 }])],
  ["bytes", new Uint8Array([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
  ["array buffers", new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
  ["cycles", loop, twin],
  ["symbols as names", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 1 }],
];

const DIFFERENT: [string, unknown, unknown][] = [
  ["an undefined member and none", { a: undefined }, {}],
  ["undefined members of two names", { a: undefined }, { b: undefined }],
  ["a hole's length", [1], [1, undefined]],
  ["null and undefined", null, undefined],
  ["a number and its text", 1, "1"],
  ["a class and a plain object", new (class A {})(), {}],
  ["bytes and an array", new Uint8Array([1]), [1]],
  ["bytes of two lengths", new Uint8Array([1]), new Uint8Array([1, 0])],
  ["array buffers", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["dates", new Date(5), new Date(6)],
  ["flags of patterns", /a/, /a/g],
  ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["maps of objects", new Map([["a", { b: 1 }]]), new Map([["a", { b: 2 }]])],
  ["maps of maps", new Map([["a", new Map([["b", [1]]])]]), new Map([["a", new Map([["b", [2]]])]])],
  ["sets", new Set([{ a: 1 }]), new Set([{ a: 2 }])],
  ["symbols as names", { [Symbol.iterator]: 1 }, { [Symbol.iterator]: 2 }],
];

for (const [name, a, b] of EQUAL) {
  Deno.test(`equal() and assertEquals() take ${name} as equal`, () => {
    strictEqual(equal(a, b), true);
    strictEqual(equal(b, a), true);
    assertEquals(a, b);
    refused(() => assertNotEquals(a, b));
  });
}

for (const [name, a, b] of DIFFERENT) {
  Deno.test(`equal() and assertEquals() tell apart ${name}`, () => {
    strictEqual(equal(a, b), false);
    strictEqual(equal(b, a), false);
    assertNotEquals(a, b);
    refused(() => assertEquals(a, b), /^Values are not equal\.\n/);
  });
}

Deno.test("equal() throws for weak collections, which nobody can compare", () => {
  throws(() => equal(new WeakMap(), new WeakMap()), TypeError);
  strictEqual(equal(new WeakMap(), {}), false);
});

Deno.test("assertEquals() shows a difference line by line, and the caller's message", () => {
  refused(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "of the two"), /not equal: of the two\n/);
  refused(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }), /\+ {3}b: 2\n- {3}b: 3/);
});

Deno.test("assertEquals() names the first byte that differs in large arrays", () => {
  const a = new Uint8Array(4 * 2 ** 20);
  const b = a.slice();
  assertEquals(a, b);
  b[3_000_000] = 7;
  refused(() => assertEquals(a, b), /first difference is at byte 3000000/);
  refused(() => assertEquals(a, a.subarray(1)), /4194304 bytes, expected 4194303/);
});

Deno.test("assert() and assertFalse() take truth and falsehood", () => {
  assert(1);
  assertFalse("");
  refused(() => assert(0, "no"), /^no$/);
  refused(() => assertFalse("x", "yes"), /^yes$/);
});

Deno.test("fail() and unreachable() throw always", () => {
  refused(() => fail(), /^Failed assertion\.$/);
  refused(() => fail("why"), /^Failed assertion: why$/);
  refused(() => unreachable("why"), /^Unreachable: why$/);
});

Deno.test("assertStrictEquals() compares by identity", () => {
  const object = {};
  assertStrictEquals(object, object);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals(object, {});
  assertNotStrictEquals(0, -0);
  refused(() => assertStrictEquals({}, {}), /same structure but/);
  refused(() => assertStrictEquals(1, 2), /not strictly equal/);
  refused(() => assertStrictEquals<number>(0, -0));
  refused(() => assertNotStrictEquals(object, object));
});

Deno.test("assertExists() takes everything but null and undefined", () => {
  assertExists(0);
  assertExists("");
  refused(() => assertExists(null));
  refused(() => assertExists(undefined), /"undefined"/);
});

Deno.test("assertInstanceOf() and assertNotInstanceOf() go by class", () => {
  assertInstanceOf(new TypeError(), Error);
  assertNotInstanceOf(new Error(), TypeError);
  refused(() => assertInstanceOf(new Error(), TypeError), /"TypeError" but was "Error"/);
  refused(() => assertInstanceOf("x", Error), /but was 'x'/);
  refused(() => assertNotInstanceOf(new TypeError(), Error));
});

Deno.test("assertMatch(), assertNotMatch() and assertStringIncludes() look into text", () => {
  assertMatch("abc", /b/);
  assertNotMatch("abc", /d/);
  assertStringIncludes("abc", "bc");
  refused(() => assertMatch("abc", /d/));
  refused(() => assertNotMatch("abc", /b/));
  refused(() => assertStringIncludes("abc", "d"));
});

Deno.test("assertArrayIncludes() finds values deeply", () => {
  assertArrayIncludes([1, 2, 3], [3, 1]);
  assertArrayIncludes([{ a: 1 }, { b: 1 }], [{ b: 1 }]);
  assertArrayIncludes(new Uint8Array([1, 2]), new Uint8Array([2]));
  refused(() => assertArrayIncludes([1, 2], [2, 3]), /missing: \[ 3 \]/);
});

Deno.test("assertObjectMatch() lets the actual object have more", () => {
  assertObjectMatch({ a: 1, b: { c: 2, d: 3 }, e: [{ f: 1, g: 2 }] }, { b: { c: 2 }, e: [{ f: 1 }] });
  assertObjectMatch(new TypeError("x") as unknown as Record<string, unknown>, { message: "x" });
  refused(() => assertObjectMatch({ a: 1 }, { b: 1 }));
  refused(() => assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }));
  refused(() => assertObjectMatch({ a: [1] }, { a: [1, 2] }));
});

Deno.test("assertAlmostEquals() has a relative tolerance by default", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3, 1e-16);
  assertAlmostEquals(1.000000001e-8, 1.000000002e-8);
  refused(() => assertAlmostEquals(0.01, 0.02), /close to/);
  refused(() => assertAlmostEquals(NaN, 1));
});

Deno.test("assertGreater(), assertLess() and their kin compare", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess(1, 2);
  assertLessOrEqual(2, 2);
  refused(() => assertGreater(1, 1));
  refused(() => assertGreaterOrEqual(1, 2));
  refused(() => assertLess(1, 1));
  refused(() => assertLessOrEqual(NaN, 1));
});

Deno.test("assertIsError() checks class and message", () => {
  assertIsError(new RangeError("out of range"), RangeError, "of range");
  assertIsError(new RangeError("out of range"), Error, /^out/);
  refused(() => assertIsError("text"));
  refused(() => assertIsError(new Error(), TypeError), /"TypeError", but was "Error"/);
  refused(() => assertIsError(new Error("a"), Error, "b"));
  refused(() => assertIsError(new Error("a"), Error, /b/));
});

Deno.test("assertThrows() gives back what was thrown", () => {
  const error = new TypeError("x");
  const thrower = () => {
    throw error;
  };
  strictEqual(assertThrows(thrower), error);
  strictEqual(assertThrows(thrower, Error, "x"), error);
  refused(() => assertThrows(() => {}), /Expected function to throw\./);
  refused(() => assertThrows(() => {}, "note"), /Expected function to throw: note/);
  refused(() => assertThrows(thrower, RangeError));
  refused(() => assertThrows(thrower, TypeError, "y"));
});

Deno.test("assertRejects() gives back the reason, and refuses a function that throws", async () => {
  const error = new TypeError("x");
  const rejecter = () => Promise.reject(error);
  strictEqual(await assertRejects(rejecter), error);
  strictEqual(await assertRejects(rejecter, TypeError, "x"), error);
  await rejects(() => assertRejects(() => Promise.resolve(1)), /Expected function to reject\./);
  await rejects(() => assertRejects(rejecter, RangeError), AssertionError);
  await rejects(() => assertRejects(rejecter, TypeError, "y"), AssertionError);
  const throwing = (): Promise<void> => {
    throw error;
  };
  await rejects(() => assertRejects(throwing, TypeError), /throws when expected to reject/);
});
