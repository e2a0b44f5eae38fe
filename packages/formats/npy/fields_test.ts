import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { openFormat } from "../formats/open_format.ts";
import { encodeHeader } from "./encode_header.ts";
import {
  bytesOf,
  fieldOf,
  type NpyArray,
  openNpy,
  readNpy,
  stringArray,
  structArray,
  textsOf,
} from "./mod.ts";
import { parseLiteral } from "./parse_literal.ts";

const INTS: NpyArray = { dtype: "int16", shape: [2], order: "C", data: Int16Array.of(1, 2) };

Deno.test("fieldOf(): a field that there is not, of what has none, or of a shape that Fortran order tears apart", () => {
  assertThrows(() => fieldOf(INTS, "a"), TypeError, 'the field "a" of an array of int16');
  const struct = structArray({ a: INTS, b: INTS });
  assertThrows(() => fieldOf(struct, "c"), TypeError, "there are a, b");
  const pairs: NpyArray = {
    dtype: "struct",
    length: 4,
    fields: [{ name: "a", type: { dtype: "int16" }, shape: [2], offset: 0 }],
    shape: [2, 1],
    order: "F",
    data: new Uint8Array(8),
  };
  assertThrows(() => fieldOf(pairs, "a"), TypeError, "the array is in Fortran order");
  assertEquals(fieldOf({ ...pairs, order: "C" }, "a").shape, [2, 1, 2]);
  assertEquals(fieldOf({ ...pairs, shape: [2] }, "a").shape, [2, 2]);
});

Deno.test("structArray(): fields of other shapes, in Fortran order, or that npy has not, are refused", () => {
  const wide: NpyArray = { ...INTS, shape: [1, 2] };
  const wrong: Record<string, NpyArray>[] = [
    { a: INTS, b: { ...INTS, shape: [1], data: Int16Array.of(1) } },
    { a: INTS, b: wide },
    { a: wide, b: { ...wide, order: "F" } },
    { a: { dtype: "bfloat16", shape: [2], order: "C", data: Uint16Array.of(1, 2) } },
  ];
  for (const fields of wrong) assertThrows(() => structArray(fields), TypeError, "Cannot make a field of");
  // Of one dimension both orders are one.
  assertEquals(structArray({ a: { ...INTS, order: "F" } }).data, Uint8Array.of(1, 0, 2, 0));
});

Deno.test("textsOf() and bytesOf() take arrays of their own kind", () => {
  assertThrows(() => textsOf(INTS), TypeError, "Cannot take string of an array of int16");
  assertThrows(() => bytesOf(stringArray(["a"])), TypeError, "Cannot take bytes of an array of string");
  assertThrows(() => stringArray(["a", "b"], [3]), RangeError, "of shape [3] of 2 values");
});

Deno.test("npy: fields that are larger than any object, or whose keys are no texts, are none", async () => {
  await using store = new MemoryStore();
  const put = async (descr: string, shape: readonly number[]) =>
    await store.put("a.npy", encodeHeader(parseLiteral(descr), shape, "C"));
  await put("[('a', '|V9007199254740991'), ('b', '|u1')]", [0]);
  await assertRejects(() => readNpy(store, "a.npy"), Error, "a field is larger than any object");
  assertThrows(() => parseLiteral("{1: 2}"), Error, "a key in quotes is wanted");
  assertThrows(() => parseLiteral("{(): 2}"), Error, "a key in quotes is wanted");
  assertThrows(() => parseLiteral("{'a': 1, 'a': 2}"), Error, "is there twice");
});

Deno.test("NpyFile: rows and pieces that are asked for as no whole number of them are refused", async () => {
  await using store = new MemoryStore();
  await store.put("a.npy", Uint8Array.from([...encodeHeader(parseLiteral("'<i2'"), [2], "C"), 1, 0, 2, 0]));
  const file = await openNpy(store, "a.npy");
  const beside = new Int16Array(new ArrayBuffer(8), 2, 2);
  assertEquals((await file.read({ into: beside })).data, Int16Array.of(1, 2));
  const unaligned = new Uint8Array(new ArrayBuffer(8), 1, 4);
  await assertRejects(() => file.read({ into: unaligned }), RangeError, "into memory from byte 1 on");
  assertEquals(unaligned, new Uint8Array(4));
});

Deno.test("npy: verification reads bools, of which some are none, and counts what it read", async () => {
  await using store = new MemoryStore();
  const header = encodeHeader(parseLiteral("[('a', '|b1'), ('b', '<i2')]"), [2], "C");
  const verified = async (elements: readonly number[]) => {
    await store.put("a.npy", Uint8Array.from([...header, ...elements]));
    const { format, target } = await openFormat(store, "a.npy");
    const { faults, bytes } = await format.verify(target);
    return [faults.map(({ message }) => /a bool is 2/.test(message)), bytes];
  };
  assertEquals(await verified([1, 7, 7, 0, 7, 7]), [[], header.length + 6]);
  assertEquals(await verified([1, 7, 7, 2, 7, 7]), [[true], header.length]);
});
