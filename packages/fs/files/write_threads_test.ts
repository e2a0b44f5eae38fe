import { createStoreContext } from "@lade/core";
import { systemClock } from "@lade/core/backend";
import type { SourceWorker } from "@lade/core/concurrency";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import * as fs from "node:fs";
import { makeRoot } from "../testing/make_root.ts";
import { DescriptorCalls } from "./descriptor_calls.ts";
import { DirectOutput } from "./direct_output.ts";
import { SlabSupply } from "./slab_supply.ts";
import {
  type WriteCalls,
  type WriteOrder,
  type WriteReply,
  type WriteScope,
  writeThreadProgram,
} from "./write_thread_program.ts";
import { WriteThreads } from "./write_threads.ts";

const MIB = 2 ** 20;
const FLAGS = fs.constants.O_WRONLY | fs.constants.O_DIRECT;
const NUMBER = { dev: 1, ino: 2 };

/** Threads that do what the test says. */
function scripted() {
  const workers: (SourceWorker & { readonly orders: WriteOrder[]; ended: boolean })[] = [];
  const clock = new FakeClock();
  const threads = new WriteThreads(clock, 0, () => {
    const worker = {
      onmessage: null,
      onerror: null,
      onmessageerror: null,
      orders: [] as WriteOrder[],
      ended: false,
      postMessage: (order: WriteOrder) => void worker.orders.push(order),
      terminate: () => void (worker.ended = true),
    };
    workers.push(worker as unknown as (typeof workers)[number]);
    return worker as unknown as SourceWorker;
  });
  const reply = (worker: number, data: WriteReply) =>
    // deno-lint-ignore no-explicit-any
    (workers[worker]?.onmessage as any)?.({ data });
  const break_ = (worker: number) =>
    // deno-lint-ignore no-explicit-any
    (workers[worker]?.onerror as any)?.({ preventDefault: () => {} });
  return { threads, workers, reply, break_, clock };
}

/** Shared memory, aligned. */
function shared(size: number, fill = 0): Uint8Array<SharedArrayBuffer> {
  return createStoreContext().buffers.leaseShared(size).bytes.subarray(0, size).fill(fill);
}

Deno.test("WriteThreads starts what all open files together are worth, and none for few bytes", () => {
  const { threads, workers } = scripted();
  threads.open("a", 40 * MIB, () => NUMBER);
  assertEquals(workers.length, 0);
  const b = threads.open("b", 0, () => NUMBER);
  b.expect(30 * MIB);
  assertEquals([workers.length, b.isReady, b.wantsShared], [1, false, true]);
  b.expect(2 ** 40);
  assertEquals(workers.length, 2, "as many as keep a disk busy");
});

Deno.test("WriteThreads gives each order to the least busy thread, and each reply to who waits for it", async () => {
  const { threads, workers, reply } = scripted();
  const file = threads.open("a", 2 ** 30, () => NUMBER);
  assertEquals(await file.write(shared(4096), 0), 0, "there is none yet");
  reply(0, { type: "ready" });
  reply(1, { type: "ready" });
  const writes = [0, 1, 2].map((at) => file.write(shared(4096), at * 4096));
  const orders = workers.map(({ orders }) => orders.flatMap((order) => order.type === "write" ? order : []));
  assertEquals(orders.map((own) => own.map(({ position }) => position)), [[0, 8192], [4096]]);
  for (const [worker, own] of orders.entries()) {
    for (const { id, position, dev, ino, path } of own.reverse()) {
      assertEquals({ dev, ino, path }, { ...NUMBER, path: "a" });
      reply(worker, { type: "wrote", id, count: position + 1 });
    }
  }
  assertEquals(await Promise.all(writes), [1, 4097, 8193]);
});

