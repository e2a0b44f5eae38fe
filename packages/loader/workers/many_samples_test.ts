import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import type { MapDataset } from "../datasets/dataset.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { moduleOf } from "../testing/module_of.ts";
import { ascending, range, samplesOf } from "../testing/range_dataset.ts";
import { streamNumbers } from "../testing/stream_numbers.ts";

const MANY = 6000;
const WORKERS = [0, 1, 2];

/** All samples of an epoch of many small samples, which go to workers many at a time. */
async function all<T, U>(
  dataset: MapDataset<T>,
  source: string,
  options: LoaderOptions<T, U> = {},
): Promise<{ data: U[]; lost: unknown[]; workersLost: number; bytesCopied: number }> {
  const context = createStoreContext();
  await using loader = createLoader<T, U>(dataset, {
    batchSize: 250,
    transform: { module: moduleOf(source) },
    context,
    ...options,
  });
  const data: U[] = [];
  const lost: unknown[] = [];
  for await (const batch of loader) {
    data.push(...structuredClone(batch.data));
    lost.push(...batch.skipped.map(({ index, cause }) => [index, (cause as Error).message]));
  }
  assertEquals(context.budget.held, 0);
  const { workersLost, bytesCopied } = loader.stats();
  return { data, lost, workersLost, bytesCopied };
}

