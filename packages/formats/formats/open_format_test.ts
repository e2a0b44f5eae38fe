import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { MemoryStore } from "@lade/core";
import { PreconditionFailedError, QuotaExceededError } from "@lade/core/errors";
import { type FaultyStore, injectFaults } from "@lade/testing";
import { openFormat } from "./open_format.ts";

const ROWS = new TextEncoder().encode(`id,name\n${"1,some name\n".repeat(20_000)}`);

async function counting(objects: Readonly<Record<string, Uint8Array>>): Promise<FaultyStore> {
  const store = injectFaults(new MemoryStore(), []);
  for (const [key, bytes] of Object.entries(objects)) await store.put(key, bytes);
  return store;
}

function gets({ calls }: FaultyStore): number {
  return calls.filter(({ operation }) => operation === "get").length;
}

Deno.test("openFormat(): what was read to find out the format is not read again", async () => {
  await using store = await counting({ "x.csv": ROWS });
  const { format, target, compression } = await openFormat(store, "x.csv");
  assertEquals([format.name, compression], ["csv", undefined]);
  const source = await target.open();
  assertEquals(await source.read(0, 65536), ROWS.slice(0, 65536));
  assertEquals(gets(store), 1);
  await target.open("end");
  assertEquals(gets(store), 2);
});

Deno.test("openFormat(): all that is read is of one version", async () => {
  await using store = await counting({ "x.csv": ROWS });
  const { target } = await openFormat(store, "x.csv");
  await store.put("x.csv", ROWS.toReversed());
  await assertRejects(async () => await (await target.open()).read(100_000, 10), PreconditionFailedError);
  await assertRejects(() => target.open("end"), PreconditionFailedError);
});

Deno.test("openFormat(): what is compressed is opened as what it holds, within a bound, or comes in order", async () => {
  await using store = await counting({ "x.csv.gz": new Uint8Array(gzipSync(ROWS)) });
  const { target, compression } = await openFormat(store, "x.csv.gz");
  assertEquals(compression, "gzip");
  const [source, again] = await Promise.all([target.open(), target.open("end")]);
  assertEquals(source === again, true);
  assertEquals([source.size, await source.read(0, 100)], [ROWS.length, ROWS.slice(0, 100)]);
  const pieces: number[] = [];
  for await (const piece of target.stream?.() ?? []) for (const byte of piece) pieces.push(byte);
  assertEquals(Uint8Array.from(pieces), ROWS);
  const bounded = await openFormat(store, "x.csv.gz", { maxSize: 1000 });
  await assertRejects(() => bounded.target.open(), QuotaExceededError, "store it decompressed");
});
