import { deflateRawSync } from "node:zlib";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { crc32, getBytes, MemoryStore } from "@lade/core";
import { QuotaExceededError, StoreError, UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/mod.ts";
import { encodeHeader } from "../npy/encode_header.ts";
import { parseLiteral } from "../npy/parse_literal.ts";
import type { NpyArray } from "../npy/mod.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { hex, SAVEZ, SAVEZ_COMPRESSED } from "../testing/npz_golden.ts";
import { createNpzWriter, openNpz, readNpz, writeNpz } from "./mod.ts";
import { directoryHeader, endRecords, localHeader } from "./zip_records.ts";

const A: NpyArray = { dtype: "uint8", shape: [3], order: "C", data: Uint8Array.of(0, 1, 2) };

async function stored(bytes: Uint8Array): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.put("a.npz", bytes);
  return store;
}

/** A member as both of its headers have it. */
interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What both headers say that is not so. */
  readonly changes?: Partial<{ crc32: number; method: 0 | 8; size: number; offset: number }>;
  /** What its own header says that the directory does not. */
  readonly own?: string;
}

/** An archive of these members, and what its end says. */
function archiveOf(
  members: readonly Member[],
  end: { readonly count?: number; readonly hole?: number } = {},
) {
  const written: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes, changes = {}, own = name } of members) {
    const { length: size } = bytes;
    const base = { method: 0 as const, crc32: crc32(bytes), size, storedSize: size, offset, later: false };
    const member = { ...base, ...changes };
    const header = localHeader({ ...member, name: new TextEncoder().encode(own), offset });
    written.push(header, bytes);
    directory.push(directoryHeader({ ...member, name: new TextEncoder().encode(name) }));
    offset += header.length + size;
  }
  const { count = members.length, hole = 0 } = end;
  const length = directory.reduce((sum, each) => sum + each.length, 0);
  // The locator tells where the record of zip64 is.
  const records = endRecords(count, length, offset);
  new DataView(records.buffer).setBigUint64(64, BigInt(offset + length + hole), true);
  return Uint8Array.from(
    [...written, ...directory, new Uint8Array(hole), records].flatMap((each) => [...each]),
  );
}

Deno.test("npz: what the directory says has to be so", async () => {
  const npy = Uint8Array.from([...encodeHeader(parseLiteral("'|u1'"), [3], "C"), 0, 1, 2]);
  const deflated = deflateRawSync(npy);
  const [sum, size] = [crc32(npy), npy.length];
  const packed = (bytes: Uint8Array, changes: Member["changes"] = {}): Member[] => [
    { name: "a.npy", bytes, changes: { method: 8, crc32: sum, size, ...changes } },
  ];
  const plain: Member = { name: "a.npy", bytes: npy };
  for (const members of [[plain], packed(deflated)]) {
    await using store = await stored(archiveOf(members));
    assertEquals(await readNpz(store, "a.npz"), new Map([["a", A]]));
  }
  const trailing = Uint8Array.from([...deflated, 0]);
  for (
    const [bytes, detail] of [
      [archiveOf([plain, { name: "b.npy", bytes: npy, changes: { offset: 0 } }]), "reaches into"],
      [archiveOf([plain, { name: "b.npy", bytes: npy, changes: { offset: 64 } }]), "reaches into"],
      [archiveOf([plain, plain], { count: 1 }), "bytes behind its last member"],
      [archiveOf([plain], { count: 2 }), "its directory of"],
      [archiveOf([plain], { hole: 8 }), "does not fit the archive"],
      [archiveOf([{ ...plain, own: "a.npyx" }]), "another name"],
      [archiveOf([{ ...plain, own: "b.npy" }]), "another name"],
      [archiveOf([{ ...plain, changes: { crc32: sum ^ 1 } }]), "has the CRC-32"],
      [archiveOf(packed(deflated, { crc32: sum ^ 1 })), "has the CRC-32"],
      [archiveOf(packed(deflated, { size: size - 1 })), `more than the ${size - 1} bytes`],
      [
        archiveOf(packed(deflated, { size: size + 1 })),
        `has ${size} bytes, and the directory says ${size + 1}`,
      ],
      [archiveOf(packed(trailing)), "is followed by other bytes"],
      [archiveOf(packed(deflated.subarray(0, -1))), "is cut or damaged"],
      [archiveOf([plain, { name: "note.txt", bytes: npy, changes: { crc32: 0 } }]), "has the CRC-32"],
    ] as const
  ) {
    await using store = await stored(bytes);
    await assertRejects(() => readNpz(store, "a.npz"), FormatError, detail);
  }
});

Deno.test("npz: names that come twice or lead elsewhere, and what is neither stored nor deflated, are refused", async () => {
  const npy = Uint8Array.from([...encodeHeader(parseLiteral("'|u1'"), [1], "C"), 0]);
  for (
    const [names, detail] of [
      [["a.npy", "a.npy"], "two members have the name"],
      [["../a.npy"], "it leads to a place outside"],
      [["/a.npy"], "it leads to a place outside"],
      [["C:a.npy"], "it leads to a place outside"],
      [["b/../../a.npy"], "it leads to a place outside"],
      [["a\\b.npy"], "a NUL or a backslash"],
      [["a\0.npy"], "a NUL or a backslash"],
      [[""], "it is empty"],
      [[], "cannot have"],
    ] as const
  ) {
    const bytes = names.length === 0 ? bomb() : archiveOf(names.map((name) => ({ name, bytes: npy })));
    await using store = await stored(bytes);
    await assertRejects(() => openNpz(store, "a.npz"), FormatError, detail);
  }
  for (const [flags, method, detail] of [[1, 0, "encrypted"], [0, 12, "compressed by method 12"]] as const) {
    const bytes = SAVEZ.slice();
    const at = bytes.length - 73;
    bytes[at + 8] = flags;
    bytes[at + 10] = method;
    await using store = await stored(bytes);
    await assertRejects(() => openNpz(store, "a.npz"), UnsupportedError, detail);
  }
});

