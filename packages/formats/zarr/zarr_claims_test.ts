import { gzipSync } from "node:zlib";
import { assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { BYTES, sharded, storeOf, v3, withCrc } from "../testing/zarr_objects.ts";
import { openZarrArray } from "./mod.ts";
import { verifyZarr } from "./verify_zarr.ts";

Deno.test("Zarr: a fill value keeps all its digits, and a second transposition is of what the first one made", async () => {
  const text = new TextDecoder().decode(v3({ shape: [2], chunks: [2], type: "int64", fill: 4711 }));
  const fill = new TextEncoder().encode(text.replace("4711", "9007199254740993"));
  const transpose = (order: number[]) => ({ name: "transpose", configuration: { order } });
  const codecs = [transpose([1, 2, 0]), transpose([2, 1, 0]), BYTES];
  await using store = await storeOf({
    "f/zarr.json": fill,
    "t/zarr.json": v3({ shape: [2, 1, 3], chunks: [2, 1, 3], codecs }),
    "t/c/0/0/0": Uint8Array.of(0, 1, 2, 3, 4, 5),
  });
  assertEquals(
    (await (await openZarrArray(store, "f")).read()).data,
    BigInt64Array.of(2n ** 53n + 1n, 2n ** 53n + 1n),
  );
  // Axes (1, 2, 0) in reverse are (0, 2, 1): the axis of length 1 moves, and nothing else does.
  assertEquals((await (await openZarrArray(store, "t")).read()).data, Uint8Array.of(0, 1, 2, 3, 4, 5));
});

Deno.test("Zarr: sizes that a chunk or a shard's index claims, and a chunk outside of the array, are named", async () => {
  const blosc = Uint8Array.fromBase64("AgEzAhAAAAAQAAAAIAAAAAAAAAQAAQAFAAIABgADAAc=");
  const index = withCrc(new Uint8Array(BigUint64Array.of(0n, 8n, 4n, 4n).buffer));
  await using store = await storeOf({
    "b/zarr.json": v3({ shape: [16], chunks: [16], codecs: [BYTES, { name: "blosc" }] }),
    "b/c/0": Uint8Array.of(...blosc, 0),
    "g/zarr.json": v3({ shape: [2 ** 24], chunks: [2 ** 24], codecs: [BYTES, { name: "gzip" }] }),
    "g/c/0": new Uint8Array(gzipSync(new Uint8Array(100))),
    "s/zarr.json": v3({ shape: [8], chunks: [8], codecs: [sharded([4], [BYTES])] }),
    "s/c/0": Uint8Array.of(1, 2, 3, 4, ...index),
    "o/zarr.json": v3({ shape: [4], chunks: [2] }),
    "o/c/1": Uint8Array.of(1, 2),
    "o/c/2": Uint8Array.of(1, 2),
  });
  for (
    const [key, word] of [
      ["b", "claims to take 32 bytes of 33"],
      ["g", "are too few for 16777216"],
      ["s", "its index has a chunk at 0+8, within itself"],
    ] as const
  ) {
    await assertRejects(async () => await (await openZarrArray(store, key)).read(), FormatError, word);
  }
  const { faults } = await verifyZarr(store, "o");
  assertEquals(faults.map(({ message }) => /o\/c\/2.*outside of an array of \[4\]/.test(message)), [true]);
});
