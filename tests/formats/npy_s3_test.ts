import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { createNpyWriter, openNpy, readNpy, writeNpy } from "@lade/formats/npy";
import { createNpzWriter, openNpz, readNpz } from "@lade/formats/npz";
import { openFileStore } from "@lade/fs";
import { noise } from "../s3/noise.ts";
import { openFake, type OpenFakeOptions } from "../s3/open_fake.ts";

const MIB = 2 ** 20;
const QUICK: OpenFakeOptions = { context: { random: () => 0 }, config: { multipart: { partSize: 5 * MIB } } };
const ROWS = { dtype: "uint8" as const, shape: [14, MIB] };

Deno.test("npy on s3:// is written in parts as its rows come, and read by a request for the header and one for rows", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const data = noise(14 * MIB);
  const writer = await createNpyWriter(store, "a.npy", ROWS);
  for (let row = 0; row < 14; row++) await writer.write(data.subarray(row * MIB, (row + 1) * MIB));
  const { crc32c } = await writer.close();
  assertEquals(fake.requests.filter(({ operation }) => operation === "UploadPart").length, 3);
  fake.requests.length = 0;
  const file = await openNpy(store, "a.npy");
  assertEquals((await file.readRows(3, 5)).data, data.subarray(3 * MIB, 5 * MIB));
  assertEquals(fake.requests.map(({ operation }) => operation), ["GetObject", "GetObject"]);
  assertEquals((await readNpy(store, "a.npy", { crc32c })).data, data);
  await writeNpy(store, "a.npy", { ...ROWS, order: "C", data: data.toReversed() });
  await assertRejects(() => file.readRows(3, 5), PreconditionFailedError);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("npz on s3:// is written in parts, and an array is read by a request for the directory and two for it", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const data = noise(14 * MIB);
  for (const compression of ["stored", "deflate"] as const) {
    const writer = await createNpzWriter(store, "a.npz", { compression });
    const rows = await writer.createArray("rows", ROWS);
    for (let row = 0; row < 14; row++) await rows.write(data.subarray(row * MIB, (row + 1) * MIB));
    await rows.close();
    await writer.write("whole", { ...ROWS, order: "C", data });
    await writer.close();
    fake.requests.length = 0;
    const file = await openNpz(store, "a.npz");
    const array = await file.open("whole");
    assertEquals((await array.readRows(3, 5)).data, data.subarray(3 * MIB, 5 * MIB));
    if (compression === "stored") assertEquals(fake.requests.length, 3);
    const arrays = await readNpz(store, "a.npz");
    assertEquals([...arrays.keys()], ["rows", "whole"]);
    for (const each of arrays.values()) assertEquals(each.data, data);
  }
  assertEquals(store.context.budget.held, 0);
});

Deno.test("npy and npz on s3://: what is given up leaves no upload behind", async () => {
  await using opened = await openFake(QUICK);
  const { fake, store } = opened;
  const data = noise(12 * MIB);
  const npy = await createNpyWriter(store, "a.npy", { dtype: "uint8", shape: [13 * MIB] });
  await npy.write(data);
  await assertRejects(() => npy.close(), RangeError);
  for (const compression of ["stored", "deflate"] as const) {
    const npz = await createNpzWriter(store, "a.npz", { compression });
    const array = await npz.createArray("a", { dtype: "uint8", shape: [13 * MIB] });
    await array.write(data);
    await assertRejects(() => array.close(), RangeError);
  }
  const count = (wanted: string) => fake.requests.filter(({ operation }) => operation === wanted).length;
  assertEquals(count("AbortMultipartUpload"), count("CreateMultipartUpload"));
  assertEquals(await Array.fromAsync(store.list()), []);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("npy on file://: plain and compressed, into the caller's memory", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root, { context: createStoreContext() });
    const data = Float64Array.from({ length: 500_000 }, (_, index) => index / 8);
    const array = { dtype: "float64" as const, shape: [500, 1000], order: "C" as const, data };
    const into = new Float64Array(data.length);
    for (const zstd of [false, true]) {
      const { key, crc32c } = await writeNpy(store, "d/a.npy", array, { zstd });
      into.fill(0);
      assertEquals((await readNpy(store, key, { into, crc32c })).data, data);
      assertEquals((await readNpy(store, key, { rows: { from: 499 } })).data, data.subarray(499_000));
    }
    assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["d/a.npy", "d/a.npy.zst"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
