import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import {
  createPartWriter,
  createStoreContext,
  type ObjectPart,
  type PutResult,
  UnavailableError,
  type WriteSink,
} from "../mod.ts";
import { counted, FakeSink, SMALL } from "./fake_sink_test.ts";

/** A sink whose calls settle when the test says so. */
class HeldSink implements WriteSink {
  readonly uri = "test://a";
  readonly concurrency = 2;
  readonly log: string[] = [];
  readonly #held = new Map<string, PromiseWithResolvers<void>>();

  signal: AbortSignal | undefined;

  writePart({ index, offset, length }: ObjectPart, _bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    this.signal = signal;
    return this.#hold(`write ${index} ${offset}+${length}`);
  }

  async commit(): Promise<PutResult> {
    await this.#hold("commit");
    return { size: 25 };
  }

  drop(): Promise<void> {
    return this.#hold("drop");
  }

  settle(name: string, error?: unknown): void {
    const { resolve, reject } = this.#held.get(name) ?? Promise.withResolvers<void>();
    if (error === undefined) resolve();
    else reject(error);
  }

  #hold(name: string): Promise<void> {
    this.log.push(name);
    const held = Promise.withResolvers<void>();
    this.#held.set(name, held);
    return held.promise;
  }
}

const failure = new UnavailableError({ operation: "write", uri: "test://a", detail: "it broke" });
const leftover = new UnavailableError({ operation: "abort", uri: "test://a", detail: "it stays" });

