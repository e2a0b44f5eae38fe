import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { formatPaxRecords, parsePaxRecords } from "./pax_records.ts";
import { scanTar } from "./scan_tar.ts";
import { streamTar } from "./stream_tar.ts";
import { signedTarChecksum, tarChecksum } from "./tar_checksum.ts";
import { BLOCK, paddedSize, type TarMember } from "./tar_member.ts";
import { parseTarNumber } from "./tar_number.ts";

const encoder = new TextEncoder();

interface Fields {
  readonly name: string;
  readonly flag?: string;
  readonly data?: string;
  readonly size?: number | Uint8Array;
  readonly link?: string;
  readonly prefix?: string;
  readonly magic?: string;
  readonly sum?: (block: Uint8Array) => number;
}

function put(block: Uint8Array, at: number, text: string): void {
  block.set(encoder.encode(text), at);
}

/** A member: its header and data, padded. */
function member(
  { name, flag = "0", data = "", size, link = "", prefix = "", magic = "ustar\x0000", sum }: Fields,
) {
  const bytes = encoder.encode(data);
  const block = new Uint8Array(BLOCK + paddedSize(bytes.length));
  put(block, 0, name);
  put(block, 100, "0000644\0");
  put(block, 108, "0001750\0");
  put(block, 116, "0000144\0");
  if (size instanceof Uint8Array) block.set(size, 124);
  else put(block, 124, `${(size ?? bytes.length).toString(8).padStart(11, "0")}\0`);
  put(block, 136, "14371573177\0");
  put(block, 156, flag);
  put(block, 157, link);
  put(block, 257, magic);
  put(block, 265, "user");
  put(block, 297, "group");
  put(block, 345, prefix);
  put(block, 148, `${(sum ?? tarChecksum)(block.subarray(0, BLOCK)).toString(8).padStart(6, "0")}\0 `);
  block.set(bytes, BLOCK);
  return block;
}

