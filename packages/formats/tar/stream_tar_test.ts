import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { getBytes, MemoryStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import { decompress } from "../source/decompress.ts";
import { streamTar } from "./stream_tar.ts";
import { TarWriter } from "./tar_writer.ts";

const SIZE = 3 * 2 ** 20;

async function archive(size = SIZE): Promise<MemoryStore> {
  const store = new MemoryStore();
  await using writer = await TarWriter.create(store, "a.tar");
  for (const [name, byte] of [["one", 1], ["two", 2]] as const) {
    await writer.add({ name }, new Uint8Array(size).fill(byte));
  }
  await writer.add({ name: "none" }, new Uint8Array(0));
  await writer.close();
  return store;
}

Deno.test("streamTar(): data that is asked for after its member was left is an error, never another member's", async () => {
  await using store = await archive();
  const entries = streamTar(store, "a.tar");
  const one = (await entries.next()).value;
  if (!one) throw new TypeError("there is no member");
  const data = one.stream()[Symbol.asyncIterator]();
  assertEquals((await data.next()).value?.[0], 1);
  const two = (await entries.next()).value;
  await assertRejects(() => Promise.resolve(data.next()), TypeError, "the next member asked for");
  await assertRejects(() => one.bytes(), TypeError, "the next member asked for");
  await assertRejects(async () => await Array.fromAsync(one.stream()), TypeError, "its data was read");
  const whole = await two?.bytes();
  assertEquals([whole?.length, whole?.every((byte) => byte === 2)], [SIZE, true]);
  await assertRejects(async () => await two?.bytes(), TypeError, "its data was read");
  const none = (await entries.next()).value;
  assertEquals((await none?.bytes())?.length, 0);
  assertEquals((await entries.next()).done, true);
});

Deno.test("streamTar(): gzip data with something behind it, cut or damaged is an error; several members are one", async () => {
  await using store = await archive(50_000);
  const { bytes } = await getBytes(store, "a.tar");
  const cut = [bytes.subarray(0, 40_000), bytes.subarray(40_000)];
  const zipped = cut.map((part) => new Uint8Array(gzipSync(part, { level: 0 })));
  const whole = new Uint8Array(zipped.flatMap((part) => [...part]));
  const namesOf = async (stored: Uint8Array) => {
    await store.put("b.tar.gz", stored);
    const names: string[] = [];
    for await (const { member } of streamTar(store, "b.tar.gz")) names.push(member.name);
    return names;
  };
  assertEquals(await namesOf(whole), ["one", "two", "none"]);
  const behind = new Uint8Array(whole.length + 9);
  behind.set(whole);
  // Zeros are what the decompressor passes over by itself.
  for (const byte of [7, 0]) {
    behind.fill(byte, whole.length);
    await assertRejects(() => namesOf(behind), FormatError);
  }
  await assertRejects(() => namesOf(whole.slice(0, -1)), FormatError);
  const sum = whole.length - 6;
  await assertRejects(() => namesOf(whole.with(sum, (whole[sum] ?? 0) ^ 1)), FormatError);
});

Deno.test("decompress(): an error of the bytes themselves stays as it is", async () => {
  const error = new UnavailableError({ operation: "get", uri: "memory://k", detail: "it broke off" });
  const stored = async function* () {
    yield new Uint8Array(gzipSync(new Uint8Array(100_000).map((_, index) => index * 7), { level: 0 })).slice(
      0,
      50_000,
    );
    await Promise.resolve();
    throw error;
  };
  const compressed = { stored: stored(), compression: "gzip", uri: "memory://k" } as const;
  const thrown = await assertRejects(() => Array.fromAsync(decompress(compressed)));
  assertEquals(thrown, error);
});