Deno.test("a thread that breaks leaves its orders to who asked, the others go on, and none is started again", async () => {
  const { threads, workers, reply, break_ } = scripted();
  const file = threads.open("a", 2 ** 30, () => NUMBER);
  reply(0, { type: "ready" });
  reply(1, { type: "ready" });
  const [lost, kept] = [file.write(shared(4096), 0), file.write(shared(4096), 4096)];
  break_(0);
  assertEquals([await lost, workers[0]?.ended, workers[1]?.ended], [0, true, false]);
  const [order] = workers[1]?.orders ?? [];
  assert(order?.type === "write");
  reply(1, { type: "wrote", id: order.id, count: 4096 });
  assertEquals(await kept, 4096);
  threads.open("b", 2 ** 30, () => NUMBER);
  assertEquals([workers.length, file.isReady], [2, true]);
});

Deno.test("threads let go of a file that is closed, and end a while after the last one, not before", async () => {
  const { threads, workers, reply, clock } = scripted();
  const [a, b] = [threads.open("a", 2 ** 26, () => NUMBER), threads.open("b", 1, () => NUMBER)];
  reply(0, { type: "ready" });
  a.close();
  a.close();
  assertEquals(workers[0]?.orders, [{ type: "close", file: a.number }]);
  b.close();
  const c = threads.open("c", 1, () => NUMBER);
  await clock.advance(10_000);
  assertEquals(workers[0]?.ended, false);
  c.close();
  await clock.advance(49);
  assertEquals(workers[0]?.ended, false);
  await clock.advance(1);
  assertEquals([workers[0]?.ended, c.isReady], [true, false]);
});

Deno.test("DirectOutput goes on where a thread wrote less, and writes itself what one did not, or cannot see", async () => {
  const { threads, workers, reply } = scripted();
  const threaded = threads.open("a", 2 ** 26, () => NUMBER);
  const here: [length: number, position: number][] = [];
  let refuses = false;
  const write = (...args: unknown[]) => {
    const isShared = (args[1] as Uint8Array).buffer instanceof SharedArrayBuffer;
    const error = refuses && !isShared ? Object.assign(new Error("refused"), { code: "EINVAL" }) : null;
    if (!error) here.push([Number(args[3]), Number(args[4])]);
    (args[5] as (error: Error | null, count: number) => void)(error, Number(args[3]));
  };
  // deno-lint-ignore no-explicit-any
  const calls = new DescriptorCalls({ ...fs, write, closeSync: () => {} } as any);
  const slabs = new SlabSupply(createStoreContext(), 8192, 1, true);
  const output = new DirectOutput({ fd: 1, open: () => 2, calls, slabs, slabSize: 8192, threaded });
  await output.write(new Uint8Array(8192), 0);
  assertEquals(here.splice(0), [[8192, 0]], "from where it is, while no thread is there");
  reply(0, { type: "ready" });
  const counts = [8192, 5000, 4096, 100];
  const { postMessage } = workers[0] as SourceWorker;
  const [worker] = workers;
  const asked: [fills: number | undefined, position: number][] = [];
  if (worker) {
    worker.postMessage = (order: WriteOrder) => {
      postMessage.call(worker, order);
      if (order.type !== "write") return;
      assert(order.bytes.buffer instanceof SharedArrayBuffer);
      asked.push([order.bytes[0], order.position]);
      queueMicrotask(() => reply(0, { type: "wrote", id: order.id, count: counts.shift() ?? 0 }));
    };
  }
  await output.write(new Uint8Array(8192), 8192);
  assertEquals(here.splice(0), [[8192, 8192]], "from where it is, since it is aligned");
  refuses = true;
  await output.write(new Uint8Array(16384).fill(7), 0);
  assertEquals([asked.splice(0), here], [[[7, 0], [7, 8192], [7, 12288]], []]);
  await output.write(shared(8192, 3), 40960);
  assertEquals([asked.splice(0), here], [[[3, 40960]], [[8192, 40960]]]);
  const aborted = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => output.writeAligned(shared(8192), 0, aborted), Error, "enough");
  assertEquals(asked, []);
  output.close();
  assertEquals(
    worker?.orders.at(-1),
    { type: "close", file: threaded.number },
    "also the thread lets go of it",
  );
});