function join(...pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function pax(records: Record<string, string>, flag = "x"): Uint8Array {
  const data = new TextDecoder().decode(formatPaxRecords(new Map(Object.entries(records))));
  return member({ name: "PaxHeader", flag, data });
}

const END = new Uint8Array(2 * BLOCK);

/** What both ways to read find in these bytes, which is the same. */
async function read(...pieces: readonly Uint8Array[]): Promise<(TarMember & { data: string })[]> {
  await using store = new MemoryStore();
  await store.put("a.tar", join(...pieces));
  const found = [];
  for await (const { member, bytes } of bound(streamTar(store, "a.tar"))) {
    found.push({ ...member, data: new TextDecoder().decode(await bytes()) });
  }
  const scanned = await Array.fromAsync(scanTar(store, "a.tar"));
  assertEquals(scanned, found.map(({ data: _, ...rest }) => rest));
  return found;
}

async function* bound(entries: ReturnType<typeof streamTar>) {
  for await (const entry of entries) yield { member: entry.member, bytes: () => entry.bytes() };
}

Deno.test("tar: a member has what its header says", async () => {
  assertEquals(await read(member({ name: "b/c.txt", prefix: "a", data: "hello" }), END), [{
    name: "a/b/c.txt",
    type: "file",
    size: 5,
    offset: 512,
    headerOffset: 0,
    mode: 0o644,
    mtime: 1676080767,
    uid: 1000,
    gid: 100,
    userName: "user",
    groupName: "group",
    data: "hello",
  }]);
});

Deno.test("tar: types, and names of directories", async () => {
  const members = await read(
    member({ name: "d/", flag: "5", size: 77 }),
    member({ name: "old/", flag: "\0" }),
    member({ name: "s", flag: "2", link: "../elsewhere" }),
    member({ name: "h", flag: "1", link: "f", size: 4 }),
    member({ name: "p", flag: "6" }),
    member({ name: "c", flag: "3" }),
    member({ name: "b", flag: "4" }),
    member({ name: "f", flag: "7", data: "data" }),
    END,
  );
  assertEquals(members.map(({ name, type, size, linkName }) => [name, type, size, linkName ?? ""]), [
    ["d", "directory", 0, ""],
    ["old", "directory", 0, ""],
    ["s", "symlink", 0, "../elsewhere"],
    ["h", "hardlink", 0, "f"],
    ["p", "fifo", 0, ""],
    ["c", "character-device", 0, ""],
    ["b", "block-device", 0, ""],
    ["f", "file", 4, ""],
  ]);
});

Deno.test("tar: long names of GNU, and of pax, which says it better", async () => {
  const long = "n".repeat(300);
  const members = await read(
    member({ name: "././@LongLink", flag: "L", data: `${long}\0`, magic: "ustar  \0" }),
    member({ name: "././@LongLink", flag: "K", data: `${long}2\0`, magic: "ustar  \0" }),
    member({ name: long.slice(0, 100), flag: "2", magic: "ustar  \0", prefix: "no prefix" }),
    pax({ path: "é☃", size: "3", mtime: "-1.5", uid: "7", "SCHILY.xattr.user.a": "b" }),
    member({ name: "x", data: "abc", size: 0 }),
    member({ name: "././@LongLink", flag: "L", data: "gnu\0" }),
    pax({ path: "pax" }),
    member({ name: "x" }),
    pax({ path: "pax" }),
    member({ name: "././@LongLink", flag: "L", data: "gnu\0" }),
    member({ name: "x" }),
    END,
  );
  assertEquals(members.map(({ name, linkName, data }) => [name, linkName, data]), [
    [long, `${long}2`, ""],
    ["é☃", undefined, "abc"],
    ["pax", undefined, ""],
    ["pax", undefined, ""],
  ]);
  assertEquals([members[1]?.mtime, members[1]?.uid, members[1]?.headerOffset], [-1.5, 7, 2560]);
});

Deno.test("tar: global records hold until they are taken back, and a member's own come before them", async () => {
  const members = await read(
    pax({ uname: "all", comment: "c" }, "g"),
    member({ name: "a" }),
    pax({ uname: "one" }),
    member({ name: "b" }),
    member({ name: "c" }),
    pax({ uname: "" }, "g"),
    member({ name: "d" }),
    END,
  );
  assertEquals(members.map(({ userName }) => userName), ["all", "one", "all", "user"]);
  assertEquals(members.map(({ headerOffset }) => headerOffset), [1024, 1536, 3072, 4608]);
});

Deno.test("tar: an end is two blocks of zeros, one at the very end, or none", async () => {
  const a = member({ name: "a", data: "1" });
  for (const end of [END, new Uint8Array(512), new Uint8Array(0), new Uint8Array(20 * 512)]) {
    assertEquals((await read(a, end)).length, 1);
  }
  await assertRejects(() => read(a, new Uint8Array(512), a, END), FormatError, "a lone block of zeros");
  await assertRejects(() => read(a, END, a), FormatError, "follows the end of the archive (at byte 2048)");
  await assertRejects(() => read(a, END, new Uint8Array(1)), FormatError, "1 bytes into a block");
  await assertRejects(() => read(new Uint8Array(0)), FormatError, "it is empty");
  await assertRejects(() => read(pax({ path: "a" }), END), FormatError, "between a member's headers");
  await assertRejects(() => read(pax({ path: "a" })), FormatError, "between a member's headers");
});

Deno.test("tar: torn members are errors with their name and place", async () => {
  const a = member({ name: "a", data: "0123456789" });
  const b = member({ name: "b", data: "x".repeat(600) });
  const whole = join(a, b, END);
  for (
    const [length, message] of [
      [
        1536 + 599,
        'member "b" of 600 bytes is cut: the archive of 2135 bytes ends before its end (at byte 1024)',
      ],
      [1536 + 600, "ends in what fills its last block (at byte 1024)"],
      [1536 + 1023, "ends in what fills its last block"],
      [1024 + 100, "it ends 100 bytes into a block of 512 (at byte 1124)"],
    ] as const
  ) {
    const error = await assertRejects(() => read(whole.slice(0, length)), FormatError, message);
    assertEquals(error.message.startsWith('Cannot read tar "memory:'), true);
  }
});

Deno.test("tar: sparse members and unknown types are refused by name", async () => {
  const refused = [
    member({ name: "hole", flag: "S" }),
    join(pax({ "GNU.sparse.major": "1" }), member({ name: "hole" })),
    member({ name: "vol", flag: "M" }),
    member({ name: "what", flag: "Z" }),
  ];
  for (const bytes of refused) await assertRejects(() => read(bytes, END), UnsupportedError);
  assertEquals((await read(member({ name: "label", flag: "V" }), member({ name: "a" }), END)).length, 1);
});

Deno.test("tar: headers that are none are errors", async () => {
  const a = member({ name: "a" });
  a[0] = 98;
  await assertRejects(() => read(a, END), FormatError, "its checksum does not fit (at byte 0)");
  await assertRejects(() => read(member({ name: "" }), END), FormatError, "has no name");
  const negative = Uint8Array.from({ length: 12 }, () => 0xff);
  await assertRejects(
    () => read(member({ name: "a", size: negative }), END),
    FormatError,
    "size in a header is -1",
  );
  await assertRejects(
    () => read(member({ name: "a", size: encoder.encode("12x") }), END),
    FormatError,
    "no number",
  );
  await assertRejects(
    () => read(pax({ size: "-5" }), member({ name: "a" }), END),
    FormatError,
    "size of a member",
  );
  await assertRejects(
    () => read(pax({ size: "many" }), member({ name: "a" }), END),
    FormatError,
    "no number",
  );
  const huge = new Uint8Array(12);
  huge.set([0x80, 0, 0, 0, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  await assertRejects(() => read(member({ name: "a", size: huge }), END), FormatError, "is cut");
  const latin = member({ name: "a" });
  latin.set([0xe9], 0);
  put(latin, 148, `${tarChecksum(latin).toString(8).padStart(6, "0")}\0 `);
  await assertRejects(() => read(latin, END), FormatError, "no UTF-8");
  // What another header replaces may be cut within a character.
  assertEquals((await read(pax({ path: "é" }), latin, END))[0]?.name, "é");
  const long = member({ name: "x", flag: "x", size: 2 ** 21 });
  await assertRejects(
    () => read(long, new Uint8Array(2 ** 21), END),
    FormatError,
    "1048576 at most are read",
  );
});

Deno.test("tar: a checksum over signed bytes fits too", async () => {
  const signed = member({ name: "é", sum: signedTarChecksum });
  assertEquals(signedTarChecksum(signed) === tarChecksum(signed), false);
  assertEquals((await read(signed, END))[0]?.name, "é");
});

Deno.test("tar: numbers are octal or base 256", () => {
  const field = (bytes: readonly number[]) => parseTarNumber(Uint8Array.from(bytes), 0, bytes.length);
  const text = (value: string) => field([...encoder.encode(value)]);
  assertEquals([text("0000644\0"), text("   644 \0"), text("777"), text("\0\0\0"), text("        ")], [
    0o644,
    0o644,
    0o777,
    0,
    0,
  ]);
  assertEquals([text("8"), text("1 2"), text("-1"), text("0x1")], [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(field([0x80, 0, 0, 0, 2, 0, 0, 0, 0]), 2 ** 33);
  assertEquals(field([0xff, 0xff, 0xff, 0xfe]), -2);
  assertEquals(field([0x80, 0x20, 0, 0, 0, 0, 0, 0]), undefined);
});

Deno.test("tar: records of pax headers are exact", () => {
  const fail = (detail: string, at: number) => new Error(`${detail} at ${at}`);
  const parse = (text: string) => [...parsePaxRecords(encoder.encode(text), fail)];
  assertEquals(
    parse("6 a=b\n11 path=ü\n"),
    [["a", "b"], ["path", "ü"]],
  );
  for (
    const text of [
      "5 a=b\n",
      "7 a=b\n",
      "6 a=b",
      "6 =bb\n",
      "x a=b\n",
      "6 abb\n",
      "0 a=b\n",
      "99999999999 a=b\n",
      " 6 a=b\n",
    ]
  ) {
    assertThrows(() => parse(text), Error, "no record at 0");
  }
  for (const length of [1, 88, 89, 90, 91, 92, 93, 94, 95, 96, 989, 990, 991, 992, 993, 994]) {
    const records = new Map([["path", "n".repeat(length)]]);
    assertEquals(parsePaxRecords(formatPaxRecords(records), fail), records);
  }
});