/** Long enough for every promise that can settle to have settled. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

const context = createStoreContext();

async function open(signal?: AbortSignal) {
  const sink = new HeldSink();
  return { sink, writer: await createPartWriter({ size: 25, partSize: 10, sink, context, signal }) };
}

Deno.test("createPartWriter() gives each part its place and tells what is written", async () => {
  const { sink, writer } = await open();
  assertEquals([writer.partCount, writer.concurrency, writer.bytesWritten], [3, 2, 0]);
  const last = writer.writePart(2, new Uint8Array(5));
  const first = writer.writePart(0, new Uint8Array(10));
  sink.settle("write 2 20+5");
  await last;
  assertEquals(writer.bytesWritten, 5);
  const second = writer.writePart(1, new Uint8Array(10));
  const closing = writer.close();
  await turn();
  assertEquals(sink.log, ["write 2 20+5", "write 0 0+10", "write 1 10+10"]);
  sink.settle("write 0 0+10");
  sink.settle("write 1 10+10");
  await Promise.all([first, second]);
  await turn();
  sink.settle("commit");
  assertEquals(await closing, { size: 25 });
  await writer.abort();
  await assertRejects(() => writer.writePart(0, new Uint8Array(10)), TypeError, "the writer is closed");
  assertEquals(sink.log.at(-1), "commit");
});

Deno.test("createPartWriter() drops the sink only when no part is under way any more", async () => {
  const { sink, writer } = await open();
  const first = writer.writePart(0, new Uint8Array(10)).catch((error) => error);
  const second = writer.writePart(1, new Uint8Array(10)).catch((error) => error);
  sink.settle("write 0 0+10", failure);
  await turn();
  assertEquals(sink.log.includes("drop"), false);
  sink.settle("write 1 10+10");
  await turn();
  assertEquals(sink.log.at(-1), "drop");
  sink.settle("drop");
  assertStrictEquals(await first, failure);
  assertStrictEquals(await second, failure, "a part that was written is of no use any more");
  await assertRejects(() => writer.close(), UnavailableError, "it broke");
});

Deno.test("createPartWriter() tells with a failure what could not be removed", async () => {
  const { sink, writer } = await open();
  const first = writer.writePart(0, new Uint8Array(10)).catch((error) => error);
  sink.settle("write 0 0+10", failure);
  await turn();
  sink.settle("drop", leftover);
  const error = await first;
  assertStringIncludes(error.message, "it broke; also, it stays");
  assertStrictEquals(error.cause, failure);
  await writer.abort();
});

Deno.test("abort() of a writer of parts rejects when something could not be removed, once", async () => {
  const { sink, writer } = await open();
  const aborting = writer.abort().catch((error) => error);
  await turn();
  sink.settle("drop", leftover);
  assertStrictEquals(await aborting, leftover);
  await writer.abort();
});

Deno.test("abort() during close() leaves an object alone that has become visible", async () => {
  const { sink, writer } = await open();
  const parts = [10, 10, 5].map((size, index) => writer.writePart(index, new Uint8Array(size)));
  for (const name of ["write 0 0+10", "write 1 10+10", "write 2 20+5"]) sink.settle(name);
  await Promise.all(parts);
  const closing = writer.close();
  await turn();
  const aborting = writer.abort();
  sink.settle("commit");
  assertEquals(await closing, { size: 25 });
  await aborting;
  assertEquals(sink.log.includes("drop"), false);
});

Deno.test("createPartWriter()'s signal does not wait for what is to be removed", async () => {
  const controller = new AbortController();
  const { sink, writer } = await open(controller.signal);
  const first = writer.writePart(0, new Uint8Array(10)).catch((error) => error);
  const second = writer.writePart(1, new Uint8Array(10)).catch((error) => error);
  const reason = new Error("stop");
  controller.abort(reason);
  sink.settle("write 0 0+10");
  assertStrictEquals(await first, reason);
  sink.settle("write 1 10+10", reason);
  assertStrictEquals(await second, reason);
  assertStrictEquals(await writer.close().catch((error) => error), reason);
  assert(sink.log.includes("drop"));
  sink.settle("drop");
  await writer.abort();
});

Deno.test("close() never makes an object of parts of which the last one under way fails", async () => {
  const { sink, writer } = await open();
  const parts = [10, 10, 5].map((size, index) => writer.writePart(index, new Uint8Array(size)));
  const settled = Promise.allSettled(parts);
  const closing = writer.close().catch((error) => error);
  for (const name of ["write 0 0+10", "write 1 10+10"]) sink.settle(name);
  sink.settle("write 2 20+5", failure);
  await turn();
  assertEquals(sink.log.slice(3), ["drop"]);
  sink.settle("drop");
  assertStrictEquals(await closing, failure);
  assertEquals((await settled).map(({ status }) => status).at(-1), "rejected");
});

Deno.test("createPartWriter() asks the parts under way to end with the first failure", async () => {
  const { sink, writer } = await open();
  const first = writer.writePart(0, new Uint8Array(10)).catch((error) => error);
  const second = writer.writePart(1, new Uint8Array(10)).catch((error) => error);
  assertEquals(sink.signal?.aborted, false);
  sink.settle("write 0 0+10", failure);
  await turn();
  assertStrictEquals(sink.signal?.reason, failure);
  sink.settle("write 1 10+10", failure);
  await turn();
  sink.settle("drop");
  await Promise.all([first, second]);
});

Deno.test("createPartWriter() with a signal that is aborted already drops the sink and takes no part", async () => {
  const reason = new Error("stop");
  const { sink, writer } = await open(AbortSignal.abort(reason));
  assertStrictEquals(await writer.writePart(0, new Uint8Array(10)).catch((error) => error), reason);
  assertStrictEquals(await writer.close().catch((error) => error), reason);
  assertEquals(sink.log, ["drop"]);
  sink.settle("drop");
  await writer.abort();
});

Deno.test("createPartWriter() listens to its signal no longer than it writes", async () => {
  for (const end of ["close", "abort"] as const) {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (
      ...args: unknown[]
    ) => (listeners++, addEventListener.apply(signal, args as never));
    signal.removeEventListener = (...args: unknown[]) => (
      listeners--, removeEventListener.apply(signal, args as never)
    );
    const { sink, writer } = await open(signal);
    const parts = [10, 10, 5].map((size, index) => writer.writePart(index, new Uint8Array(size)));
    for (const name of ["write 0 0+10", "write 1 10+10", "write 2 20+5"]) sink.settle(name);
    await Promise.all(parts);
    assertEquals(listeners, 1);
    const ending = writer[end]();
    await turn();
    for (const name of ["commit", "drop"]) sink.settle(name);
    await ending;
    assertEquals(listeners, 0);
  }
});

Deno.test("writePart() during close() is a TypeError, and the object is made all the same", async () => {
  const { sink, writer } = await open();
  const parts = [10, 10, 5].map((size, index) => writer.writePart(index, new Uint8Array(size)));
  const closing = writer.close();
  await assertRejects(() => writer.writePart(0, new Uint8Array(10)), TypeError, "the writer is closed");
  for (const name of ["write 0 0+10", "write 1 10+10", "write 2 20+5"]) sink.settle(name);
  await Promise.all(parts);
  await turn();
  sink.settle("commit");
  assertEquals(await closing, { size: 25 });
});

Deno.test("createPartWriter() gives an ordered sink each part after the one before it, however they come", async () => {
  const sink = new FakeSink({ ordered: true, concurrency: 4, before: () => turn() });
  const writer = await createPartWriter({ sink, size: 18, partSize: 4, context });
  assertEquals([writer.ordered, writer.concurrency], [true, 4]);
  const order = [3, 1, 4, 0, 2];
  const parts = order.map((index) => writer.writePart(index, counted(18).subarray(4 * index, 4 * index + 4)));
  await writer.close();
  await Promise.all(parts);
  assertEquals(sink.calls, ["begin", "0@0+4", "1@4+4", "2@8+4", "3@12+4", "4@16+2", "commit 18"]);
  assertEquals([sink.most, sink.object], [1, counted(18)]);
});

Deno.test("close() and abort() end parts that wait in vain for the ones before them", async () => {
  for (const end of ["close", "abort"] as const) {
    const sink = new FakeSink({ ordered: true });
    const writer = await createPartWriter({ sink, size: 12, partSize: 4, context });
    const waiting = [2, 1].map((index) => writer.writePart(index, new Uint8Array(4)).catch((error) => error));
    const ending = writer[end]().catch((error) => error);
    for (const error of await Promise.all(waiting)) assert(error instanceof Error);
    const error = await ending;
    if (end === "close") assertStringIncludes(error.message, "part 0 of 3 was not written");
    assertEquals(sink.calls, ["begin", "drop"]);
  }
});

Deno.test("createPartWriter() puts an object whole that the sink takes so, its parts gathered in any order", async () => {
  const sink = new FakeSink({ partLimits: SMALL, wholeUpTo: 10, ordered: true });
  const writer = await createPartWriter({ sink, size: 10, partSize: 4, context });
  assertEquals([writer.ordered, context.budget.held], [false, 10]);
  for (const index of [2, 0, 1]) {
    await writer.writePart(index, counted(10).subarray(4 * index, 4 * index + 4));
  }
  assertEquals((await writer.close()).size, 10);
  assertEquals([sink.calls, sink.object, context.budget.held], [["whole"], counted(10), 0]);
});

Deno.test("createPartWriter() rejects with what its begin fails with, and drops what began when it was ended", async () => {
  const sink = new FakeSink({ before: (call) => call === "begin" ? Promise.reject(failure) : undefined });
  const open = () => createPartWriter({ sink, size: 10, partSize: 4, context });
  assertStrictEquals(await open().catch((error) => error), failure);
  assertEquals(sink.calls, ["begin"]);
  const controller = new AbortController();
  const reason = new Error("stop");
  const ended = new FakeSink({ before: (call) => call === "begin" ? controller.abort(reason) : turn() });
  const { signal } = controller;
  const opening = createPartWriter({ sink: ended, size: 10, partSize: 4, context, signal });
  assertStrictEquals(await opening.catch((error) => error), reason);
  assertEquals(ended.calls, ["begin", "drop"]);
});

Deno.test("close() overlooks no part that failed, however shortly before it is called", async () => {
  for (let ticks = 0; ticks < 12; ticks++) {
    let finished = false;
    const sink: WriteSink = {
      uri: "test://a",
      concurrency: 1,
      writePart: () => Promise.reject(failure),
      commit: () => Promise.resolve({ size: finished ? 0 : (finished = true, 10) }),
      drop: () => Promise.resolve(),
    };
    const writer = await createPartWriter({ size: 10, partSize: 10, sink, context });
    const writing = writer.writePart(0, new Uint8Array(10)).catch((error) => error);
    for (let tick = 0; tick < ticks; tick++) await undefined;
    assertStrictEquals(await writer.close().catch((error) => error), failure);
    assertStrictEquals(await writing, failure);
    assert(!finished, `closed ${ticks} steps after the part`);
  }
});
