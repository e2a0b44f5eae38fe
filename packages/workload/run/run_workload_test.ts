import { assert, assertEquals } from "@std/assert";
import { ForwardingStore, type GetOptions, type GetResult, MemoryStore, type PutResult } from "@lade/core";
import { PermissionDeniedError, ThrottledError } from "@lade/core/errors";
import { smallSpec, storesOf, the } from "../testing/workload.ts";
import { runWorkload } from "./run_workload.ts";

Deno.test("an object that changed is found by all reads that are verified, with its first wrong byte", async () => {
  const memory = new MemoryStore();
  await runWorkload(await smallSpec([{ put: ["small"] }]), storesOf(memory));
  const key = "bench/small/0000007";
  await using result = await memory.get(key);
  const bytes = new Uint8Array(1000);
  await result.readInto(bytes);
  bytes[617] = the(bytes[617]) ^ 1;
  await memory.put(key, bytes);
  const read = { mix: { get: 1 }, pick: "once" };
  const all = await smallSpec([read], { verify: "all", maxErrorRate: "100%" });
  const { verify, phases, stopped } = await runWorkload(all, storesOf(memory));
  assertEquals(verify, { reads: 20, wrong: 1, examples: [{ key, offset: 617 }] });
  assertEquals(stopped, undefined);
  assertEquals(phases[0]?.ops[0]?.errors, [{
    kind: "checksum-mismatch",
    count: 1,
    example: 'Cannot verify "memory://m/bench/small/0000007": its byte 617 is not the one that was written',
  }]);
  const none = await runWorkload(await smallSpec([read]), storesOf(memory));
  assertEquals([none.verify.reads, none.phases[0]?.ops[0]?.errors], [0, []]);
  const some = await runWorkload(
    await smallSpec([{ mix: { get: 1 }, ops: 2000 }], { verify: "sample 10%", maxErrorRate: "100%" }),
    storesOf(memory),
  );
  assert(some.verify.reads > 140 && some.verify.reads < 260, `${some.verify.reads}`);
  assert(some.verify.wrong > 0 && some.verify.wrong < 40, `${some.verify.wrong}`);
});

Deno.test("an object that is cut off while it is read is found without verification", async () => {
  class Cutting extends ForwardingStore {
    override get(key: string, options: GetOptions = {}): Promise<GetResult> {
      return super.get(key, key.endsWith("3") ? { ...options, range: { offset: 0, length: 900 } } : options);
    }
  }
  const spec = await smallSpec([{ put: ["small"] }, { name: "read", mix: { get: 1 }, pick: "once" }], {
    maxErrorRate: "100%",
  });
  const { verify } = await runWorkload(spec, storesOf(new Cutting(new MemoryStore())));
  assertEquals(verify.examples.map(({ offset }) => offset), [900, 900]);
});

Deno.test("an object that is longer than it was written is found", async () => {
  const memory = new MemoryStore();
  await runWorkload(await smallSpec([{ put: ["small"] }]), storesOf(memory));
  class Longer extends ForwardingStore {
    override get(key: string, options: GetOptions = {}): Promise<GetResult> {
      return super.get(key.endsWith("4") ? "longer" : key, options);
    }
  }
  await memory.put("longer", new Uint8Array(1001));
  const spec = await smallSpec([{ mix: { get: 1 }, pick: "once" }], { maxErrorRate: "100%", verify: "all" });
  const { verify } = await runWorkload(spec, storesOf(new Longer(memory)));
  assertEquals(verify.examples.map(({ offset }) => offset), [1000, 1000]);
});

class FailingStore extends ForwardingStore {
  calls = 0;
  readonly #share: number;

  constructor(share: number) {
    super(new MemoryStore());
    this.#share = share;
  }

