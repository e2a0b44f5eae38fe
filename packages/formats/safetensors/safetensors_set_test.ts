import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { type FaultyStore, injectFaults } from "@lade/testing";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import { ObjectSource } from "../source/object_source.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { format } from "./format.ts";
import { indexSafetensors, openSafetensorsSet } from "./safetensors_set.ts";
import type { TensorToWrite } from "./tensor_data.ts";
import { writeSafetensors } from "./write_safetensors.ts";
import { planSafetensorsSet, writeSafetensorsSet } from "./write_safetensors_set.ts";

const INDEX = "m/model.safetensors.index.json";
const FILES = [1, 2, 3].map((index) => `m/model-0000${index}-of-00003.safetensors`);

function tensor(name: string, length: number): TensorToWrite {
  return { name, dtype: "uint8", shape: [length], data: new Uint8Array(length).fill(length) };
}

const TENSORS = [tensor("d", 60), tensor("a", 30), tensor("c", 20), tensor("b", 150), tensor("e", 0)];

async function written(): Promise<FaultyStore> {
  const store = new MemoryStore();
  await writeSafetensorsSet(store, INDEX, TENSORS, { maxSize: 100, metadata: { format: "pt" } });
  return injectFaults(store, []);
}

function target(store: FaultyStore, key = INDEX) {
  return { store, key, open: () => ObjectSource.open(store, key) };
}

Deno.test("writeSafetensorsSet: files by their size in the order given, and an index beside them", async () => {
  await using store = injectFaults(new MemoryStore(), []);
  const { files, totalSize } = await writeSafetensorsSet(store, INDEX, TENSORS, { maxSize: 100 });
  assertEquals(files.map(({ key, tensors }) => [key, tensors.map(({ name }) => name)]), [
    [FILES[0], ["a", "d"]],
    [FILES[1], ["c"]],
    [FILES[2], ["b", "e"]],
  ]);
  assertEquals(totalSize, 260);
  const last = store.calls.findLast(({ operation }) => operation === "put");
  assertEquals(last?.key, INDEX);
  const text = new TextDecoder().decode((await getBytes(store, INDEX)).bytes);
  assertEquals(JSON.parse(text), {
    metadata: { total_size: 260 },
    weight_map: {
      a: "model-00001-of-00003.safetensors",
      b: "model-00003-of-00003.safetensors",
      c: "model-00002-of-00003.safetensors",
      d: "model-00001-of-00003.safetensors",
      e: "model-00003-of-00003.safetensors",
    },
  });
  assertEquals(
    text.startsWith('{\n  "metadata": {\n    "total_size": 260\n  },\n  "weight_map": {\n    "a": "model'),
    true,
  );
});

Deno.test("openSafetensorsSet: files are opened when they are asked for, once", async () => {
  await using store = await written();
  const set = await openSafetensorsSet(store, INDEX);
  assertEquals([set.totalSize, set.fileKeys], [260, FILES]);
  assertEquals(store.calls.map(({ key }) => key), [INDEX]);
  assertEquals((await set.read("c", { rows: { from: 5, to: 7 } })).data, Uint8Array.of(20, 20));
  assertEquals((await set.read("c")).shape, [20]);
  assertEquals(store.calls.map(({ key }) => key), [INDEX, FILES[1]]);
  const many = await set.readMany(["b", { name: "a", rows: { to: 2 } }, "c", "d"]);
  assertEquals(many.map(({ data }) => [data.length, data[0]]), [[150, 150], [2, 30], [20, 20], [60, 60]]);
  const all = await set.readAll();
  assertEquals(Array.from(all, ([name, { shape }]) => [name, shape]), [
    ["a", [30]],
    ["b", [150]],
    ["c", [20]],
    ["d", [60]],
    ["e", [0]],
  ]);
  assertEquals((await set.check()).map(({ metadata }) => metadata), Array(3).fill({ format: "pt" }));
  assertEquals(store.calls.length, 4);
  await assertRejects(() => set.read("x"), TypeError, "the index has none of this name");
});

Deno.test("SafetensorsSet: an index that does not tell the truth is a StaleIndexError that says how", async () => {
  const lies: readonly (readonly [what: (store: FaultyStore) => Promise<unknown>, message: string])[] = [
    [(store) => writeSafetensors(store, FILES[1] ?? "", [tensor("z", 20)]), `${FILES[1]}" has no tensor "c"`],
    [(store) => store.delete(FILES[1] ?? ""), `${FILES[1]}" is not there`],
    [
      (store) => writeSafetensors(store, FILES[1] ?? "", [tensor("c", 20), tensor("z", 0)]),
      'has tensor "z", which it does not have',
    ],
    [
      (store) => writeSafetensors(store, FILES[1] ?? "", [tensor("c", 20), tensor("a", 0)]),
      `has tensor "a", which it says to be in "${FILES[0]}"`,
    ],
    [
      (store) => writeSafetensors(store, FILES[1] ?? "", [tensor("c", 21)]),
      "its total_size is 260, the files' tensors have 261 bytes",
    ],
  ];
  for (const [lie, message] of lies) {
    await using store = await written();
    await lie(store);
    const set = await openSafetensorsSet(store, INDEX);
    await assertRejects(() => set.check(), StaleIndexError, message);
    const { faults } = await format.verify(target(store));
    assertEquals(faults.some((fault) => fault.message.includes(message)), true);
    if (/no tensor|not there/.test(message)) {
      await assertRejects(() => set.read("c"), StaleIndexError, message);
    }
    await indexSafetensors(
      store,
      INDEX,
      message.includes("which it says")
        ? FILES.slice(1)
        : FILES.filter((key) => !message.includes("not there") || key !== FILES[1]),
    );
    await (await openSafetensorsSet(store, INDEX)).check();
  }
});