/** An archive that says that a terabyte comes of ten bytes. */
function bomb(): Uint8Array {
  const member = {
    name: new TextEncoder().encode("a.npy"),
    method: 8 as const,
    size: 2 ** 40,
    storedSize: 10,
    crc32: 0,
    offset: 0,
    later: false,
  };
  const header = localHeader(member);
  const directory = directoryHeader(member);
  const end = endRecords(1, directory.length, header.length + 10);
  return Uint8Array.from([...header, ...new Uint8Array(10), ...directory, ...end]);
}

Deno.test("npz: a deflated member larger than is wanted is refused before memory is taken", async () => {
  await using store = new MemoryStore();
  await writeNpz(store, "a.npz", { a: { ...A, shape: [5000], data: new Uint8Array(5000) } }, {
    compression: "deflate",
  });
  await assertRejects(() => readNpz(store, "a.npz", { maxSize: 5127 }), QuotaExceededError, "raise maxSize");
  assertEquals((await readNpz(store, "a.npz", { maxSize: 5128 })).size, 1);
});

Deno.test("npz: what is no archive is refused", async () => {
  for (
    const bytes of [new Uint8Array(0), new Uint8Array(21), new Uint8Array(100_000), SAVEZ.subarray(0, 100)]
  ) {
    await using store = await stored(bytes);
    await assertRejects(() => openNpz(store, "a.npz"), FormatError, "no zip archive");
  }
  // A comment, also one that has the mark in it, is none of its business.
  const comment = [...hex("504b0506"), ...new Uint8Array(70)];
  const bytes = Uint8Array.from([...SAVEZ, ...comment]);
  bytes[SAVEZ.length - 2] = comment.length;
  await using store = await stored(bytes);
  assertEquals((await readNpz(store, "a.npz")).get("a"), A);
});

/** Damage that is not found changes nothing that is read. */
async function assertNothingElseIsRead(whole: Uint8Array): Promise<void> {
  await using sound = await stored(whole);
  const arrays = await readNpz(sound, "a.npz");
  await assertDamageIsFound(whole, {
    key: "a.npz",
    read: async (store, key) => {
      const read = await readNpz(store, key);
      if (equal(read, arrays)) throw new FormatError({ operation: "read", uri: key, detail: "as it was" });
    },
  });
}

function equal(one: unknown, other: unknown): boolean {
  try {
    assertEquals(one, other);
    return true;
  } catch {
    return false;
  }
}

Deno.test("npz: whatever is flipped, cut or added, nothing is read but what was written", async () => {
  await assertNothingElseIsRead(SAVEZ);
  await assertNothingElseIsRead(SAVEZ_COMPRESSED);
  for (const compression of ["stored", "deflate"] as const) {
    await using store = new MemoryStore();
    await writeNpz(store, "a.npz", { a: A }, { compression });
    await assertNothingElseIsRead((await getBytes(store, "a.npz")).bytes);
    const writer = await createNpzWriter(store, "b.npz", { compression });
    const array = await writer.createArray("a", { dtype: "uint8", shape: [3] });
    await array.write(A.data);
    await array.close();
    await writer.close();
    await assertNothingElseIsRead((await getBytes(store, "b.npz")).bytes);
  }
});

Deno.test("npz: sizes, sums, places and marks of both headers and of zip64 are compared", async () => {
  await using store = new MemoryStore();
  await writeNpz(store, "a.npz", { a: A });
  const whole = (await getBytes(store, "a.npz")).bytes;
  const directory = whole.length - 98 - 79;
  const end = whole.length - 98;
  const at = (start: number, ...offsets: readonly number[]) => offsets.map((offset) => start + offset);
  for (
    const place of [
      // Mark, flags, method, CRC-32, sizes, lengths, name and zip64 of the member's own header.
      ...at(0, 0, 6, 8, 14, 18, 22, 26, 28, 30, 35, 37, 39, 47),
      // The same of the directory, disk and place.
      ...at(directory, 0, 8, 10, 16, 20, 24, 28, 30, 32, 34, 42, 46, 51, 53, 55, 63, 71),
      // The record of zip64, its locator, and the last record.
      ...at(end, 0, 4, 16, 20, 24, 32, 40, 48, 56, 60, 64, 72, 76, 80, 82, 84, 86, 88, 92, 96),
    ]
  ) {
    const bytes = Uint8Array.from(whole, (byte, index) => index === place ? byte ^ 2 : byte);
    await store.put("b.npz", bytes);
    // Other flags may be one that is refused by itself.
    const error = await assertRejects(() => readNpz(store, "b.npz"), StoreError);
    assert(["invalid-format", "unsupported"].includes((error as StoreError).code), `byte ${place}`);
  }
});
