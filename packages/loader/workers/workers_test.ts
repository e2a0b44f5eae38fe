import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import type { LoaderOptions } from "../config/loader_options.ts";
import { createLoader } from "../loader/create_loader.ts";
import { SampleError } from "../loader/sample_error.ts";
import { moduleOf } from "../testing/module_of.ts";
import { ascending, epoch, range, samplesOf } from "../testing/range_dataset.ts";
import { streamNumbers } from "../testing/stream_numbers.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";

const module = new URL("../testing/worker_module.ts", import.meta.url);
const WORKERS = [0, 1, 2, 4];
const SHUFFLES = [false, "full", { block: 4, window: 2, lanes: 2 }] as const;

for (const files of SAMPLE_FILES) {
  Deno.test(`${files.name}: samples, their numbers and their bytes are the same with any number of workers`, async () => {
    await using store = new MemoryStore();
    await files.write(store, 50);
    for (const shuffle of SHUFFLES) {
      const seen: unknown[] = [];
      for (const workers of WORKERS) {
        await using dataset = await files.open(store);
        await using loader = createLoader(dataset, {
          batchSize: 7,
          shuffle,
          seed: 11,
          transform: { module },
          pool: { workers },
        });
        const told: unknown[] = [];
        for (let turn = 0; turn < 2; turn++) {
          for await (const { data } of loader) {
            for (const one of data as { index: number; sample: unknown }[]) {
              assertEquals(files.idOf(one.sample), one.index);
              told.push(structuredClone(one));
            }
          }
        }
        assertEquals(told.length, 100);
        seen.push(told);
      }
      for (const told of seen.slice(1)) assertEquals(told, seen[0]);
    }
  });
}

Deno.test("samples of a stream and their numbers are the same with any number of workers, from a state on too", async () => {
  const counts = [13, 0, 21, 8];
  for (const shuffle of [false, { window: 8, lanes: 2 }] as const) {
    const seen: unknown[] = [];
    for (const workers of WORKERS) {
      const options = { batchSize: 5, seed: 7, shuffle, transform: { module }, pool: { workers } };
      await using loader = createLoader<number, { sample: number }>(streamNumbers(counts), options);
      const told: unknown[] = [];
      let state = loader.state();
      for (let turn = 0; turn < 2; turn++) {
        for await (const { data, step } of loader) {
          told.push(...data);
          if (turn === 1 && step === 2) state = loader.state();
        }
      }
      assertEquals(told.length, 84);
      await using rest = createLoader<number, { sample: number }>(streamNumbers(counts), {
        ...options,
        state,
      });
      assertEquals((await epoch(rest)).flat(), told.slice(42 + 15));
      seen.push(told);
    }
    for (const told of seen.slice(1)) assertEquals(told, seen[0]);
  }
});

Deno.test("a stream's loop that is left gives back what workers made ahead, too", async () => {
  const module = moduleOf("export default (n) => new Uint8Array(1000).fill(n)");
  for (const workers of [0, 2]) {
    for (const how of ["break", "dispose", "end"]) {
      const context = createStoreContext();
      const options = { batchSize: 3, transform: { module }, pool: { workers, batchesAhead: 4 }, context };
      await using loader = createLoader<number, Uint8Array>(streamNumbers([30]), options);
      const before: Uint8Array[] = [];
      for await (const { data, step } of loader) {
        assert(before.every(({ length }) => length === 0));
        assertEquals(
          data.map((bytes) => [bytes.length, bytes[999]]),
          [0, 1, 2].map((i) => [1000, step * 3 + i]),
        );
        before.push(...data);
        assert(context.budget.held >= 3000);
        if (how === "end" || step < 2) continue;
        if (how === "dispose") await loader[Symbol.asyncDispose]();
        break;
      }
      assertEquals(context.budget.held, 0);
    }
  }
});

Deno.test("a batch's memory is given back with the bytes that came from workers, and views of it are then empty", async () => {
  for (const workers of [0, 2]) {
    await using store = new MemoryStore();
    const [files] = SAMPLE_FILES;
    assert(files);
    await files.write(store, 20);
    await using dataset = await files.open(store);
    const { budget } = store.context;
    const options: LoaderOptions<unknown, Uint8Array> = {
      batchSize: 5,
      transform: { module, export: "doubled" },
      pool: { workers, batchesAhead: 0 },
    };
    await using loader = createLoader(dataset, options);
    const before: Uint8Array[] = [];
    let bytes = 0;
    for await (const { data } of loader) {
      assert(before.every(({ length }) => length === 0));
      before.push(...data);
      for (const { length } of data) bytes += length;
      assert(budget.held >= data.reduce((sum, { length }) => sum + length, 0));
    }
    assertEquals(budget.held, 0);
    assertEquals(loader.stats().bytesCopied, bytes);
    const kept: Uint8Array[] = [];
    for await (const batch of loader) kept.push(...batch.keep());
    assertEquals(kept.reduce((sum, { length }) => sum + length, 0), bytes);
    assertEquals(budget.held, 0);
  }
});

