import { assert, assertEquals } from "@std/assert";
import type { DeleteOptions, GetOptions, HeadOptions, ObjectInfo } from "@lade/core";
import type { GetResult, PutOptions, PutResult } from "@lade/core";
import { Histogram } from "../histogram/histogram.ts";
import { QuickClock, SlowStore, smallSpec, storesOf, the } from "../testing/workload.ts";
import { cleanWorkload } from "./clean_workload.ts";
import { runWorkload } from "./run_workload.ts";

/** Sees whether anything touches an object that another call changes. */
class WatchingStore extends SlowStore {
  readonly clashes: string[] = [];
  readonly sizes: number[] = [];
  readonly #readers = new Map<string, number>();
  readonly #writers = new Set<string>();
  #there = 0;

  override get(key: string, options?: GetOptions): Promise<GetResult> {
    return this.#reading(key, () => super.get(key, options));
  }

  override head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    return this.#reading(key, async () => {
      await this.clock.sleep(3);
      return await super.head(key, options);
    });
  }

  override put(key: string, data: Uint8Array, options?: PutOptions): Promise<PutResult> {
    return this.#writing(key, async () => {
      const isNew = await super.head(key).then(() => false, () => true);
      const result = await super.put(key, data, options);
      if (isNew) this.sizes.push(++this.#there);
      return result;
    });
  }

  override delete(key: string, options?: DeleteOptions): Promise<void> {
    return this.#writing(key, async () => {
      await super.head(key).catch(() => this.clashes.push(`delete of ${key}, which is not there`));
      await super.delete(key, options);
      this.sizes.push(--this.#there);
    });
  }

  async #reading<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#writers.has(key)) this.clashes.push(`read of ${key} while it is written`);
    this.#readers.set(key, (this.#readers.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      this.#readers.set(key, (this.#readers.get(key) ?? 0) - 1);
    }
  }

  async #writing<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (this.#writers.has(key) || this.#readers.get(key)) this.clashes.push(`write of ${key} in use`);
    this.#writers.add(key);
    await this.clock.sleep(7);
    try {
      return await work();
    } finally {
      this.#writers.delete(key);
    }
  }
}

for (const pick of ["uniform", "sequential", { zipf: 1.1 }]) {
  Deno.test(`no operation of a mix meets another one's object, picked ${JSON.stringify(pick)}`, async () => {
    const mix = {
      get: 30,
      "get-range": { weight: 10, length: 300, align: 7 },
      put: 20,
      stat: 10,
      list: 2,
      delete: 20,
    };
    for (
      const load of [{ concurrency: 12 }, { rate: { ops: 1500, arrival: "exponential", maxInFlight: 30 } }]
    ) {
      const clock = new QuickClock();
      const store = new WatchingStore(clock, () => 5);
      const spec = await smallSpec([{ put: ["small"] }, { name: "mixed", mix, pick, ops: 3000, ...load }], {
        objects: { small: { count: 40, size: { uniform: { min: 0, max: 900 } }, shards: 3 } },
        verify: "all",
      });
      const { phases: [, mixed], verify } = await clock.until(runWorkload(spec, storesOf(store)));
      assertEquals(store.clashes, []);
      const counts = new Map(the(mixed).ops.map(({ op, ops }) => [op, ops]));
      assertEquals(the(mixed).ops.flatMap(({ errors }) => errors), []);
      assertEquals([...counts.values()].reduce((a, b) => a + b), 3000);
      assertEquals([verify.wrong, verify.reads], [0, the(counts.get("get")) + the(counts.get("get-range"))]);
      const share = (op: "get" | "stat") => the(counts.get(op)) / 3000 * 92;
      assert(
        Math.abs(share("get") - 30) < 4 && Math.abs(share("stat") - 10) < 3,
        JSON.stringify([...counts]),
      );
      // The population stays.
      assert(Math.min(...store.sizes.slice(40)) >= 15, `${Math.min(...store.sizes.slice(40))}`);
      assert(Math.max(...store.sizes) <= 40 + 1);
      await clock.until(cleanWorkload(spec, storesOf(store)));
      assertEquals((await Array.fromAsync(store.list())).length, 0);
    }
  });
}

Deno.test("ranges are whole, aligned and within their objects", async () => {
  const clock = new QuickClock();
  const ranges: number[][] = [];
  class Seen extends SlowStore {
    override get(key: string, options?: GetOptions): Promise<GetResult> {
      const { range } = options ?? {};
      if (range && "offset" in range) ranges.push([range.offset, range.length ?? -1]);
      return super.get(key, options);
    }
  }
  const mix = { "get-range": { weight: 1, length: 300, align: 7 } };
  const spec = await smallSpec([{ put: ["small"] }, { name: "ranges", mix, ops: 500 }], { verify: "all" });
  const { phases: [, read], verify } = await clock.until(
    runWorkload(spec, storesOf(new Seen(clock, () => 0))),
  );
  assertEquals([the(the(read).ops[0]).bytes, verify.wrong, ranges.length], [150_000, 0, 500]);
  assert(
    ranges.every(([offset = -1, length]) =>
      offset % 7 === 0 && offset >= 0 && offset <= 700 && length === 300
    ),
  );
  assertEquals([Math.min(...ranges.flat()), Math.max(...ranges.map(([offset = 0]) => offset))], [0, 700]);
  assertEquals(Histogram.restore(the(the(read).ops[0]).latency).count, 500);
});
