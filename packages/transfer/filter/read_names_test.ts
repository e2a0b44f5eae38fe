import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { readNames } from "./read_names.ts";

function read(bytes: Uint8Array | string, nul = false, pieces = 3): Promise<string[]> {
  const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const chunks = async function* () {
    for (let at = 0; at < all.length; at += pieces) yield all.subarray(at, at + pieces);
  };
  return Array.fromAsync(readNames(chunks(), { nul, source: "the list" }));
}

Deno.test("readNames() takes lines as they stand", async () => {
  const names = ["a", " b ", "# no comment", "; neither", "c\\d", "/e", "*", "\ufefff", "🙀/ü"];
  assertEquals(await read(names.join("\n")), names);
  assertEquals(await read(`${names.join("\n")}\n\n`), names);
  assertEquals(await read("\n\na\n\nb"), ["a", "b"]);
  assertEquals(await read(""), []);
});

Deno.test("readNames() takes names that end in a NUL, with line feeds and carriage returns in them", async () => {
  assertEquals(await read("a\nb\0c\r\0\0d", true), ["a\nb", "c\r", "d"]);
  assertEquals(await read("\ufeffa\0b\0", true), ["\ufeffa", "b"]);
});

Deno.test("readNames() gives back any names, wherever the chunks end", async () => {
  const name = fc.string({ unit: fc.constantFrom("a", "\n", "\r", "ü", "🙀", " "), minLength: 1 });
  await fc.assert(fc.asyncProperty(fc.array(name), fc.integer({ min: 1, max: 9 }), async (names, pieces) => {
    assertEquals(await read(names.map((name) => `${name}\0`).join(""), true, pieces), names);
  }));
});

Deno.test("readNames() keeps what it has of a name where the next chunk takes the place of the last one", async () => {
  const chunks = async function* () {
    const room = new Uint8Array(4);
    for (const text of ["ab\ncd", "ef\ngh", "ij\n"]) {
      for (const piece of text.match(/[^]{1,4}/g) ?? []) {
        yield room.subarray(0, new TextEncoder().encodeInto(piece, room).written);
      }
    }
  };
  assertEquals(await Array.fromAsync(readNames(chunks(), { source: "the list" })), ["ab", "cdef", "ghij"]);
});

Deno.test("readNames() ends at a name that does not end, and takes the longest", async () => {
  let given = 0;
  const endless = async function* () {
    for (;; given++) yield new Uint8Array(10_000).fill(0x61);
  };
  const names = readNames(endless(), { source: "the list" });
  await assertRejects(() => Array.fromAsync(names), TypeError, "Cannot read line 1 of the list: it has more");
  assertEquals(given, 6);
  assertEquals(await read("a".repeat(65_536), true, 1000), ["a".repeat(65_536)]);
});

Deno.test("readNames() names the line of what is no name", async () => {
  const problems: readonly (readonly [string | Uint8Array, string])[] = [
    ["a\nb\r\n", "Cannot read line 2 of the list: it ends in a carriage return"],
    ["a\n\nb\r", "Cannot read line 3 of the list: it ends in a carriage return"],
    ["\ufeffa\nb", "Cannot read line 1 of the list: it begins with a byte order mark"],
    ["a\0b\0", "Cannot read line 1 of the list: it holds a NUL"],
    [
      new Uint8Array([0x61, 0x0a, 0xff]),
      "Cannot read line 2 of the list: it is not UTF-8",
    ],
    [`a\n${"b".repeat(65_537)}\nc`, "Cannot read line 2 of the list: it has more than 65536 bytes"],
    [new Uint8Array([0xc3]), "Cannot read line 1 of the list: it is not UTF-8"],
  ];
  for (const [text, problem] of problems) await assertRejects(() => read(text), TypeError, problem);
});
