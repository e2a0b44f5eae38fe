import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { QuotaExceededError, StoreError, UnsupportedError } from "@lade/core/errors";
import fc from "fast-check";
import { type DType, layoutOf } from "../array/dtype.ts";
import type { NdArray } from "../array/nd_array.ts";
import { stringArray } from "../npy/mod.ts";
import { openNpz, writeNpz } from "../npz/mod.ts";
import { openSafetensors } from "../safetensors/safetensors_file.ts";
import { convert } from "./convert.ts";
import { npzToSafetensors } from "./npz_to_safetensors.ts";

const DTYPES: readonly DType[] = ["bool", "uint8", "int16", "float16", "uint32", "float64", "complex64"];

/** An array whose elements are numbered from 0 in the order in which they are named. */
function arrayOf(dtype: DType, shape: readonly number[], order: "C" | "F"): NdArray {
  const count = shape.reduce((product, length) => product * length, 1);
  const { bits, view } = layoutOf(dtype);
  const data = view(new ArrayBuffer(count * bits / 8), 0, count * bits / 8);
  const width = data.length / Math.max(1, count);
  for (let at = 0; at < count; at++) {
    let [place, rest] = [0, at];
    // The first index is the last digit of a place in Fortran order.
    const strides = shape.map((_, dimension) =>
      shape.slice(0, dimension).reduce((product, length) => product * length, 1)
    );
    for (let dimension = shape.length - 1; dimension >= 0; dimension--) {
      const length = shape[dimension] ?? 1;
      place += (rest % length) * (strides[dimension] ?? 1);
      rest = Math.floor(rest / length);
    }
    const value = dtype === "bool" ? at % 2 : at % 250;
    for (let part = 0; part < width; part++) {
      data[(order === "C" ? at : place) * width + part] = value + part as never;
    }
  }
  return { dtype, shape, order, data };
}

Deno.test("npzToSafetensors: random arrays come out in C order, under their names", async () => {
  const one = fc.record({
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    order: fc.constantFrom("C" as const, "F" as const),
  });
  await fc.assert(fc.asyncProperty(
    fc.array(one, { maxLength: 5 }),
    fc.constantFrom("stored" as const, "deflate" as const),
    async (arrays, compression) => {
      await using store = new MemoryStore();
      const named = (order?: "C") =>
        Object.fromEntries(
          arrays.map((array, at) => [`a/${at}é`, arrayOf(array.dtype, array.shape, order ?? array.order)]),
        );
      await writeNpz(store, "a.npz", named(), { compression });
      await npzToSafetensors(await openNpz(store, "a.npz"), store, "a.safetensors", {
        metadata: { from: "npz" },
      });
      const file = await openSafetensors(store, "a.safetensors");
      assertEquals(file.metadata, { from: "npz" });
      assertEquals(Object.fromEntries(await file.readAll()), named("C"));
    },
  ));
});

Deno.test("npzToSafetensors: what it cannot hold is refused before anything is written", async () => {
  await using store = new MemoryStore();
  const a = arrayOf("float64", [3], "C");
  const pair = {
    ...arrayOf("complex64", [1], "C"),
    dtype: "complex128" as const,
    data: Float64Array.of(1, 2),
  };
  for (
    const [name, array, message] of [
      ["t", stringArray(["x"]), 'no dtype for the array "t" of <U1'],
      ["z", pair, 'no dtype for the array "z" of <c16'],
    ] as const
  ) {
    await writeNpz(store, "a.npz", { a, [name]: array });
    const npz = await openNpz(store, "a.npz");
    await assertRejects(() => npzToSafetensors(npz, store, "m"), UnsupportedError, message);
    await npzToSafetensors(npz, store, "m", { names: ["a"] });
    assertEquals((await openSafetensors(store, "m")).tensors.size, 1);
    await store.delete("m");
  }
  await writeNpz(store, "a.npz", { a }, { compression: "deflate" });
  const npz = await openNpz(store, "a.npz");
  await assertRejects(
    () => npzToSafetensors(npz, store, "m", { maxSize: 9 }),
    QuotaExceededError,
    "more than 9",
  );
  assertEquals(await Array.fromAsync(store.list(), ({ key }) => key), ["a.npz"]);
});

Deno.test("npzToSafetensors: a damaged member leaves nothing behind", async () => {
  await using store = new MemoryStore();
  await writeNpz(store, "a.npz", { a: arrayOf("uint8", [1000], "C"), b: arrayOf("uint8", [1000], "C") });
  const bytes = (await getBytes(store, "a.npz")).bytes.slice();
  bytes[bytes.length - 500] = (bytes[bytes.length - 500] ?? 0) ^ 1;
  await store.put("a.npz", bytes);
  const npz = await openNpz(store, "a.npz");
  const seen: string[] = [];
  await assertRejects(
    () => npzToSafetensors(npz, store, "m", { onArray: (name) => seen.push(name) }),
    StoreError,
    "CRC-32",
  );
  assertEquals(seen, ["a"]);
  assertEquals(await Array.fromAsync(store.list(), ({ key }) => key), ["a.npz"]);
});

Deno.test("convert: npz to safetensors, and nothing that would not be done", async () => {
  await using store = new MemoryStore();
  const a = arrayOf("float32", [2, 3], "C");
  await writeNpz(store, "a.npz", { a, b: arrayOf("float32", [2, 3], "F") });
  let bytes = 0;
  const onBytes = (count: number) => bytes += count;
  const to = { store, key: "a.safetensors" };
  assertEquals(await convert({ store, key: "a.npz" }, to, { onBytes }), {
    from: "npz",
    to: "safetensors",
    counts: { arrays: 2 },
  });
  assertEquals(bytes, 48);
  assertEquals(await (await openSafetensors(store, "a.safetensors")).read("b"), a);
  for (const options of [{ compression: "zstd" }, { groupRows: 5 }, { schema: { fields: [] } }]) {
    await assertRejects(
      () => convert({ store, key: "a.npz" }, to, options),
      UnsupportedError,
      "safetensors has no",
    );
  }
  const packed = { store, key: "a.safetensors.gz" };
  await assertRejects(
    () => convert({ store, key: "a.npz" }, packed),
    UnsupportedError,
    "not compressed as a whole",
  );
});