/** Counts what is posted to workers meanwhile. */
async function posted(work: () => Promise<unknown>): Promise<number> {
  const { postMessage } = Worker.prototype;
  let count = 0;
  Worker.prototype.postMessage = function (this: Worker, ...given: unknown[]) {
    count++;
    return Reflect.apply(postMessage, this, given);
  };
  try {
    await work();
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
  return count;
}

Deno.test("small samples whose transformation is quick go to workers many at a time, of streams, too", async () => {
  const source = "export default ({ id, bytes }) => [id, bytes[40]]";
  const dataset = samplesOf(MANY, (id) => ({ id, bytes: new Uint8Array(50).fill(id) }));
  const wanted = ascending(MANY).map((id) => [id, id % 256]);
  const count = await posted(async () => {
    const { data, bytesCopied } = await all(dataset, source, { pool: { workers: 2 } });
    assertEquals(data, wanted);
    assertEquals(bytesCopied, MANY * 50);
  });
  assert(count < MANY / 10, `${count} messages`);
  const ofStream = await posted(async () => {
    await using loader = createLoader<number, number>(streamNumbers([MANY]), {
      batchSize: 250,
      transform: { module: moduleOf("export default (n) => n + 1") },
      pool: { workers: 2 },
    });
    const data: number[] = [];
    for await (const batch of loader) data.push(...batch.data);
    assertEquals(data, ascending(MANY).map((n) => n + 1));
  });
  assert(ofStream < MANY / 10, `${ofStream} messages`);
});

Deno.test("what takes some milliseconds goes to a worker by itself, and two of them share a batch", async () => {
  const source =
    "export default (n) => { const t = performance.now(); while (performance.now() - t < 3); return n; }";
  const count = await posted(async () => {
    assertEquals((await all(range(60), source, { pool: { workers: 2 } })).data, ascending(60));
  });
  assert(count >= 60, `${count} messages`);
  const who = "const me = crypto.randomUUID(); export default () => me";
  const { data } = await all<number, string>(range(MANY), who, { batchSize: MANY, pool: { workers: 2 } });
  assertEquals(new Set(data).size, 2);
});

Deno.test("a module may use its memory for one sample after the other, however many go at a time", async () => {
  const source = `const scratch = new Uint8Array(1000);
    export default (n) => { scratch.fill(n % 251); return scratch.subarray(0, 60); }`;
  for (const workers of WORKERS) {
    const { data } = await all<number, Uint8Array>(range(MANY), source, { pool: { workers } });
    assert(data.every((bytes, n) => bytes.length === 60 && bytes.every((byte) => byte === n % 251)));
    const table = "const table = new Uint8Array(64).fill(5); export default () => table";
    const tables = await all<number, Uint8Array>(range(MANY), table, { pool: { workers } });
    assert(tables.data.every((bytes) => bytes.length === 64 && bytes[63] === 5));
    const large = `const scratch = new Uint8Array(9000); let calls = 0;
      export default (n) => { if (calls++ < 500) return n; scratch.fill(1); return scratch; }`;
    const { lost } = await all<number, unknown>(range(1000), large, {
      pool: { workers },
      onError: "skip",
      maxSkipped: 1000,
    });
    // What was moved is gone: the first one of each worker is the only one.
    assert(lost.length >= 500 - Math.max(1, workers) * 250 && lost.length > 0, `${lost.length}`);
  }
});

Deno.test("samples share nothing in a worker, nor do results, whatever the data set and the module share", async () => {
  const tags = { seen: 0, names: ["a"] };
  const dataset = samplesOf(MANY, (id) => ({ id, tags }));
  const source = "const of = { kind: 'x' }; export default ({ id, tags }) => ({ id, seen: ++tags.seen, of })";
  for (const workers of WORKERS) {
    const context = createStoreContext();
    await using loader = createLoader<unknown, { seen: number; of: object }>(dataset, {
      batchSize: 500,
      transform: { module: moduleOf(source) },
      pool: { workers },
      context,
    });
    for await (const { data } of loader) {
      assert(data.every(({ seen }) => seen === 1));
      assertEquals(new Set(data.map(({ of }) => of)).size, data.length);
    }
  }
  assertEquals(tags.seen, 0);
});

Deno.test("a module may give one object again and again, changed for each sample", async () => {
  const source = "const of = { n: 0, in: new Map([['a', [0]]]) }; \
export default (n) => { of.n = n; of.in.get('a')[0] = n; return of; }";
  for (const workers of WORKERS) {
    const { data } = await all<number, { n: number; in: Map<string, number[]> }>(range(MANY), source, {
      pool: { workers },
    });
    const wrong = data.findIndex((of, n) => of.n !== n || of.in.get("a")?.[0] !== n);
    assertEquals([data.length, wrong], [MANY, -1]);
  }
});

Deno.test("what is made of a sample takes no memory of others along, whatever their sizes and its views", async () => {
  const sizeOf = (id: number) => Math.imul(id + 1, 2654435761) >>> 20;
  const dataset = samplesOf(1000, (id) => ({ id, bytes: new Uint8Array(sizeOf(id)).fill(id) }));
  const sources = [
    "export default (sample) => sample",
    "export default async (sample) => (await 0, sample)",
    "let last = { id: -1 }; \
export default (sample) => { if (sample.id % 3 === 0) last = sample; return { ...sample, last: last.id }; }",
    // Windows that overlap are more bytes together than their memory has.
    "export default ({ id, bytes }) => \
({ id, bytes, windows: Array.from({ length: 30 }, (_, i) => bytes.subarray(i * 4, i * 4 + 2500)) })",
  ];
  for (const source of sources) {
    for (const workers of WORKERS) {
      const options = { pool: { workers }, batchSize: 250 };
      const { data } = await all<unknown, { id: number; bytes: Uint8Array; windows?: Uint8Array[] }>(
        dataset,
        source,
        options,
      );
      assertEquals(data.map(({ id }) => id), ascending(1000));
      for (const { id, bytes, windows = [] } of data) {
        assertEquals(bytes.length, sizeOf(id));
        assert(
          [bytes, ...windows].every((view) =>
            [0, view.length >> 1, view.length - 1].every((at) => (view[at] ?? id % 256) === id % 256)
          ),
        );
      }
    }
  }
});

Deno.test("a module that moves a sample's memory away takes none of another sample along", async () => {
  const dataset = samplesOf(MANY, (id) => ({ id, bytes: new Uint8Array(40).fill(id) }));
  const sources = [
    "export default ({ id, bytes }) => \
{ const byte = bytes[39]; if (id % 500 === 7) bytes.buffer.transfer(); return [id, byte]; }",
    "export default async ({ id, bytes }) => \
{ const byte = bytes[39]; if (id % 500 === 7) { bytes.buffer.transfer(); return [id, byte]; } await 0; return [id, bytes[39]]; }",
  ];
  for (const source of sources) {
    for (const workers of WORKERS) {
      const { data, workersLost } = await all<unknown, unknown>(dataset, source, { pool: { workers } });
      assertEquals(data, ascending(MANY).map((id) => [id, id % 256]));
      assertEquals(workersLost, 0);
    }
  }
});

Deno.test("what is thrown and cannot be read ends no worker", async () => {
  const source = `export default (n) => {
    if (n === 10) throw Object.create(null);
    if (n === 20) throw Object.defineProperty(new Error("odd"), "more", { enumerable: true, get() { throw 3; } });
    return n;
  }`;
  for (const workers of WORKERS) {
    await using loader = createLoader<number, number>(range(100), {
      batchSize: 100,
      transform: { module: moduleOf(source) },
      pool: { workers },
      onError: "skip",
    });
    for await (const { data, skipped } of loader) {
      assertEquals(data, ascending(100).filter((n) => n !== 10 && n !== 20));
      assertEquals(skipped.map(({ index }) => index), [10, 20]);
      assertEquals({ ...skipped[0]?.cause as object }, {});
      assert(skipped[1]?.cause instanceof Error);
    }
    assertEquals(loader.stats().workersLost, 0);
  }
});

Deno.test("of many that go at a time only those fail that throw or cannot be sent, each by its own name", async () => {
  class Own {}
  const memory = new WebAssembly.Memory({ initial: 1 });
  const dataset = samplesOf(MANY, (id) => {
    if (id === 2000) return { id, own: new Own() };
    // Neither can be moved or sent, which is only seen when it is tried.
    if (id === 2500) return { id, bytes: new Uint8Array(memory.buffer, 0, 60_000) };
    if (id === 2600) return { id, error: new Error("sample", { cause: () => {} }) };
    return { id, bytes: new Uint8Array(5000).fill(id) };
  });
  const source = `export default ({ id, bytes }) => {
    if (id % 1000 === 7) throw new RangeError('odd ' + id);
    if (id === 3000) return () => {};
    if (id === 3500) return new Error("made", { cause: () => {} });
    if (id === 4000) return new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer).fill(9);
    return bytes.length + id;
  }`;
  const wanted = ascending(6).map((n) => [n * 1000 + 7, `odd ${n * 1000 + 7}`] as const);
  for (const workers of WORKERS) {
    const { data, lost } = await all<unknown, unknown>(dataset, source, {
      pool: { workers },
      onError: "skip",
    });
    assertEquals(data.length + lost.length, MANY);
    const told = new Map(lost as [number, string][]);
    for (const [index, words] of wanted) assertEquals(told.get(index), words);
    assert(told.get(2000)?.endsWith("own is an instance of Own"), told.get(2000));
    assert(told.get(3000)?.endsWith("it is a function"), told.get(3000));
    for (const index of [2600, 3500]) {
      assert(told.get(index)?.includes("could not be cloned"), told.get(index));
    }
    assertEquals(told.size, 6 + 4);
    assert(data.includes(60_000 + 2500));
    const bytes = data.find((made) => made instanceof Uint8Array);
    assertEquals([bytes?.length, bytes?.[65535]], [65536, 9]);
  }
  const failing = all(
    range(MANY),
    "export default (n) => { if (n === 4321) throw new Error('no'); return n; }",
    {
      pool: { workers: 2 },
    },
  );
  const error = await assertRejects(() => failing, SampleError, "no");
  assertEquals(error.index, 4321);
});

Deno.test("a worker that ends in the middle of many samples loses none, and only the one that ends it twice fails", async () => {
  const source = "export default (n) => { if (n === 3333) self.close(); return n; }";
  for (const workers of [1, 2]) {
    const { data, lost, workersLost } = await all(range(MANY), source, {
      pool: { workers },
      onError: "skip",
    });
    assertEquals(data, ascending(MANY).filter((n) => n !== 3333));
    assertEquals(lost, [[3333, "the worker ended: close() was called in it"]]);
    assertEquals(workersLost, 2);
  }
});

Deno.test("transformations that wait are told together, and each has a signal and numbers of its own", async () => {
  const source = `export default async (n, { index, random, signal }) => {
    if (n % 100 === 0) await new Promise((go) => setTimeout(go));
    return [index, random(), signal.aborted];
  }`;
  const seen: unknown[] = [];
  for (const workers of WORKERS) {
    const { data } = await all<number, [number, number, boolean]>(range(2000), source, { pool: { workers } });
    assertEquals(data.map(([index]) => index), ascending(2000));
    assertEquals(new Set(data.map(([, random]) => random)).size, 2000);
    assert(data.every(([, , isAborted]) => !isAborted));
    seen.push(data);
  }
  assertEquals(seen[1], seen[0]);
  assertEquals(seen[2], seen[0]);
});

Deno.test("a loop of many small samples that is left gives all memory back, and the next one goes on behind it", async () => {
  const source = "export default (n) => new Uint8Array(200).fill(n)";
  for (const workers of [1, 2]) {
    const context = createStoreContext();
    await using loader = createLoader<number, Uint8Array>(range(MANY), {
      batchSize: 250,
      transform: { module: moduleOf(source) },
      pool: { workers, maxBytes: 100_000 },
      context,
    });
    const firsts: unknown[] = [];
    for (let turn = 0; turn < 4; turn++) {
      for await (const { data, step } of loader) {
        assert(context.budget.held >= 250 * 200);
        firsts.push(step, data[0]?.[199]);
        break;
      }
      assertEquals([context.budget.held, loader.stats().workers], [0, 0]);
    }
    assertEquals(firsts, [0, 0, 1, 250, 2, 500 % 256, 3, 750 % 256]);
  }
});
