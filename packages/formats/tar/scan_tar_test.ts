import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { injectFaults } from "@lade/testing";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { StoreError, UnsupportedError } from "@lade/core/errors";
import { type SparsePiece, SparseStore } from "../testing/sparse_store.ts";
import { formatTarHeaders, type NewTarMember } from "./format_header.ts";
import { scanTar } from "./scan_tar.ts";
import { streamTar } from "./stream_tar.ts";
import { TarArchive } from "./tar_archive.ts";
import { BLOCK, paddedSize } from "./tar_member.ts";
import { TarWalk } from "./tar_walk.ts";
import { TarWriter } from "./tar_writer.ts";

/** An archive of which only the headers are made. */
function sparse(members: readonly NewTarMember[]): SparseStore {
  const pieces: SparsePiece[] = [];
  let offset = 0;
  for (const member of members) {
    const bytes = formatTarHeaders(member);
    pieces.push({ offset, bytes });
    offset += bytes.length + paddedSize(member.size ?? 0);
  }
  pieces.push({ offset, bytes: new Uint8Array(2 * BLOCK) });
  return new SparseStore({ "a.tar": { size: offset + 2 * BLOCK, pieces } });
}

Deno.test("scanTar(): of 10 GiB in large members a block is read for each", async () => {
  const members = Array.from({ length: 10_240 }, (_, index) => ({ name: `${index}.jpg`, size: 2 ** 20 }));
  await using store = sparse(members);
  let count = 0;
  for await (const { name, size } of scanTar(store, "a.tar")) {
    assertEquals({ name, size }, members[count]);
    count++;
  }
  assertEquals(count, 10_240);
  // One for each, of which the first is of 64 KiB, and one for the end.
  assertEquals(store.ranges.length, 10_240 + 1);
  assert(store.bytesAsked <= 0.001 * 10_240 * 2 ** 20 + 2 ** 16, `${store.bytesAsked} bytes`);
});

Deno.test("scanTar(): small members behind a large one come with one request", async () => {
  const members = Array.from({ length: 300 }, (_, index) => [
    { name: `${index}.jpg`, size: 150_000, mtime: 1.5 },
    { name: `${index}.cls`, size: 2 },
    { name: `${index}.json`, size: 600 },
  ]).flat();
  await using store = sparse(members);
  assertEquals(
    (await Array.fromAsync(scanTar(store, "a.tar"))).map(({ name }) => name),
    members.map(({ name }) => name),
  );
  assert(store.ranges.length <= 305, `${store.ranges.length} requests`);
  assert(store.bytesAsked <= 300 * 8 * BLOCK + 2 ** 17, `${store.bytesAsked} bytes`);
});

Deno.test("scanTar(): small members are read in order by large requests", async () => {
  const members = Array.from({ length: 20_000 }, (_, index) => ({ name: `${index}`, size: 1000 }));
  await using store = sparse(members);
  assertEquals((await Array.fromAsync(scanTar(store, "a.tar"))).length, 20_000);
  assert(store.ranges.length <= 20, `${store.ranges.length} requests`);
  assert(store.bytesAsked <= 1.5 * 20_000 * 1536, `${store.bytesAsked} bytes`);
});

Deno.test("scanTar(): a stream of small members is left for a large one", async () => {
  const small = Array.from({ length: 5000 }, (_, index) => ({ name: `${index}`, size: 1000 }));
  await using store = sparse([...small, { name: "large", size: 2 ** 34 }, ...small]);
  assertEquals((await Array.fromAsync(scanTar(store, "a.tar"))).length, 10_001);
  assert(store.bytesAsked <= 2 ** 29, `${store.bytesAsked} bytes`);
});

Deno.test("streamTar(): large data that nobody reads is not asked for", async () => {
  await using store = sparse([{ name: "large", size: 2 ** 34 }, { name: "small", size: 10 }]);
  const names = [];
  for await (const { member } of streamTar(store, "a.tar")) names.push(member.name);
  assertEquals(names, ["large", "small"]);
  assert(store.bytesAsked <= 2 ** 29, `${store.bytesAsked} bytes`);
});

