import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import fc from "fast-check";
import { assertDamageIsFound } from "../testing/damage.ts";
import type { NewTarMember } from "./format_header.ts";
import { scanTar } from "./scan_tar.ts";
import { streamTar } from "./stream_tar.ts";
import { TarArchive } from "./tar_archive.ts";
import { BLOCK, paddedSize } from "./tar_member.ts";
import { tarSizeOf, TarWriter } from "./tar_writer.ts";

interface Given extends NewTarMember {
  readonly data?: Uint8Array;
}

async function write(store: MemoryStore, members: readonly Given[], key = "a.tar"): Promise<Uint8Array> {
  await using writer = await TarWriter.create(store, key);
  for (const { data, ...member } of members) await writer.add(member, data);
  await writer.close();
  return (await getBytes(store, key)).bytes;
}

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("TarWriter: the bytes of a small archive", async () => {
  await using store = new MemoryStore();
  const bytes = await write(store, [{ name: "a/b.txt", data: text("hello") }]);
  assertEquals(bytes.length, 4 * BLOCK);
  const header = new TextDecoder().decode(bytes.subarray(0, 512)).replaceAll("\0", "~");
  const expected = "a/b.txt".padEnd(100, "~") + "0000644~0000000~0000000~00000000005~00000000000~" +
    "007142~ 0" + "~".repeat(100) + "ustar~00";
  assertEquals(header, expected.padEnd(512, "~"));
  assertEquals(new TextDecoder().decode(bytes.subarray(512, 517)), "hello");
  assertEquals(bytes.subarray(517), new Uint8Array(3 * BLOCK - 5));
});

Deno.test("TarWriter: pax says what ustar cannot", async () => {
  await using store = new MemoryStore();
  const members: Given[] = [
    { name: `${"d".repeat(150)}/${"f".repeat(99)}`, data: text("1") },
    { name: "n".repeat(101) },
    { name: "é☃𝔸", userName: "ü", groupName: "g".repeat(40) },
    { name: "t", mtime: 1.5, uid: 2 ** 31, gid: 2 ** 22 },
    { name: "past", mtime: -3 },
    { name: "link", type: "symlink", linkName: `../${"l".repeat(120)}` },
    { name: "d".repeat(99), type: "directory", mode: 0o700 },
    { name: "hard", type: "hardlink", linkName: "t" },
    { name: "pipe", type: "fifo" },
  ];
  const bytes = await write(store, members);
  const found = await Array.fromAsync(scanTar(store, "a.tar"));
  assertEquals(
    found.map(({ name, mtime, uid, gid, type }) => ({ name, mtime, uid, gid, type })),
    members.map(({ name, mtime = 0, uid = 0, gid = 0, type = "file" }) => ({ name, mtime, uid, gid, type })),
  );
  assertEquals([found[2]?.userName, found[2]?.groupName], ["ü", "g".repeat(40)]);
  assertEquals(found.map(({ linkName }) => linkName ?? ""), members.map(({ linkName }) => linkName ?? ""));
  const hasPax = found.map(({ offset, headerOffset }) => offset - headerOffset > BLOCK);
  assertEquals(hasPax, [false, true, true, true, true, true, false, false, false]);
  assertEquals(
    members.reduce(
      (sum, { data, ...member }) => sum + tarSizeOf({ ...member, size: data?.length ?? 0 }),
      1024,
    ),
    bytes.length,
  );
});

Deno.test("TarWriter: what it says of a member is what is read, whatever the names", async () => {
  const name = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 90 }), {
    minLength: 1,
    maxLength: 4,
  })
    .map((parts) => parts.map((part) => part.replace(/[\0/]/g, "_")).join("/"))
    .filter((path) => !path.split("/").includes("..") && path.isWellFormed());
  const member = fc.record({
    name,
    data: fc.uint8Array({ maxLength: 1500 }),
    mtime: fc.integer({ min: -(2 ** 33), max: 2 ** 34 }),
    uid: fc.nat(2 ** 31),
    mode: fc.nat(0o7777),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(member, { maxLength: 6 }), async (members) => {
      await using store = new MemoryStore();
      const writer = await TarWriter.create(store, "a.tar");
      const written = [];
      for (const { data, ...rest } of members) {
        written.push(
          await writer.add(
            { ...rest, size: data.length },
            ReadableStream.from([data.subarray(0, 7), data.subarray(7)]),
          ),
        );
      }
      await writer.close();
      assertEquals(await Array.fromAsync(scanTar(store, "a.tar")), written);
      const read = [];
      for await (const entry of streamTar(store, "a.tar")) read.push(await entry.bytes());
      assertEquals(read, members.map(({ data }) => data));
      const archive = await TarArchive.open(store, "a.tar");
      assertEquals(await archive.read(archive.members), members.map(({ data }) => data));
    }),
    { numRuns: 50 },
  );
});

