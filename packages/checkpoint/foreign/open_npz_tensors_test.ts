import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore } from "@lade/core";
import { PreconditionFailedError, QuotaExceededError, UnsupportedError } from "@lade/core/errors";
import { inCOrder, layoutOf, type NdArray } from "@lade/formats/array";
import { encodeNpy, type NpyArray, stringArray } from "@lade/formats/npy";
import { writeNpz } from "@lade/formats/npz";
import { FormatError } from "@lade/formats/errors";
import { exportCheckpoint } from "../export/export_checkpoint.ts";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { loadForeign } from "./load_foreign.ts";

const DTYPES = [
  "bool",
  "int8",
  "uint16",
  "float16",
  "int32",
  "float32",
  "int64",
  "complex64",
  "complex128",
] as const;

function arrayOf(dtype: NdArray["dtype"], shape: readonly number[], order: "C" | "F" = "C"): NdArray {
  const count = shape.reduce((product, length) => product * length, 1);
  const bytes = new Uint8Array(count * layoutOf(dtype).bits / 8).map((_, at) =>
    dtype === "bool" ? at % 2 : at % 251
  );
  return { dtype, shape, order, data: layoutOf(dtype).view(bytes.buffer, 0, bytes.length) };
}

function bytesOf({ data: { buffer, byteOffset, byteLength } }: NdArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function placeOf(bytes: Uint8Array, part: Uint8Array): number {
  return bytes.findIndex((_, from) => part.every((byte, place) => bytes[from + place] === byte));
}

const MATRIX = arrayOf("float32", [6, 4]);

Deno.test("loadForeign() reads arrays of an npz, whole and by parts, however they are stored", async () => {
  const one = fc.record({
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.nat(5), { maxLength: 3 }),
    order: fc.constantFrom("C" as const, "F" as const),
    cut: fc.nat(),
  });
  const compressions = fc.constantFrom("stored" as const, "deflate" as const);
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 4 }), compressions, async (ones, compression) => {
      const store = new MemoryStore();
      const arrays = new Map(
        ones.map(({ dtype, shape, order }, at) => [`m/${at}.é`, arrayOf(dtype, shape, order)]),
      );
      await writeNpz(store, "a/m.npz", arrays, { compression });
      for (const place of ["a/m.npz", "a"]) {
        const foreign = await loadForeign(store, place);
        assertEquals(foreign.kind, "npz");
        assertEquals(
          [...foreign.tensors()],
          [...arrays].map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
        );
        const all = await foreign.loadAll();
        for (const [at, [name, array]] of [...arrays].entries()) {
          const due = inCOrder(array);
          const found = all.get(name);
          assert(found);
          assertEquals(bytesOf(found), due);
          const [rows = 0, ...rest] = array.shape;
          if (array.shape.length === 0) continue;
          const from = (ones[at]?.cut ?? 0) % (rows + 1);
          const part = new Uint8Array(rows === 0 ? 0 : due.length / rows * (rows - from));
          await foreign.load([{ name, offsets: [from, ...rest.map(() => 0)], data: part }]);
          assertEquals(part, due.subarray(due.length - part.length));
        }
      }
    }),
  );
});

Deno.test("loadForeign() reads only what is wanted of an array that is stored, and one that is deflated once", async () => {
  const store = new MemoryStore();
  const large = arrayOf("float64", [1000, 100]);
  await writeNpz(store, "stored.npz", { large });
  const column = new Float64Array(10);
  const target = { name: "large", offsets: [500, 7], shape: [10, 1], data: column };
  const { bytes, bytesRead } = await (await loadForeign(store, "stored.npz")).load([target]);
  assertEquals(bytes, 80);
  assert(bytesRead < 10_000, `${bytesRead}`);
  assertEquals(
    column,
    Float64Array.from({ length: 10 }, (_, row) => Number(large.data[(500 + row) * 100 + 7])),
  );
  await writeNpz(store, "deflated.npz", { large }, { compression: "deflate" });
  const deflated = await loadForeign(store, "deflated.npz");
  assert((await deflated.load([target, { ...target, data: new Float64Array(10) }])).bytesRead > 1000);
  assertEquals((await deflated.load([target])).bytesRead, 0);
  const bounded = await loadForeign(store, "deflated.npz", { maxSize: 1000 });
  await assertRejects(() => bounded.load([target]), QuotaExceededError, "raise maxSize");
});

Deno.test("a damaged array of an npz is told where it is loaded as a whole, and only where its values are asked for", async () => {
  const store = new MemoryStore();
  await writeNpz(store, "m.npz", { a: MATRIX, b: MATRIX });
  const { bytes } = await getBytes(store, "m.npz");
  const at = placeOf(bytes, bytesOf(MATRIX)) + 20;
  await store.put("m.npz", bytes.with(at, 99 ^ (bytes[at] ?? 0)));
  const foreign = await loadForeign(store, "m.npz");
  const refused = await assertRejects(
    () => foreign.loadAll(),
    InvalidCheckpointError,
    "CRC-32 of the archive",
  );
  assertEquals(refused.tensor, "a");
  await foreign.load([{ name: "b", data: new Float32Array(24) }], { verify: true });
  assertEquals((await foreign.loadAll({ verify: false })).size, 2);
  const part = { name: "b", shape: [1, 4], data: new Float32Array(4) };
  await foreign.load([part]);
  await assertRejects(() => foreign.load([part], { verify: true }), TypeError, "load all of it");
});