Deno.test("streamTar(): data is read once, in pieces or whole, until the next member", async () => {
  await using store = new MemoryStore();
  await using writer = await TarWriter.create(store, "a.tar");
  const data = Uint8Array.from({ length: 300_000 }, (_, index) => index * 7);
  for (const name of ["a", "b", "c"]) await writer.add({ name }, data);
  await writer.close();
  const entries = [];
  for await (const entry of streamTar(store, "a.tar")) {
    const [before] = entries;
    if (before) await assertRejects(() => before.bytes(), TypeError, 'member "a"');
    entries.push(entry);
    if (entry.member.name === "b") continue;
    const pieces = [];
    for await (const piece of entry.stream()) pieces.push(piece.slice());
    assertEquals(new Uint8Array(pieces.flatMap((piece) => [...piece])), data);
    await assertRejects(() => entry.bytes(), TypeError, "its data was read");
  }
  assertEquals(entries.length, 3);
});

Deno.test("TarArchive: members are read by themselves, and near ones by one request", async () => {
  await using store = injectFaults(new MemoryStore(), []);
  await using writer = await TarWriter.create(store, "a.tar");
  for (const name of ["a", "b", "c"]) await writer.add({ name }, new TextEncoder().encode(`data of ${name}`));
  await writer.add({ name: "large" }, new Uint8Array(200_000).fill(7));
  await writer.add({ name: "a" }, new TextEncoder().encode("newer"));
  await writer.close();
  const archive = await TarArchive.open(store, "a.tar");
  const [b, c, large] = ["b", "c", "large"].flatMap((name) => archive.get(name) ?? []);
  assert(b && c && large);
  const read = await archive.read([c, b]);
  assertEquals(read.map((bytes) => new TextDecoder().decode(bytes)), ["data of c", "data of b"]);
  assertEquals(await archive.open(large).read(199_990, 10), new Uint8Array(10).fill(7));
  const newer = archive.get("a");
  assertEquals(newer && new TextDecoder().decode(await archive.open(newer).read(0, 5)), "newer");
  assertEquals(archive.get("none"), undefined);
});

Deno.test("tar: compressed archives are read in order, and their damage is found", async () => {
  await using store = new MemoryStore();
  await using writer = await TarWriter.create(store, "a.tar");
  const data = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) >> 3);
  for (const name of ["a", "b"]) await writer.add({ name }, data);
  await writer.close();
  const whole = (await getBytes(store, "a.tar")).bytes;
  const cutInside = whole.subarray(0, whole.length - 60_000);
  for (const [name, compress] of [["a.tgz", gzipSync], ["a.tar.zst", zstdCompressSync]] as const) {
    const stored = new Uint8Array(compress(whole));
    await store.put(name, stored);
    const found = [];
    for await (const entry of streamTar(store, name)) found.push([entry.member.name, await entry.bytes()]);
    assertEquals(found, [["a", data], ["b", data]]);
    assertEquals((await Array.fromAsync(scanTar(store, name))).map(({ name }) => name), ["a", "b"]);
    await assertRejects(() => TarArchive.open(store, name), UnsupportedError, "read it by streamTar()");
    for (
      const damaged of [
        stored.slice(0, -5),
        new Uint8Array([...stored, 1, 2, 3]),
        new Uint8Array(compress(cutInside)),
      ]
    ) {
      await store.put("damaged", damaged);
      await assertRejects(() => Array.fromAsync(scanTar(store, "damaged")), StoreError);
      await assertRejects(async () => {
        for await (const entry of streamTar(store, "damaged")) await entry.bytes();
      }, StoreError);
    }
  }
});

Deno.test("tar: a member of a compressed archive takes no more memory than comes", async () => {
  await using store = new MemoryStore();
  const headers = formatTarHeaders({ name: "huge", size: 2 ** 45 });
  await store.put(
    "a.tar.gz",
    new Uint8Array(gzipSync(new Uint8Array([...headers, ...new Uint8Array(1000)]))),
  );
  await assertRejects(
    async () => {
      for await (const entry of streamTar(store, "a.tar.gz")) await entry.bytes();
    },
    StoreError,
    'member "huge" of 35184372088832 bytes is cut: the archive has 1000 of its bytes',
  );
});

Deno.test("tar: a size that eleven octal digits cannot say is in a pax header", () => {
  for (const size of [8 ** 11 - 1, 8 ** 11, 2 ** 50]) {
    const headers = formatTarHeaders({ name: "huge", size });
    const walk = new TarWalk("memory://a");
    let member;
    while (!member) member = walk.feed(headers.subarray(walk.at, walk.at + walk.length));
    assertEquals([member.size, member.offset], [size, size < 8 ** 11 ? 512 : 1536]);
  }
});
