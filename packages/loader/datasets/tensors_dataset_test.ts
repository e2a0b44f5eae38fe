import { assert, assertEquals, assertRejects } from "@std/assert";
import { MemoryStore, type ObjectStore } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import { type DType, layoutOf, type NdArray } from "@lade/formats/array";
import { openSafetensors, type TensorToWrite, writeSafetensors } from "@lade/formats/safetensors";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { createLoader } from "../loader/create_loader.ts";
import { ascending } from "../testing/range_dataset.ts";
import { tensorsDataset } from "./tensors_dataset.ts";

const DTYPES: readonly DType[] = [
  "uint8",
  "int16",
  "float32",
  "int64",
  "bfloat16",
  "float64",
  "bool",
  "complex64",
];

/** A tensor whose bytes are any. */
function tensor(name: string, dtype: DType, shape: readonly number[]): TensorToWrite {
  const bytes = shape.reduce((product, length) => product * length, layoutOf(dtype).bits / 8);
  const data = Uint8Array.from(
    { length: bytes },
    (_, i) => dtype === "bool" ? i % 2 : (i * 7 + name.length) % 251,
  );
  return { name, dtype, shape, data: layoutOf(dtype).view(data.buffer, 0, bytes) };
}

async function numbersIn(store: ObjectStore, key: string, from: number, rows: number): Promise<void> {
  const ids = ascending(rows).map((row) => from + row);
  await writeSafetensors(store, key, [
    {
      name: "flag",
      dtype: "uint8",
      shape: [rows, 3],
      data: Uint8Array.from(ids.flatMap((id) => [id, id, id])),
    },
    { name: "id", dtype: "int32", shape: [rows], data: Int32Array.from(ids) },
    {
      name: "x",
      dtype: "float64",
      shape: [rows, 2, 2],
      data: Float64Array.from(ids.flatMap((id) => [id, id, id, id])),
    },
  ]);
}

interface Row {
  readonly flag: NdArray;
  readonly id: NdArray;
  readonly x: NdArray;
}

function idOf(sample: unknown): number {
  const { flag, id, x } = sample as Row;
  const number = Number(id.data[0]);
  assertEquals([flag.shape, id.shape, x.shape], [[3], [], [2, 2]]);
  assert([...flag.data, ...x.data].every((value) => value === number));
  // All lie in the batch's memory, at multiples of their elements.
  assert(flag.data.buffer === x.data.buffer && id.data.buffer === x.data.buffer);
  return number;
}

Deno.test("tensorsDataset: rows are those of the format's reader, for tensors of any dtype and shape", async () => {
  const shapes = fc.array(
    fc.record({
      dtype: fc.constantFrom(...DTYPES),
      shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 }),
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(shapes, fc.integer({ min: 1, max: 9 }), async (told, rows) => {
      await using store = new MemoryStore();
      const tensors = told.map(({ dtype, shape }, i) => tensor(`t${i}`, dtype, [rows, ...shape]));
      await writeSafetensors(store, "s", tensors);
      const file = await openSafetensors(store, "s");
      await using dataset = await tensorsDataset(store, ["s"]);
      await using loader = createLoader<unknown>(dataset, { batchSize: 4, transform: (sample) => sample });
      let row = 0;
      for await (const { data } of loader) {
        for (const sample of data) {
          for (const name of file.tensors.keys()) {
            const array = tensors.length === 1
              ? sample as NdArray
              : (sample as Record<string, NdArray>)[name];
            const due = await file.read(name, { rows: { from: row, to: row + 1 } });
            assertEquals(array, { ...due, shape: due.shape.slice(1) });
          }
          row++;
        }
      }
      assertEquals(row, rows);
    }),
    { numRuns: 60 },
  );
});

Deno.test("tensorsDataset: rows of several files and tensors come in any order, read together where they lie together", async () => {
  await using plain = new MemoryStore();
  for (const file of [0, 1, 2]) await numbersIn(plain, `${file}`, file * 40, 40);
  const store = injectFaults(plain, []);
  await using dataset = await tensorsDataset(store, ["0", "1", "2"]);
  const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
  for (const shuffle of [false, "full", { block: 10, window: 2, lanes: 2 }] as const) {
    const before = gets();
    await using loader = createLoader<unknown, number>(dataset, { batchSize: 40, shuffle, transform: idOf });
    const ids: number[] = [];
    for await (const { data } of loader) ids.push(...data);
    assertEquals(ids.toSorted((a, b) => a - b), ascending(120));
    if (!shuffle) {
      assertEquals(ids, ascending(120));
      // Three tensors lie near one another.
      assertEquals(gets() - before, 3);
    }
    assertEquals(store.context.budget.held, 0);
  }
});

Deno.test("tensorsDataset: rows of one tensor come as one array", async () => {
  await using store = new MemoryStore();
  for (const file of [0, 1]) await numbersIn(store, `${file}`, file * 5, 5);
  await using dataset = await tensorsDataset(store, ["0", "1"], { fields: ["x"] });
  assertEquals(dataset.fixed, { dtype: "float64", shape: [2, 2] });
  await using loader = createLoader<unknown, unknown, NdArray>(dataset, { batchSize: 4 });
  const ids: number[] = [];
  for await (const { data: { shape, data } } of loader) {
    assertEquals(shape.slice(1), [2, 2]);
    ids.push(...Array.from({ length: shape[0] ?? 0 }, (_, row) => Number(data[row * 4 + 3])));
  }
  assertEquals(ids, ascending(10));
  await using all = await tensorsDataset(store, ["0", "1"]);
  assert(all.fingerprint !== dataset.fingerprint);
});

Deno.test("tensorsDataset: whole tensors come with their names", async () => {
  await using store = new MemoryStore();
  const tensors = [tensor("b", "float32", [2, 3]), tensor("a", "uint8", []), tensor("c", "int64", [0, 4])];
  await writeSafetensors(store, "s", tensors);
  await using dataset = await tensorsDataset(store, ["s"], { wholeTensors: true });
  await using loader = createLoader<unknown>(dataset, { batchSize: 2 });
  const found: Record<string, unknown> = {};
  for await (const { data } of loader) {
    for (const { name, dtype, shape, data: values } of data as (NdArray & { name: string })[]) {
      found[name] = { name, dtype, shape, data: values.slice() };
    }
  }
  assertEquals(found, Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor])));
  assertEquals(
    dataset.locate?.(0)?.group,
    `tensor ${JSON.stringify((await openSafetensors(store, "s")).tensors.keys().next().value)}`,
  );
});

Deno.test("tensorsDataset: tensors without common rows, and files of other rows, are refused with what to say", async () => {
  await using store = new MemoryStore();
  await writeSafetensors(store, "s", [
    tensor("a", "uint8", [3]),
    tensor("b", "uint8", [4]),
    tensor("c", "uint8", []),
  ]);
  const refused = (keys: readonly string[], fields: readonly string[], message: string) =>
    assertRejects(() => tensorsDataset(store, keys, { fields }), FormatError, message);
  await refused(
    ["s"],
    ["a", "b"],
    'tensor "b" has 4 rows, against 3 of "a"; choose tensors with as many rows by fields',
  );
  await refused(["s"], ["c"], 'tensor "c" has no rows');
  await refused(["s"], ["d"], 'it has no tensor "d"; there are: "');
  await writeSafetensors(store, "t", [tensor("a", "uint8", [3, 2])]);
  await refused(["s", "t"], ["a"], '"a" of uint8[');
  assertEquals((await tensorsDataset(store, ["s"], { fields: ["b"] })).length, 4);
});
