import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { MemoryStore } from "@lade/core";
import { parseSchema } from "@lade/formats/table";
import { createLoader } from "../loader/create_loader.ts";
import { openDataset, type OpenDatasetOptions } from "../open/open_dataset.ts";
import { SampleError } from "../loader/sample_error.ts";
import type { LoaderState } from "../state/loader_state.ts";
import { ChunkedStore } from "../testing/chunked_store.ts";
import { ascending } from "../testing/range_dataset.ts";

const SCHEMA = parseSchema("id: int64, name: string");
const CHUNKS = [1013, 2 ** 16, 2 ** 23];
/** Rows of more than a block of text. */
const ROWS = 40_000;

/** Texts of rows, of which some have a cell that is no number, or are wrong in another way. */
interface Rows {
  readonly suffix: string;
  text(wrong: ReadonlyMap<number, string | undefined>, rows: number): Uint8Array;
}

const encode = (head: string, row: (id: number) => string): Rows["text"] => (wrong, rows) =>
  new TextEncoder().encode(
    head + ascending(rows).map((id) => (wrong.has(id) ? wrong.get(id) ?? row(NaN) : row(id)) + "\n").join(""),
  );
const csv = encode("id,name\n", (id) => `${id},"a name\nof two lines, ${id} ${"x".repeat(id % 30)}"`);
const jsonl = encode("", (id) => JSON.stringify({ name: `the name of ${id} ${"x".repeat(id % 30)}`, id }));
const KINDS: readonly Rows[] = [
  { suffix: ".csv", text: csv },
  { suffix: ".csv.gz", text: (...rows) => gzipSync(csv(...rows), { level: 1 }) },
  { suffix: ".jsonl", text: jsonl },
  { suffix: ".jsonl.gz", text: (...rows) => gzipSync(jsonl(...rows), { level: 1 }) },
];

/** What comes of an object, and what is lost. */
async function load(
  bytes: Uint8Array,
  suffix: string,
  chunk: number,
  state?: LoaderState,
  batches = Infinity,
) {
  const store = new MemoryStore();
  await store.put(`o${suffix}`, bytes);
  await using dataset = await openDataset(new ChunkedStore(store, chunk), "", { schema: SCHEMA });
  await using loader = createLoader<unknown, number>(dataset, {
    batchSize: 1000,
    onError: "skip",
    maxSkipped: 10_000,
    transform: (row) => Number((row as { id: bigint }).id),
    ...(state && { state }),
  });
  const ids: number[] = [];
  const lost: unknown[] = [];
  for await (const { data, skipped } of loader) {
    ids.push(...data);
    for (const { record, rest, cause } of skipped) lost.push([record, rest ?? false, String(cause)]);
    if (--batches === 0) break;
  }
  return { ids, lost, state: loader.state() };
}

for (const { suffix, text } of KINDS) {
  Deno.test(`${suffix}: a cell that is no value costs its row alone, whatever pieces the text comes in`, async () => {
    const wrong = [0, 1, 17, 18, 20_000, 30_001, ROWS - 1];
    const bytes = text(new Map(wrong.map((row) => [row, undefined])), ROWS);
    const seen = [];
    for (const chunk of CHUNKS) seen.push(await load(bytes, suffix, chunk));
    for (const { ids, lost } of seen) {
      assertEquals(ids, ascending(ROWS).filter((row) => !wrong.includes(row)));
      assertEquals(lost, seen[0]?.lost);
      assertEquals(lost.map((one) => (one as unknown[]).slice(0, 2)), wrong.map((row) => [row, false]));
    }
    // One that is gone on with behind some of them loses the others, and no more.
    const first = await load(bytes, suffix, 1013, undefined, 20);
    const rest = await load(bytes, suffix, 2 ** 16, JSON.parse(JSON.stringify(first.state)));
    assertEquals([...first.ids, ...rest.ids], seen[0]?.ids);
    assertEquals([...first.lost, ...rest.lost], seen[0]?.lost);
  });

  Deno.test(`${suffix}: rows of which none has the types of the schema are lost one by one`, async () => {
    const bytes = text(new Map(ascending(3000).map((row) => [row, undefined])), 3000);
    const { ids, lost } = await load(bytes, suffix, 1013);
    assertEquals([ids, lost.length], [[], 3000]);
  });

  const broken = suffix.startsWith(".csv") ? ["1,2,3", "1", '1,"x"y', '1,a"b', "1,\r2"] : [];
  Deno.test(`${suffix}: what leaves open where rows end costs the rest of the object, and no row before it`, async () => {
    for (const [at, rows] of [[1, 40], [39, 40], [30_000, ROWS]] as const) {
      for (const row of [...broken, "1,\u{10ffff}"]) {
        const bytes = text(new Map([[at, row]]), rows);
        let damaged = bytes;
        if (!broken.includes(row)) {
          if (suffix.endsWith(".gz")) continue;
          damaged = Uint8Array.from(bytes);
          damaged[bytes.indexOf(0xf4)] = 0xff;
        }
        const seen = [];
        for (const chunk of at === 30_000 ? CHUNKS : CHUNKS.slice(1, 2)) {
          const { ids, lost } = await load(damaged, suffix, chunk);
          assertEquals(ids, ascending(at), `${row} at ${at}`);
          seen.push(lost);
        }
        for (const lost of seen) {
          assertEquals(lost, seen[0]);
          assertEquals((lost[0] as unknown[]).slice(0, 2), [at, true]);
          assert(lost.length === 1);
        }
      }
    }
  });
}

