import { assertEquals } from "@std/assert";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { MemoryStore } from "@lade/core";
import { ChecksumMismatchError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { openFormat } from "../formats/open_format.ts";

const ROWS = new TextEncoder().encode("a,b\n1,2\n3,4\n");
const BARE = new Uint8Array(zstdCompressSync(ROWS));
const SUMMED = new Uint8Array(zstdCompressSync(ROWS, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }));

async function verify(bytes: Uint8Array, key: string) {
  await using store = new MemoryStore();
  await store.put(key, bytes);
  const { format, target } = await openFormat(store, key);
  return await format.verify(target);
}

Deno.test("formats of text: what is compressed counts the checksums that it bears, and no others", async () => {
  const base = { bytes: ROWS.length, faults: [] };
  assertEquals(await verify(ROWS, "a.csv"), { checked: {}, unchecked: ROWS.length, ...base });
  const gzip = new Uint8Array(gzipSync(ROWS));
  assertEquals(await verify(gzip, "a.csv.gz"), { checked: { "CRC-32 of the gzip data": 1 }, ...base });
  assertEquals(await verify(SUMMED, "a.csv.zst"), { checked: { "XXH64 of a zstd frame": 1 }, ...base });
  assertEquals(await verify(BARE, "a.csv.zst"), { checked: {}, unchecked: BARE.length, ...base });
});

Deno.test("formats of text: a checksum of zstd that does not fit is a fault", async () => {
  const flipped = SUMMED.slice();
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  const { checked, faults } = await verify(flipped, "a.csv.zst");
  assertEquals([checked, faults.length, faults[0] instanceof ChecksumMismatchError], [{}, 1, true]);
});

Deno.test("formats of text: a compressed one is opened by the request that told its format", async () => {
  await using memory = new MemoryStore();
  await memory.put("a.csv.gz", new Uint8Array(gzipSync(ROWS)));
  const store = injectFaults(memory, []);
  const { format, target } = await openFormat(store, "a.csv.gz");
  await format.describe(target);
  assertEquals(store.calls.length, 1);
});