Deno.test("TarWriter: equal members make equal archives", async () => {
  await using store = new MemoryStore();
  const members = [{ name: "a", data: text("1") }, { name: "é", data: text("2") }];
  assertEquals(await write(store, members, "1"), await write(store, members, "2"));
});

Deno.test("TarWriter: data of another length is an error, and nothing is left", async () => {
  for (const length of [0, 3, 5, 4000]) {
    await using store = new MemoryStore();
    await using writer = await TarWriter.create(store, "a.tar");
    await writer.add({ name: "a" }, text("kept"));
    const pieces = ReadableStream.from([new Uint8Array(length)]);
    await assertRejects(
      () => writer.add({ name: "b", size: 4 }, pieces),
      RangeError,
      'member "b" of 4 bytes',
    );
    await assertRejects(() => writer.close());
    await assertRejects(() => store.head("a.tar"), NotFoundError);
  }
});

Deno.test("TarWriter: names and numbers that are none are refused, and the archive goes on", async () => {
  await using store = new MemoryStore();
  await using writer = await TarWriter.create(store, "a.tar");
  for (const name of ["", "/a", "a/", "../a", "a/../b", "..", "a\0b", "\ud800"]) {
    await assertRejects(() => writer.add({ name }), TypeError, "Cannot write member");
  }
  for (
    const wrong of [{ mode: -1 }, { mode: 0o10000 }, { uid: 0.5 }, { gid: NaN }, { size: -1 }, {
      mtime: Infinity,
    }]
  ) {
    await assertRejects(() => writer.add({ name: "a", ...wrong }), RangeError, "Cannot write member");
  }
  await writer.add({ name: "a" });
  await writer.close();
  assertEquals((await Array.fromAsync(scanTar(store, "a.tar"))).length, 1);
});

Deno.test("TarWriter: an archive without members is one", async () => {
  await using store = new MemoryStore();
  assertEquals(await write(store, []), new Uint8Array(2 * BLOCK));
  assertEquals(await Array.fromAsync(scanTar(store, "a.tar")), []);
});

Deno.test("tar: damage of small archives is found, but for what no header covers", async () => {
  await using store = new MemoryStore();
  const members = [{ name: "a", data: text("12345") }, { name: "é", data: text("x".repeat(600)) }];
  const whole = await write(store, members);
  const found = await Array.fromAsync(scanTar(store, "a.tar"));
  const covered = (at: number) => {
    if (at >= whole.length - 2 * BLOCK) return true;
    return !found.some(({ offset, headerOffset, size }) => {
      // Data, what fills its last block, and the content of a pax header have no checksum.
      const isData = at >= offset && at < offset + paddedSize(size);
      return isData || (at >= headerOffset + BLOCK && at < offset - BLOCK);
    });
  };
  // A member that is lost with all that follows it leaves an archive that ends without its blocks of zeros.
  const ends = new Set(
    found.map(({ headerOffset }) => headerOffset).concat(whole.length - 1024, whole.length - 512),
  );
  await assertDamageIsFound(whole, {
    key: "a.tar",
    read: async (damaged, key) => {
      for await (const entry of streamTar(damaged, key)) await entry.bytes();
      await Array.fromAsync(scanTar(damaged, key));
    },
    isUndetectable: ({ what }) => {
      const flipped = /^byte (\d+)/.exec(what);
      // A leading zero of the checksum may as well be a space.
      if (what.endsWith("^ 16") && Number(flipped?.[1]) % BLOCK === 148) return true;
      if (flipped) return !covered(Number(flipped[1]));
      const cut = /^cut to (\d+)/.exec(what);
      return cut ? Number(cut[1]) > 0 && ends.has(Number(cut[1])) : what === "lengthened by 512 zeros";
    },
  });
});