Deno.test("where no thread can be started, or what it says cannot be read, none is tried again", async () => {
  let tries = 0;
  const none = new WriteThreads(new FakeClock(), 0, () => {
    tries++;
    throw new Error("no threads");
  });
  for (const name of ["a", "b"]) none.open(name, 2 ** 30, () => NUMBER);
  assertEquals([tries, none.areThere], [1, false]);
  const { threads, workers, reply } = scripted();
  const file = threads.open("a", 2 ** 26, () => NUMBER);
  reply(0, { type: "ready" });
  const lost = file.write(shared(4096), 0);
  // deno-lint-ignore no-explicit-any
  (workers[0]?.onmessageerror as any)?.({});
  assertEquals([await lost, workers[0]?.ended, threads.areThere], [0, true, false]);
});

Deno.test("a thread opens a file once, and closes it where it is another one, or no more is written to it", () => {
  const files = new Map([["right", { dev: 1, ino: 2 }], ["other device", { dev: 3, ino: 2 }]]);
  const [open, replies]: [string[], WriteReply[]] = [[], []];
  let opened = 0;
  const calls = {
    openSync: (path: string) => (opened++, open.push(path) - 1),
    fstatSync: (fd: number) => files.get(open[fd] ?? ""),
    writeSync: (_: number, bytes: Uint8Array) => bytes.length,
    closeSync: (fd: number) => void (open[fd] = ""),
  } as unknown as WriteCalls;
  const scope: WriteScope = { onmessage: null, postMessage: (reply) => void replies.push(reply) };
  writeThreadProgram(scope, calls, 0);
  const bytes = new Uint8Array(8);
  const write = (id: number, path: string) =>
    scope.onmessage?.({ data: { type: "write", id, file: id, path, ...NUMBER, bytes, position: 0 } });
  write(1, "right");
  write(1, "right");
  write(2, "other device");
  assertEquals([opened, open], [2, ["right", ""]]);
  assertEquals(replies.slice(1).map((reply) => reply.type === "wrote" && reply.count), [8, 8, 0]);
  scope.onmessage?.({ data: { type: "close", file: 1 } });
  assertEquals(open, ["", ""]);
});

Deno.test("a thread writes to the file that is meant, and to no other one that has its path", async () => {
  await using root = await makeRoot();
  const threads = new WriteThreads(systemClock, FLAGS);
  for (const name of ["a", "b"]) Deno.writeFileSync(root.file(name), new Uint8Array(0));
  const find = (name: string) => () => new DescriptorCalls(fs).status(fs.openSync(root.file(name), "r"));
  const [right, wrong, gone] = [
    threads.open(root.file("a"), 2 ** 27, find("a")),
    threads.open(root.file("a"), 1, find("b")),
    threads.open(root.file("c"), 1, find("b")),
  ];
  while (!right.isReady) await new Promise((resolve) => setTimeout(resolve, 1));
  const parts = Array.from({ length: 8 }, (_, part) => shared(8192, part + 1));
  const counts = await Promise.all(parts.map((bytes, part) => right.write(bytes, part * 8192)));
  assertEquals(counts, Array(8).fill(8192));
  assertEquals(await wrong.write(shared(4096, 99), 0), 0);
  assertEquals(await gone.write(shared(4096, 99), 0), 0);
  assertEquals(await right.write(shared(8192, 99).subarray(1, 4097), 0), 0, "what is not aligned");
  const found = Deno.readFileSync(root.file("a"));
  assertEquals([found.length, ...parts.map((_, part) => found[part * 8192 + 8191])], [
    65536,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
  ]);
  assertEquals(Deno.statSync(root.file("b")).size, 0);
  for (const file of [right, wrong, gone]) file.close();
  // Also the threads end, by the clock of the system: else the process would stay.
  while (right.isReady) await new Promise((resolve) => setTimeout(resolve, 10));
});
