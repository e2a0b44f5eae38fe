import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { type FaultyStore, injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { byteAt, SparseStore } from "../testing/sparse_store.ts";
import { planSafetensors } from "./plan_safetensors.ts";
import { openSafetensors } from "./safetensors_file.ts";

const SPECS = [
  { name: "a", dtype: "float32", shape: [2, 3] },
  { name: "e", dtype: "int16", shape: [0, 2] },
  { name: "half", dtype: "float4_e2m1", shape: [3, 2] },
  { name: "word", dtype: "uint64", shape: [] },
  { name: "z", dtype: "uint8", shape: [400, 5] },
] as const;

/** A file whose data count up from 0. */
function makeFile(alignment = 8): Uint8Array<ArrayBuffer> {
  const { header, size } = planSafetensors(SPECS, { metadata: { who: "me" }, alignment });
  const file = Uint8Array.from({ length: size }, (_, at) => at - header.length);
  file.set(header);
  return file;
}

async function counting(file = makeFile()): Promise<FaultyStore> {
  const store = injectFaults(new MemoryStore(), []);
  await store.put("m", file);
  return store;
}

function gets(store: FaultyStore): number {
  return store.calls.filter(({ operation }) => operation === "get").length;
}

function bytesFrom(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => start + at);
}

Deno.test("openSafetensors: one request, and one for each tensor", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 1000 });
  assertEquals(file.metadata, { who: "me" });
  assertEquals([...file.tensors.keys()], ["word", "a", "e", "z", "half"]);
  assertEquals(file.dataLength, 8 + 24 + 2000 + 3);
  assertEquals(gets(store), 1);
  const word = await file.read("word");
  assertEquals(word, {
    dtype: "uint64",
    shape: [],
    order: "C",
    data: new BigUint64Array([0x0706050403020100n]),
  });
  assertEquals(gets(store), 1, "it lay in the first request");
  const rows = await file.read("z", { rows: { from: 390, to: 392 } });
  assertEquals(rows.shape, [2, 5]);
  assertEquals(rows.data, bytesFrom(32 + 390 * 5, 10));
  assertEquals(gets(store), 2);
  assertEquals((await file.read("e")).shape, [0, 2]);
  assertEquals((await file.read("half", { rows: { from: 1 } })).data, bytesFrom(2033, 2));
});

Deno.test("openSafetensors: a header that is longer than the first request takes a second one", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 20 });
  assertEquals(file.tensors.size, 5);
  assertEquals(gets(store), 2);
});

Deno.test("SafetensorsFile: a header and rows of an object of 40 GB are two ranges", async () => {
  const specs = Array.from({ length: 10 }, (_, index) => {
    return { name: `w${index}`, dtype: "uint8", shape: [1_000_000, 4000] } as const;
  });
  const { header, size, tensors } = planSafetensors(specs);
  await using store = new SparseStore({ m: { size, pieces: [{ offset: 0, bytes: header }] } });
  const file = await openSafetensors(store, "m");
  const { data } = await file.read("w7", { rows: { from: 999_999 } });
  const offset = (tensors[7]?.offset ?? 0) + 999_999 * 4000;
  assertEquals(data, Uint8Array.from({ length: 4000 }, (_, at) => byteAt(offset + at)));
  assertEquals(store.ranges, [{ offset: 0, length: 65_536 }, { offset, length: 4000 }]);
});

Deno.test("SafetensorsFile: into the caller's memory, and several by one request", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 20, gap: 0 });
  const before = gets(store);
  const target = new Uint8Array(new ArrayBuffer(64), 4, 24);
  const [a, word, z] = await file.readMany([
    { name: "a", target },
    "word",
    { name: "z", rows: { to: 2 } },
  ]);
  assertEquals(gets(store) - before, 1);
  assertEquals(a?.data.buffer, target.buffer);
  assertEquals(target, bytesFrom(8, 24));
  assertEquals(new Uint8Array(a?.data.buffer ?? new ArrayBuffer(0), 4, 24), target);
  assertEquals(word?.data, new BigUint64Array([0x0706050403020100n]));
  assertEquals(z?.data, bytesFrom(32, 10));
  const again = new Uint8Array(24);
  assertEquals((await file.read("a", { target: again })).data.buffer, again.buffer);
  assertEquals(again, target);
});