  override get(key: string, options?: GetOptions): Promise<GetResult> {
    if (key.endsWith(".json") || ++this.calls % this.#share > 0) return super.get(key, options);
    const about = { operation: "get", uri: "memory://m/x?X-Amz-Signature=secret", detail: "slow down" };
    return Promise.reject(this.calls % 2 ? new ThrottledError(about) : new PermissionDeniedError(about));
  }
}

Deno.test("errors are counted by kind, without secrets, and too many end the run", async () => {
  const phases = [
    { put: ["small"] },
    { name: "read", mix: { get: 1 }, ops: 1000, concurrency: 8 },
    { name: "after", mix: { get: 1 }, ops: 10 },
  ];
  const few = await runWorkload(
    await smallSpec(phases, { maxErrorRate: "12%" }),
    storesOf(new FailingStore(9)),
  );
  const [, read] = few.phases;
  const errors = the(the(read).ops[0]).errors;
  assertEquals(errors.map(({ kind }) => kind).toSorted(), ["permission-denied", "throttled"]);
  assertEquals(errors.reduce((sum, { count }) => sum + count, 0), 111);
  assertEquals(the(the(read).ops[0]).ops, 889);
  assert(!JSON.stringify(few).includes("secret"));
  assertEquals([few.stopped, few.phases.length], [undefined, 3]);
  assertEquals(the(the(read).ops[0]).series.reduce((sum, { errors }) => sum + errors, 0), 111);

  const store = new FailingStore(9);
  const many = await runWorkload(await smallSpec(phases, { maxErrorRate: "5%" }), storesOf(store));
  assert(store.calls < 70, `${store.calls}`);
  assertEquals(many.phases.length, 2);
  assert(/^\d+ of \d+ operations of phase "read" failed, and maxErrorRate is 5%$/.test(many.stopped ?? ""));
});

Deno.test("what may not be written at all ends the run at once", async () => {
  class Denying extends ForwardingStore {
    override put(key: string, data: Uint8Array): Promise<PutResult> {
      if (key.endsWith(".json")) return super.put(key, data);
      return Promise.reject(new PermissionDeniedError({ operation: "put", uri: key, detail: "no" }));
    }
  }
  const spec = await smallSpec([{ put: ["small"] }], { objects: { small: { count: 5000, size: 10 } } });
  const { phases: [put], stopped } = await runWorkload(spec, storesOf(new Denying(new MemoryStore())));
  assert(the(the(the(put).ops[0]).errors[0]).count < 100);
  assert(stopped?.includes('phase "put-1" failed'));
});

Deno.test("a result is plain JSON, and its figures add up", async () => {
  const spec = await smallSpec([
    { put: ["small"] },
    { name: "mixed", mix: { get: 1, stat: 1 }, ops: 400 },
    { name: "large", mix: { get: { weight: 1, on: "large" }, put: { weight: 1, on: "large" } }, ops: 20 },
  ], { objects: { small: { count: 20, size: 1000 }, large: { count: 3, size: "9MiB" } } });
  const own = await runWorkload(
    { ...spec, phases: [...spec.phases.slice(0, 2)] },
    storesOf(new MemoryStore()),
  );
  assertEquals(JSON.parse(JSON.stringify(own)), own);
  const { schema, target, phases, host } = own;
  assertEquals([schema, target, host.cpus > 0], ["lade-workload-result/1", "memory://m/bench/", true]);
  const [get, stat] = the(phases[1]).ops;
  assertEquals([the(get).ops + the(stat).ops, the(get).bytes, the(stat).bytes], [
    400,
    the(get).ops * 1000,
    0,
  ]);
  for (const { ops, bytes, latency, serviceTime, sizes, series } of [the(get), the(stat)]) {
    assertEquals([latency.count, serviceTime.count], [ops, ops]);
    assertEquals(series.reduce((sum, second) => sum + second.ops, 0), ops);
    assertEquals(sizes.reduce((sum, sized) => sum + sized.bytes, 0), bytes);
  }
  const [, , large] = (await runWorkload(
    {
      ...spec,
      phases: [
        { ...the(spec.phases[0]), sets: ["small", "large"] } as typeof spec.phases[0],
        ...spec.phases.slice(1),
      ],
      verify: 1,
    },
    storesOf(new MemoryStore()),
  )).phases;
  assertEquals(the(large).ops.map(({ op, errors, sizes }) => [op, errors, sizes.map(({ most }) => most)]), [
    ["put", [], [2 ** 25]],
    ["get", [], [2 ** 25]],
  ]);
});

Deno.test("a read that failed is none that was verified", async () => {
  class Refusing extends ForwardingStore {
    override get(key: string, options?: GetOptions): Promise<GetResult> {
      if (key.endsWith("03")) return Promise.reject(new Error("no"));
      return super.get(key, options);
    }
  }
  const read = { name: "read", mix: { get: 1 }, pick: "once" };
  const spec = await smallSpec([{ put: ["small"] }, read], { maxErrorRate: "100%", verify: "all" });
  const { verify } = await runWorkload(spec, storesOf(new Refusing(new MemoryStore())));
  assertEquals(verify, { reads: 19, wrong: 0, examples: [] });
});
