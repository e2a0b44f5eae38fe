import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import {
  openSafetensors,
  openSafetensorsSet,
  writeSafetensors,
  writeSafetensorsSet,
} from "@lade/formats/safetensors";
import { openFileStore } from "@lade/fs";
import { noise } from "../s3/noise.ts";
import { openFake, type OpenFakeOptions } from "../s3/open_fake.ts";

const MIB = 2 ** 20;
const QUICK: OpenFakeOptions = { context: { random: () => 0 }, config: { multipart: { partSize: 5 * MIB } } };

Deno.test("safetensors on s3:// is written in parts, and read by a request for the header and one for a tensor", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const large = noise(7 * MIB);
  const pieces = async function* () {
    for (let at = 0; at < large.length; at += 300_000) yield large.slice(at, at + 300_000);
  };
  const { size } = await writeSafetensors(store, "m.safetensors", [
    { name: "a", dtype: "int8", shape: [7, MIB], data: large },
    { name: "b", dtype: "int8", shape: [7, MIB], data: pieces },
    { name: "c", dtype: "int8", shape: [100], data: large.subarray(0, 100) },
    { name: "d", dtype: "int8", shape: [100], data: large.subarray(100, 200) },
  ]);
  assertEquals(size, 4096 + 14 * MIB + 200);
  assertEquals(
    fake.requests.filter(({ operation }) => operation === "UploadPart").length,
    3,
  );
  fake.requests.length = 0;
  const file = await openSafetensors(store, "m.safetensors");
  const row = await file.read("b", { rows: { from: 3, to: 4 } });
  assertEquals(new Uint8Array(row.data.buffer), large.slice(3 * MIB, 4 * MIB));
  assertEquals(fake.requests.map(({ operation }) => operation), ["GetObject", "GetObject"]);
  const [c, d] = await file.readMany(["c", "d"]);
  assertEquals([c, d].map((array) => new Uint8Array(array?.data.buffer ?? new ArrayBuffer(0))), [
    large.slice(0, 100),
    large.slice(100, 200),
  ]);
  assertEquals(fake.requests.length, 3);
  assertEquals(new Uint8Array((await file.readAll()).get("a")?.data.buffer ?? new ArrayBuffer(0)), large);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("safetensors on s3://: a file that cannot be written leaves no upload behind", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const data = async function* () {
    for (let count = 0; count < 11; count++) yield noise(MIB);
    throw new Error("the model is gone");
  };
  await assertRejects(
    () => writeSafetensors(store, "m", [{ name: "w", dtype: "uint8", shape: [12 * MIB], data }]),
    Error,
    "the model is gone",
  );
  assertEquals(fake.requests.at(-1)?.operation, "AbortMultipartUpload");
  assertEquals(await Array.fromAsync(store.list()), []);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("safetensors on file://: a file and a set, with attributes that files do not keep left out", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root, { context: createStoreContext() });
    const data = noise(3 * MIB);
    const tensors = ["a", "b", "c"].map((name) => ({
      name,
      dtype: "uint8" as const,
      shape: [3 * MIB],
      data,
    }));
    await writeSafetensorsSet(store, "d/x.safetensors.index.json", tensors, { maxSize: 6 * MIB });
    const set = await openSafetensorsSet(store, "d/x.safetensors.index.json");
    assertEquals(set.fileKeys, ["d/x-00001-of-00002.safetensors", "d/x-00002-of-00002.safetensors"]);
    for (const { data: read } of (await set.readAll()).values()) assertEquals(read, data);
    await set.check();
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