Deno.test("indexSafetensors: a tensor that two files have, and a file that lies elsewhere", async () => {
  await using store = await written();
  const before = (await getBytes(store, INDEX)).bytes;
  await indexSafetensors(store, INDEX, FILES.toReversed());
  assertEquals((await getBytes(store, INDEX)).bytes, before);
  await writeSafetensors(store, "m/other", [tensor("a", 1)]);
  await assertRejects(
    () => indexSafetensors(store, INDEX, [...FILES, "m/other"]),
    FormatError,
    `tensor "a" lies in "${FILES[0]}" too`,
  );
  await assertRejects(() => indexSafetensors(store, "n/i.json", FILES), TypeError, "does not lie beside");
});

Deno.test("openSafetensorsSet: an index that is none is a FormatError", async () => {
  await using store = new MemoryStore();
  for (
    const [text, message] of [
      ["", "is no JSON"],
      ["[]", "a { is needed"],
      ["{}", "it has no weight_map"],
      ['{"weight_map":{"a":1}}', 'the file of tensor "a"'],
      ['{"weight_map":{"a":"f","a":"g"}}', '"a" stands twice'],
      ['{"weight_map":{},"weight_map":{}}', '"weight_map" stands twice'],
      ['{"weight_map":{}}x', "more follows"],
      ...["../f", "/f", "", "a/../f", "./f", "a//f", "a/"].map((file) =>
        [`{"weight_map":{"a":"${file}"}}`, `tensor "a" is said to lie in "${file}"`] as const
      ),
    ] as const
  ) {
    await store.put(INDEX, new TextEncoder().encode(text));
    await assertRejects(() => openSafetensorsSet(store, INDEX), FormatError, message);
  }
  const odd = '{"metadata":{"total_size":1e2,"x":[null,{"y":-0.5}]},"other":true,"weight_map":{"a":"sub/f"}}';
  await store.put(INDEX, new TextEncoder().encode(odd));
  const set = await openSafetensorsSet(store, INDEX);
  assertEquals([set.totalSize, [...set.files]], [100, [["a", "m/sub/f"]]]);
});

Deno.test("openSafetensorsSet: damage of an index or a file is found, but in values", async () => {
  await using store = await written();
  const index = (await getBytes(store, INDEX)).bytes;
  await assertDamageIsFound(index, {
    key: INDEX,
    step: 3,
    read: async (damaged, key) => {
      for (const file of FILES) await damaged.put(file, (await getBytes(store, file)).bytes);
      await (await openSafetensorsSet(damaged, key)).check();
    },
    // Spaces between, the names of fields that are passed over, and a copy that ends in spaces.
    isUndetectable: ({ bytes }) => {
      try {
        const { weight_map } = JSON.parse(new TextDecoder().decode(bytes));
        return JSON.stringify(weight_map) ===
          JSON.stringify(JSON.parse(new TextDecoder().decode(index)).weight_map);
      } catch {
        return false;
      }
    },
  });
});

Deno.test("planSafetensorsSet: what cannot be laid out", () => {
  assertThrows(
    () => planSafetensorsSet([tensor("a", 9), tensor("a", 8)], { maxSize: 9 }),
    TypeError,
    "two tensors",
  );
  assertThrows(() => planSafetensorsSet([], { maxSize: 0 }), RangeError, "a positive number");
  const { files, totalSize } = planSafetensorsSet([], { name: "x" });
  assertEquals([files.map(({ name }) => name), totalSize], [["x-00001-of-00001.safetensors"], 0]);
});

Deno.test("writeSafetensorsSet: after a failure there is no index", async () => {
  await using store = new MemoryStore();
  await assertRejects(
    () => writeSafetensorsSet(store, "m/index.json", TENSORS),
    TypeError,
    "the key of an index ends",
  );
  const bad = { ...tensor("z", 10), data: () => [] };
  await assertRejects(() => writeSafetensorsSet(store, INDEX, [...TENSORS, bad]), RangeError, "0 bytes came");
  assertEquals(await Array.fromAsync(store.list(), ({ key }) => key), []);
  await assertRejects(() => writeSafetensorsSet(store, INDEX, [...TENSORS, bad], { maxSize: 1 }), RangeError);
  assertEquals((await Array.fromAsync(store.list(), ({ key }) => key)).includes(INDEX), false);
});

Deno.test("format: describes and verifies a file, and all files of an index", async () => {
  await using store = await written();
  const set = await format.describe(target(store));
  const sizes = await Promise.all(FILES.map(async (key) => (await store.head(key)).size));
  assertEquals([set.chunks, set.size, set.metadata], [3, sizes.reduce((sum, size) => sum + size, 0), {
    format: "pt",
  }]);
  assertEquals(set.arrays?.map(({ name, bytes }) => [name, bytes]), [["a", 30], ["d", 60], ["c", 20], [
    "b",
    150,
  ], ["e", 0]]);
  const file = await format.describe(target(store, FILES[1]));
  assertEquals(file.arrays, [{ name: "c", dtype: "uint8", shape: [20], bytes: 20, order: "C" }]);
  const { faults, unchecked } = await format.verify(target(store));
  assertEquals([faults, unchecked], [[], 260]);
  await store.put(FILES[0] ?? "", new Uint8Array(3));
  await store.put(FILES[2] ?? "", new Uint8Array(3));
  const told: Error[] = [];
  const verified = await format.verify(target(store), { onFault: (fault) => told.push(fault) });
  assertEquals([verified.faults.length, told], [2, [...verified.faults]]);
  assertEquals((await format.verify(target(store), { maxFaults: 1 })).faults.length, 1);
  assertEquals((await format.verify(target(store, FILES[0]))).faults.map(({ name }) => name), [
    "FormatError",
  ]);
});