Deno.test("memory of a sample's own is moved to a worker and back, without a copy", async () => {
  const dataset = samplesOf(6, (index) => new Uint8Array(10_000).fill(index));
  const url = moduleOf("export default (sample) => sample.subarray(100)");
  for (const workers of [0, 1, 2]) {
    await using loader = createLoader<Uint8Array>(dataset, {
      batchSize: 3,
      transform: { module: url },
      pool: { workers },
    });
    for await (const { data } of loader) {
      assertEquals(data.map(({ length, byteOffset }) => [length, byteOffset]), [
        [9900, 100],
        [9900, 100],
        [9900, 100],
      ]);
    }
    assertEquals(loader.stats().bytesCopied, 0);
  }
});

Deno.test("collate of a module puts batches together in a worker, from samples of another one or of this thread", async () => {
  const options = { batchSize: 4, collate: { module, export: "summed" } } as const;
  for (const workers of [0, 1, 2]) {
    await using loader = createLoader<number, number, Float64Array>(range(10), {
      ...options,
      pool: { workers },
    });
    const batches: number[][] = [];
    for await (const { data } of loader) batches.push([...data]);
    assertEquals(batches, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]);
  }
  await using store = new MemoryStore();
  for (const files of SAMPLE_FILES.slice(0, 2)) {
    await files.write(store, 12);
    for (const transform of [undefined, { module }]) {
      await using dataset = await files.open(store);
      const collate = { module: moduleOf("export default (samples) => ({ samples: samples.toReversed() })") };
      await using loader = createLoader<unknown, unknown, { samples: unknown[] }>(dataset, {
        batchSize: 4,
        collate,
        ...(transform && { transform }),
        pool: { workers: 2 },
      });
      const ids: number[] = [];
      for await (const { data } of loader) {
        for (const one of data.samples.toReversed()) {
          ids.push(files.idOf(transform ? (one as { sample: unknown }).sample : one));
        }
      }
      assertEquals(ids, ascending(12));
      assertEquals(store.context.budget.held, 0);
    }
  }
});

Deno.test("what a transformation throws keeps class, message, stack, cause and code, at its batch", async () => {
  for (const workers of WORKERS) {
    await using loader = createLoader(range(10), {
      batchSize: 2,
      transform: { module, export: "failsAtFive" },
      pool: { workers },
    });
    const steps: number[] = [];
    const error = await assertRejects(
      async () => {
        for await (const { step } of loader) steps.push(step);
      },
      SampleError,
      'sample 5 ("memory://range/"): too odd',
    );
    const { cause } = error;
    assert(cause instanceof RangeError);
    assertStringIncludes(cause.stack ?? "", "worker_module.ts");
    assertEquals((cause as { code?: unknown }).code, "ODD");
    assert(cause.cause instanceof Error && cause.cause.message === "five");
    assertEquals(steps, [0, 1]);
    assertEquals(loader.state().position, 4);
    await using skipping = createLoader(range(10), {
      batchSize: 2,
      transform: { module, export: "failsAtFive" },
      pool: { workers },
      onError: "skip",
    });
    assertEquals(await epoch(skipping), [[0, 1], [2, 3], [4], [6, 7], [8, 9]]);
  }
});

Deno.test("a module that cannot be loaded is an error at once, naming URL and export, and is never skipped", async () => {
  const missing = new URL("../testing/none.ts", import.meta.url);
  const cases: [{ module: URL | string; export?: string }, string][] = [
    [{ module: missing }, "none.ts"],
    [{ module, export: "nothing" }, "no such export"],
    [{ module, export: "notOne" }, "no function, but number"],
    [{ module: moduleOf("throw new Error('at the top')") }, "at the top"],
    [{ module: moduleOf("export default (") }, "default of"],
  ];
  for (const workers of [0, 2]) {
    for (const kind of ["transform", "collate"] as const) {
      for (const [named, words] of cases) {
        await using loader = createLoader(range(10), { [kind]: named, onError: "skip", pool: { workers } });
        const error = await assertRejects(() => epoch(loader), TypeError, words);
        assertStringIncludes(error.message, `Cannot ${kind} by ${named.export ?? "default"} of "`);
        assertEquals(loader.state().position, 0);
      }
    }
  }
});

