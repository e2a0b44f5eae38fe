import { assertEquals, assertNotEquals } from "@std/assert";
import { blockId, type NamedBlock, readBlockId } from "./block_id.ts";

const WRITER = "0123456789abcdef0123456789abcdef";
const BLOCKS: readonly NamedBlock[] = [
  { kind: "part", writer: WRITER, index: 0, crc32c: 0 },
  { kind: "part", writer: WRITER, index: 49_999, crc32c: 0xffffffff },
  { kind: "begun", writer: WRITER, time: 1_790_000_000_123 },
  { kind: "aborted", writer: WRITER },
];

Deno.test("blockId() gives names of one length that say what they are of", () => {
  for (const block of BLOCKS) {
    const id = blockId(block);
    assertEquals([atob(id).length, id.length], [48, 64]);
    assertEquals(readBlockId(id), block);
  }
  const [first] = BLOCKS;
  assertNotEquals(first && blockId(first), first && blockId({ ...first, writer: WRITER.replace("0", "f") }));
});

Deno.test("readBlockId() knows no names of other programs", () => {
  const names = [
    "",
    "00000",
    WRITER.padEnd(48, "0"),
    `${WRITER}-p0000a-00000000`,
    `${WRITER}-c${"0".repeat(14)}`,
  ];
  for (const name of names) assertEquals(readBlockId(btoa(name)), undefined, name);
  assertEquals(readBlockId("no base64!"), undefined);
});
