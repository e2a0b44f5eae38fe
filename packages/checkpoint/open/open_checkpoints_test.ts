import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { AlreadyExistsError, NotFoundError } from "@lade/core/errors";
import { FencedError, IncompleteError, InvalidCheckpointError } from "../errors/errors.ts";
import { openCheckpoints } from "./open_checkpoints.ts";

function numbers(count: number, from = 0): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, place) => from + place);
}

Deno.test("a checkpoint of one rank is loaded as it was saved", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "run/checkpoints");
  assertEquals(await checkpoints.latest(), undefined);
  const weight = numbers(6);
  const save = checkpoints.save(300, {
    tensors: [
      { name: "weight", dtype: "float32", shape: [2, 3], data: weight },
      { name: "steps", dtype: "int64", shape: [], data: BigInt64Array.of(7n) },
      { name: "none", dtype: "float32", shape: [0, 4], data: new Float32Array(0) },
    ],
    extras: { loader: { position: 12 }, state: Uint8Array.of(1, 2, 3) },
    metrics: { loss: 0.5 },
  });
  await save.snapshot;
  weight.fill(-1);
  const info = await save.committed;
  assertEquals([info.generation, info.step, info.metrics, info.tensorCount, info.bytes], [
    0,
    300,
    { loss: 0.5 },
    3,
    32,
  ]);
  assertEquals(await checkpoints.latest(), info);

  await using reader = await openCheckpoints(store, "run/checkpoints", { readOnly: true });
  await using checkpoint = await reader.open("latest");
  const tensors = await checkpoint.loadAll();
  assertEquals(tensors.get("weight")?.data, numbers(6));
  assertEquals(tensors.get("steps")?.data, BigInt64Array.of(7n));
  assertEquals(tensors.get("none")?.shape, [0, 4]);
  assertEquals(await checkpoint.extra("loader"), { position: 12 });
  assertEquals(await checkpoint.extra("state"), Uint8Array.of(1, 2, 3));
});

Deno.test("ranks save a checkpoint together, and any number of them loads any part of it", async () => {
  await using store = new MemoryStore();
  const worldSize = 3;
  const open = (rank: number) => openCheckpoints(store, "c", { run: "job-0", rank, worldSize });
  const all = await Promise.all([0, 1, 2].map(open));
  const infos = await Promise.all(all.map((checkpoints, rank) =>
    checkpoints.save(1, {
      tensors: [
        {
          name: "rows",
          dtype: "float32",
          shape: [2, 4],
          offsets: [rank * 2, 0],
          globalShape: [6, 4],
          data: numbers(8, rank * 8),
        },
        { name: "bias", dtype: "float32", shape: [4], replicas: [0, 1, 2], data: numbers(4, 100) },
      ],
      extras: { rng: rank },
    }).committed
  ));
  assertEquals(
    infos.map(({ step, worldSize, bytes }) => [step, worldSize, bytes]),
    Array(3).fill([1, 3, 112]),
  );
  await using reader = await openCheckpoints(store, "c", { readOnly: true });
  await using checkpoint = await reader.open(1);
  const part = new Float32Array(9);
  await checkpoint.load([{ name: "rows", offsets: [1, 1], shape: [3, 3], data: part }]);
  assertEquals([...part], [5, 6, 7, 9, 10, 11, 13, 14, 15]);
  assertEquals((await checkpoint.loadAll()).get("bias")?.data, numbers(4, 100));
  assertEquals([await checkpoint.extra("rng"), await checkpoint.extra("rng", { rank: 2 })], [0, 2]);
});