Deno.test("what is no module, and workers for functions, are refused with what to give", () => {
  const cases: [LoaderOptions<number>, string][] = [
    [{ transform: { module: "./here.ts" } }, 'give new URL("./module.ts", import.meta.url)'],
    [{ transform: 7 as never }, "it is a function, or { module, export }"],
    [{ collate: { module, name: "x" } as never }, "collate.name"],
    [{ transform: { module, export: 7 as never } }, "the name of an export"],
    [
      { transform: (sample) => sample, pool: { workers: 2 } },
      "give transform or collate as { module, export }",
    ],
    [{ transform: { module }, pool: { workers: -1 } }, "a whole number from 0 to 512"],
    [{ transform: { module }, pool: { workers: 1.5 } }, "a whole number from 0 to 512"],
  ];
  for (const [options, words] of cases) assertThrows(() => createLoader(range(3), options), TypeError, words);
});

Deno.test("the configuration says what is of a module and how many workers there are", () => {
  const of = (options: LoaderOptions<number>) => {
    const { config: { loader: { transform, collate }, pool: { workers }, sources } } = createLoader(
      range(3),
      options,
    );
    return [transform, collate, workers, sources["pool.workers"]];
  };
  const most = Math.max(1, navigator.hardwareConcurrency - 1);
  assertEquals(of({}), ["none", "none", 0, "default"]);
  assertEquals(of({ transform: (sample) => sample, pool: { workers: "auto" } }), [
    "function",
    "none",
    0,
    "default",
  ]);
  assertEquals(of({ transform: { module } }), [`${module}#default`, "none", most, "default"]);
  assertEquals(of({ collate: { module, export: "summed" }, pool: { workers: 3 } }), [
    "none",
    `${module}#summed`,
    3,
    "option",
  ]);
});

Deno.test("what cannot be sent to a worker or back is an error that names the export and the place", async () => {
  class Own {}
  const samples: [unknown, string][] = [
    [{ key: "a", of: [() => 1] }, "of[0] is a function"],
    [new Own(), "it is an instance of Own"],
    [{ inner: { own: new Own() } }, "inner.own is an instance of Own"],
    [Symbol("s"), "it is a symbol"],
  ];
  for (const workers of [0, 1]) {
    for (const [sample, words] of samples) {
      const dataset = samplesOf(1, () => sample);
      await using loader = createLoader<unknown>(dataset, { transform: { module }, pool: { workers } });
      await assertRejects(() => epoch(loader), SampleError, words);
      await using again = createLoader<unknown>(dataset, { transform: { module }, pool: { workers } });
      await assertRejects(() => epoch(again), SampleError, 'default of "file:');
    }
  }
  const results: [string, string][] = [
    ["() => ({ f() {} })", "f is a function"],
    ["() => new (class Own {})()", "it is an instance of Own"],
    ["() => [new WeakMap()]", "[0] is an instance of WeakMap"],
  ];
  for (const workers of [0, 1]) {
    for (const [body, words] of results) {
      const url = moduleOf(`export const made = ${body}`);
      await using loader = createLoader<number, unknown>(range(1), {
        transform: { module: url, export: "made" },
        pool: { workers },
      });
      const error = await assertRejects(() => epoch(loader), SampleError, words);
      assertStringIncludes(error.message, "Cannot send back what made of ");
    }
  }
});

Deno.test("memory that a transformation gave before is refused, and memory of WebAssembly is copied", async () => {
  for (const workers of [0, 1]) {
    const twice = moduleOf("const table = new Uint8Array(8192); export default () => table");
    await using loader = createLoader<number, Uint8Array>(range(2), {
      batchSize: 2,
      transform: { module: twice },
      pool: { workers },
    });
    await assertRejects(() => epoch(loader), SampleError, "memory that was moved or given back before");
    const wasm = moduleOf(
      "const m = new WebAssembly.Memory({ initial: 1 }); " +
        "export default (n) => { const b = new Uint8Array(m.buffer); b[0] = n; return b; }",
    );
    await using copying = createLoader<number, Uint8Array>(range(3), {
      batchSize: 3,
      transform: { module: wasm },
      pool: { workers },
    });
    const [batch] = await epoch(copying);
    assertEquals(batch?.map((bytes) => [bytes.length, bytes[0]]), [[65536, 0], [65536, 1], [65536, 2]]);
  }
});

Deno.test("modules of data: and blob: URLs and of npm: are run", async () => {
  const source = "export default (sample) => sample * 2";
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  for (const workers of [0, 1]) {
    for (const url of [moduleOf(source), blob]) {
      await using loader = createLoader(range(3), {
        batchSize: 3,
        transform: { module: url },
        pool: { workers },
      });
      assertEquals(await epoch(loader), [[0, 2, 4]]);
    }
    const matcher = { module: import.meta.resolve("picomatch"), export: "default" };
    await using loader = createLoader<number, unknown>(range(1), { transform: matcher, pool: { workers } });
    await assertRejects(() => epoch(loader), SampleError, "Expected pattern to be a non-empty string");
  }
  URL.revokeObjectURL(blob);
});