Deno.test("an array of an npz that is deflated, in Fortran order or big-endian is compared when it is read", async () => {
  const store = new MemoryStore();
  await writeNpz(store, "f.npz", { a: { ...MATRIX, order: "F" } });
  await writeNpz(store, "d.npz", { a: MATRIX }, { compression: "deflate" });
  for (const key of ["f.npz", "d.npz"]) {
    const { bytes } = await getBytes(store, key);
    await (await loadForeign(store, key)).loadAll({ verify: true });
    let told = 0;
    for (let at = 30; at < bytes.length - 60; at += 7) {
      await store.put(key, bytes.with(at, 1 ^ (bytes[at] ?? 0)));
      const due = key === "f.npz" ? inCOrder({ ...MATRIX, order: "F" }) : bytesOf(MATRIX);
      const found = await loadForeign(store, key).then((foreign) => foreign.loadAll()).catch((error) => {
        assert(error instanceof FormatError || error instanceof UnsupportedError, String(error));
        told++;
        return undefined;
      });
      const array = found?.get("a");
      if (array) assertEquals(bytesOf(array), due, `${key} at ${at}`);
    }
    assert(told > 10);
  }
});

/** An array of pickled Python objects, as `numpy.savez(config={...})` writes it. */
function pickled(): Uint8Array {
  const header = encodeNpy({ dtype: "uint8", shape: [], order: "C", data: Uint8Array.of(0) });
  const text = String.fromCharCode(...header).replace("'|u1'", "'|O' ");
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

Deno.test("what an npz has besides numbers is refused, with what to do, until it is left out", async () => {
  const store = new MemoryStore();
  const refused = async (other: Record<string, NpyArray>, message: string) => {
    await writeNpz(store, "m.npz", { a: MATRIX, ...other });
    await assertRejects(() => loadForeign(store, "m.npz"), UnsupportedError, message);
    const foreign = await loadForeign(store, "m.npz", { filter: (name) => name === "a" });
    assertEquals([...(await foreign.loadAll()).keys()], ["a"]);
  };
  await refused(
    { names: stringArray(["x"]) },
    'its array "names" (<U1) are no numbers; leave it out by filter',
  );
  // The description of one element, replaced in place by that of an object.
  const marked = pickled();
  await writeNpz(store, "m.npz", {
    a: MATRIX,
    config: { dtype: "uint8", shape: [], order: "C", data: Uint8Array.of(0) },
  });
  const { bytes } = await getBytes(store, "m.npz");
  const head = encodeNpy({ dtype: "uint8", shape: [], order: "C", data: Uint8Array.of(0) });
  bytes.set(marked, placeOf(bytes, head));
  await store.put("m.npz", bytes);
  const error = await assertRejects(() => loadForeign(store, "m.npz"), UnsupportedError, "which are pickled");
  assert(
    error.message.includes("nothing is ever unpickled") && error.message.includes("leave it out by filter"),
  );
  const foreign = await loadForeign(store, "m.npz", { filter: (name) => name !== "config" });
  assertEquals([...foreign.tensors()].map(({ name }) => name), ["a"]);
});

Deno.test("an npz that is written anew while it is open is an error, and of two in a folder one has to be named", async () => {
  const store = new MemoryStore();
  await writeNpz(store, "d/a.npz", { a: MATRIX });
  const foreign = await loadForeign(store, "d");
  await writeNpz(store, "d/a.npz", { a: { ...MATRIX, data: new Float32Array(24) } });
  await assertRejects(() => foreign.loadAll(), PreconditionFailedError);
  await writeNpz(store, "d/b.npz", {});
  await assertRejects(() => loadForeign(store, "d"), FormatError, "it has 2 npz files; name one of them");
  await store.put("a.npy", encodeNpy(MATRIX));
  await assertRejects(() => loadForeign(store, "a.npy"), UnsupportedError, "readNpy()");
});

Deno.test("an npz is exported as files of safetensors, and parts of one that is deflated are read once", async () => {
  const store = new MemoryStore();
  await writeNpz(store, "m.npz", { a: MATRIX, b: { ...MATRIX, order: "F" } }, { compression: "deflate" });
  await exportCheckpoint(await loadForeign(store, "m.npz"), store, "out");
  const all = await (await loadForeign(store, "out")).loadAll();
  assertEquals([all.get("a")?.data, all.get("b") && bytesOf(all.get("b") as NdArray)], [
    MATRIX.data,
    inCOrder({ ...MATRIX, order: "F" }),
  ]);
});