Deno.test("a rank that never comes is named, and the checkpoint is not there; recover() commits what is whole", async () => {
  await using store = new MemoryStore();
  const options = { run: "a", worldSize: 2, patienceMs: 0 };
  const tensors = (rank: number) => [
    {
      name: "w",
      dtype: "uint8",
      shape: [1],
      offsets: [rank],
      globalShape: [2],
      data: Uint8Array.of(rank),
    } as const,
  ];
  const first = await openCheckpoints(store, "", { ...options, rank: 0 });
  const error = await assertRejects(
    () => first.save(5, { tensors: tensors(0) }).committed,
    IncompleteError,
    "rank 1 of 2",
  );
  assertEquals(error.ranks, [1]);
  assertEquals(await first.latest(), undefined);
  assertEquals((await first.recover()).incomplete.map(({ ranks, worldSize }) => [ranks, worldSize]), [[
    1,
    2,
  ]]);
  const second = await openCheckpoints(store, "", { ...options, rank: 1 });
  assertEquals((await second.save(5, { tensors: tensors(1) }).committed).step, 5);
});

Deno.test("parts that do not make up a tensor are an error that names it, and nothing is committed", async () => {
  await using store = new MemoryStore();
  await using checkpoints = await openCheckpoints(store, "");
  const piece = {
    name: "w",
    dtype: "uint8",
    shape: [1],
    offsets: [1],
    globalShape: [2],
    data: Uint8Array.of(1),
  } as const;
  await assertRejects(
    () => checkpoints.save(1, { tensors: [piece] }).committed,
    InvalidCheckpointError,
    'tensor "w" is not whole',
  );
  assertEquals(await checkpoints.latest(), undefined);
});

Deno.test("a later run goes on where an earlier one was, and fences it", async () => {
  await using store = new MemoryStore();
  const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(1) }] as const;
  const old = await openCheckpoints(store, "", { run: "old" });
  await old.save(10, { tensors }).committed;
  const next = await openCheckpoints(store, "", { run: "new" });
  assertEquals((await next.open("resume")).info.step, 10);
  await assertRejects(() => old.save(11, { tensors }).committed, FencedError, '"new" has begun');
  // A run may go back to an earlier step, and is the newest all the same.
  await next.save(9, { tensors }).committed;
  assertEquals((await next.latest())?.step, 9);
  const steps: number[] = [];
  for await (const { step } of next.list()) steps.push(step);
  assertEquals(steps, [9, 10]);
  await assertRejects(() => openCheckpoints(store, "", { run: "old" }), FencedError);
});

Deno.test("a step saved twice is the same checkpoint, or an error where it has other bytes", async () => {
  await using store = new MemoryStore();
  const checkpoints = await openCheckpoints(store, "", { run: "a" });
  const save = (value: number) =>
    checkpoints.save(1, { tensors: [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(value) }] })
      .committed;
  assertEquals(await save(1), await save(1));
  await assertRejects(() => save(2), AlreadyExistsError);
  assertEquals((await (await checkpoints.open(1)).loadAll()).get("w")?.data, Uint8Array.of(1));
});

Deno.test("damage is found when it is loaded, and names the tensor and the bytes", async () => {
  await using store = new MemoryStore();
  const checkpoints = await openCheckpoints(store, "", { chunkBytes: 16 });
  await checkpoints.save(1, {
    tensors: [{ name: "w", dtype: "uint8", shape: [64], data: new Uint8Array(64).fill(3) }],
  }).committed;
  let key = "";
  for await (const object of store.list("data/")) key = object.key;
  const bytes = new Uint8Array(await new Response((await store.get(key)).body).arrayBuffer());
  bytes[bytes.length - 20] = 9;
  await store.put(key, bytes);
  const checkpoint = await checkpoints.open(1);
  const error = await assertRejects(
    () => checkpoint.loadAll(),
    InvalidCheckpointError,
    "do not match their checksum",
  );
  assertEquals([error.tensor, error.offset], ["w", bytes.length - 32]);
  await checkpoint.load([{ name: "w", shape: [16], data: new Uint8Array(16) }]);
  await store.delete(key);
  await assertRejects(() => checkpoint.loadAll(), InvalidCheckpointError, "is gone");
});

Deno.test("a failed save that nobody looked at is thrown by the next one", async () => {
  await using store = new MemoryStore();
  const checkpoints = await openCheckpoints(store, "");
  const failing = () => Promise.reject(new Error("the source is gone"));
  checkpoints.save(1, { tensors: [{ name: "w", dtype: "uint8", shape: [1], data: failing }] });
  await assertRejects(() => checkpoints.settled(), Error, "the source is gone");
  await checkpoints.settled();
});