Deno.test("a line that is no object costs itself alone", async () => {
  const wrong = ["{", '{"id": 1, "id": 2}', "[1]", "}", '{"id":1} 2', '{"name": 3, "id": 4}', "nonsense"];
  const bytes = jsonl(new Map(wrong.map((line, place) => [place * 3 + 1, line])), 40);
  for (const chunk of [1, 7, 100, 2 ** 20]) {
    const { ids, lost } = await load(bytes, ".jsonl", chunk);
    const rows = wrong.map((_, place) => place * 3 + 1);
    assertEquals(ids, ascending(40).filter((id) => !rows.includes(id)));
    assertEquals(lost.map((one) => (one as unknown[]).slice(0, 2)), rows.map((row) => [row, false]));
  }
});

Deno.test("the columns are those of the first object that has rows: objects without any before it hide none", async () => {
  await using store = new MemoryStore();
  const texts = ["", "\n", '{"id":1,"name":"a"}\n', "", '{"id":2,"name":"b"}\n'];
  for (const [at, text] of texts.entries()) await store.put(`${at}.jsonl`, new TextEncoder().encode(text));
  await using dataset = await openDataset(store, "");
  await using loader = createLoader(dataset, { epochs: 1, batchSize: 10 });
  const rows = (await Array.fromAsync(loader, (batch) => batch.data)).flat();
  assertEquals(rows as unknown, [{ id: 1n, name: "a" }, { id: 2n, name: "b" }]);

  await using named = new MemoryStore();
  await named.put("0.csv", new TextEncoder().encode("id\n"));
  await named.put("1.csv", new TextEncoder().encode("id\n1\n"));
  await using typed = await openDataset(named, "");
  await using numbers = createLoader(typed, { epochs: 1 });
  assertEquals((await Array.fromAsync(numbers, (batch) => batch.data)).flat() as unknown, [{ id: 1n }]);

  await using without = new MemoryStore();
  await without.put("0.jsonl", new Uint8Array(0));
  await using empty = await openDataset(without, "");
  await using loading = createLoader(empty, { epochs: 1, allowEmpty: true });
  assertEquals((await Array.fromAsync(loading)).length, 0);
});

Deno.test("a column that comes later is the error of its row, unless a schema says what is wanted", async () => {
  const texts: readonly (readonly [string, readonly string[]])[] = [
    [".jsonl", [`${'{"id":1}\n'.repeat(40_000)}{"id":2,"label":"late"}\n`]],
    [".jsonl", ['{"id":1}\n', '{"id":2,"label":"other"}\n']],
    [".csv", ["id\n1\n", "id,label\n2,other\n"]],
    [".tsv", ["id\n1\n", "label\tid\nother\t2\n"]],
  ];
  for (const [suffix, objects] of texts) {
    await using store = new MemoryStore();
    for (const [at, text] of objects.entries()) {
      await store.put(`${at}${suffix}`, new TextEncoder().encode(text));
    }
    const ids = async (options: OpenDatasetOptions) => {
      await using dataset = await openDataset(store, "", options);
      await using loader = createLoader(dataset, { epochs: 1, batchSize: 1000 });
      return (await Array.fromAsync(loader, ({ data }) => data)).flat();
    };
    await assertRejects(() => ids({}), SampleError, '"label" is no column that was there before');
    assertEquals((await ids({ schema: parseSchema("id: int64") })).at(-1) as unknown, { id: 2n });
  }
});