Deno.test("SafetensorsFile: all, each in memory of its own or where they lie in the caller's", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 20 });
  const apart = await file.readAll();
  assertEquals([...apart.keys()], [...file.tensors.keys()]);
  assertEquals(new Set([...apart.values()].map(({ data }) => data.buffer)).size, 5);
  const target = new Uint8Array(file.dataLength);
  const before = gets(store);
  const together = await file.readAll({ target });
  assertEquals(gets(store) - before, 1);
  assertEquals(together, apart);
  for (const { data } of together.values()) assertEquals(data.buffer, target.buffer);
  const odd = new Uint8Array(new ArrayBuffer(file.dataLength + 1), 1);
  const copied = await file.readAll({ target: odd });
  assertEquals(copied, apart);
  assertEquals(copied.get("z")?.data.buffer, odd.buffer);
  assertEquals(copied.get("a")?.data.buffer === odd.buffer, false);
});

Deno.test("SafetensorsFile: a tensor as a stream", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 20 });
  const all: number[] = [];
  for await (const piece of file.stream("z", { rows: { from: 3, to: 103 } })) all.push(...piece);
  assertEquals(Uint8Array.from(all), bytesFrom(47, 500));
});

Deno.test("SafetensorsFile: a wrong wish is refused before anything is read", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 20 });
  const before = gets(store);
  const missing = await assertRejects(() => file.read("b"), TypeError);
  assertEquals(
    missing.message,
    'Cannot read tensor "b" of "memory://memory/m": it has "word", "a", "e", "z", "half"'.replace(
      "memory://memory",
      store.uri,
    ),
  );
  for (const rows of [{ to: 401 }, { from: -1 }, { from: 3, to: 2 }, { from: 0.5 }]) {
    await assertRejects(() => file.read("z", { rows }), RangeError, "of its 400");
    assertThrows(() => file.stream("z", { rows }), RangeError);
  }
  await assertRejects(() => file.read("word", { rows: {} }), RangeError, "of its none");
  await assertRejects(() => file.read("a", { target: new Uint8Array(25) }), RangeError, "the target has 25");
  const odd = new Uint8Array(new ArrayBuffer(32), 2, 24);
  await assertRejects(
    () => file.readMany([{ name: "a", target: odd }]),
    RangeError,
    "no multiple of 4 bytes",
  );
  await assertRejects(() => file.readAll({ target: new Uint8Array(7) }), RangeError, "has 7");
  assertEquals(gets(store), before);
});

Deno.test("SafetensorsFile: rows that do not begin with a byte are refused", async () => {
  const { header } = planSafetensors([{ name: "h", dtype: "float4_e2m1", shape: [4, 1] }]);
  await using store = await counting(Uint8Array.from([...header, 1, 2]));
  const file = await openSafetensors(store, "m");
  await assertRejects(
    () => file.read("h", { rows: { from: 1 } }),
    RangeError,
    "do not begin and end with a byte",
  );
  assertEquals((await file.read("h", { rows: { from: 2 } })).data, Uint8Array.of(2));
});

Deno.test("SafetensorsFile: a file that is replaced after it was opened is an error", async () => {
  await using store = await counting();
  const file = await openSafetensors(store, "m", { window: 20 });
  await store.put("m", makeFile(512));
  await assertRejects(() => file.read("z"), PreconditionFailedError);
});

Deno.test("openSafetensors: a length that the object does not have is refused before memory is taken", async () => {
  for (
    const [length, message] of [
      [2n ** 63n, "more than any object has"],
      [100_000_001n, "more than 100000000"],
      [50n, "and it has 20 in all"],
    ] as const
  ) {
    const bytes = new Uint8Array(20);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    await using store = await counting(bytes);
    await assertRejects(() => openSafetensors(store, "m"), FormatError, message);
    assertEquals(gets(store), 1);
  }
  await using store = await counting(new Uint8Array(7));
  await assertRejects(() => openSafetensors(store, "m"), FormatError, "it has 7 bytes");
});

Deno.test("openSafetensors: damage is found, but in names, metadata, values and what an empty tensor is", async () => {
  const whole = makeFile();
  const text = new TextDecoder("latin1").decode(whole);
  const blind = new Set<number>();
  const pass = (piece: string, ...places: number[]) => {
    for (const place of places) blind.add(text.indexOf(piece) + place);
  };
  pass('"who":"me"', 1, 2, 3, 7, 8);
  for (const { name } of SPECS) pass(`"${name}":`, ...Array.from(name, (_, at) => at + 1));
  // No elements are as many of any shape and dtype.
  pass('{"dtype":"I16","shape":[0,2]', 11, 12, 13, 26);
  const dataOffset = whole.length - (8 + 24 + 2000 + 3);
  await assertDamageIsFound(whole.slice(0, dataOffset + 40), {
    read: (store, key) => openSafetensors(store, key),
  });
  await assertDamageIsFound(whole, {
    step: 3,
    read: async (store, key) => await (await openSafetensors(store, key)).readAll(),
    isUndetectable: ({ what }) => {
      const at = Number(/^byte (\d+) /.exec(what)?.[1] ?? NaN);
      return at >= dataOffset || blind.has(at);
    },
  });
});