Deno.test("nothing is saved once a series is disposed, which nobody would wait for", async () => {
  await using store = new MemoryStore();
  const checkpoints = await openCheckpoints(store, "");
  const save = checkpoints.save(1, { tensors: [] });
  await checkpoints[Symbol.asyncDispose]();
  assertEquals((await save.committed).step, 1);
  assertThrows(() => checkpoints.save(2, { tensors: [] }), TypeError, "disposed");
  await assertRejects(() => checkpoints.open(2), NotFoundError, "none of step 2; the newest is of step 1");
});

Deno.test("wrong arguments are refused before anything is written", async () => {
  await using store = new MemoryStore();
  await assertRejects(() => openCheckpoints(store, "", { worldSize: 2 }), TypeError, "without run");
  await assertRejects(() => openCheckpoints(store, "", { rank: 1 }), TypeError, "rank 1");
  await assertRejects(() => openCheckpoints(store, "x", { readOnly: true }), NotFoundError, "lade.json");
  await using checkpoints = await openCheckpoints(store, "");
  const save = (piece: object) => () =>
    checkpoints.save(1, {
      tensors: [{ name: "w", dtype: "uint8", shape: [2], data: new Uint8Array(2), ...piece }],
    });
  assertThrows(save({ dtype: "int3" }), TypeError, '"int3" is none of bool, int8, int16');
  const complex = { dtype: "complex128", shape: [1], data: new Float64Array(2) };
  assertThrows(save(complex), TypeError, "safetensors has no complex128");
  assertThrows(save({ shape: [3] }), TypeError, "its shape takes 3");
  assertThrows(save({ globalShape: [1] }), TypeError, "passes the end");
  assertThrows(save({ replicas: [0, 1] }), TypeError, "replicas");
  assertThrows(save({ name: "__metadata__" }), TypeError, "called so");
  assertThrows(() => checkpoints.save(-1, { tensors: [] }), RangeError, "step -1");
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  assertEquals(keys, ["lade.json"]);
  assert(!checkpoints.isSaving);
});

Deno.test("ranks that say different things of a tensor commit nothing, and are told which rank says what", async () => {
  const differing = async (other: object, message: string) => {
    await using store = new MemoryStore();
    const own = {
      name: "w",
      dtype: "uint16",
      shape: [1],
      globalShape: [2],
      data: new Uint8Array(2),
    } as const;
    const ranks = await Promise.all(
      [0, 1].map((rank) => openCheckpoints(store, "", { run: "a", rank, worldSize: 2 })),
    );
    const saves = ranks.map((rank, index) =>
      rank.save(1, { tensors: [index === 0 ? own : { ...own, offsets: [1], ...other }] }).committed
    );
    for (const { reason } of await Promise.allSettled(saves) as PromiseRejectedResult[]) {
      assert(reason instanceof InvalidCheckpointError, String(reason));
      assertEquals(reason.tensor, "w");
      assert(reason.message.includes(message), reason.message);
    }
    await assertRejects(() => openCheckpoints(store, "", { readOnly: true }).then((it) => it.open("latest")));
    assertEquals(await ranks[0]?.latest(), undefined);
  };
  await differing({ dtype: "int16" }, "is uint16 of [2] for one rank, and int16 of [2] for rank 1");
  await differing({ globalShape: [3] }, "is uint16 of [2] for one rank, and uint16 of [3] for rank 1");
});

Deno.test("what is not of the series does not matter beside its runs, however much of it there is", async () => {
  await using store = new MemoryStore();
  await openCheckpoints(store, "", { run: "a" });
  for (let count = 0; count < 20; count++) await store.put(`runs/.probe-${count}`, new Uint8Array(0));
  const tensors = [{ name: "w", dtype: "uint8", shape: [1], data: Uint8Array.of(1) }] as const;
  const next = await openCheckpoints(store, "", { run: "b" });
  assertEquals((await next.save(1, { tensors }).committed).generation, 1);
});
