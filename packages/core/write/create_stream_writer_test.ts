import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { AdaptiveLimit } from "../concurrency/adaptive_limit.ts";
import { createStoreContext } from "../context/store_context.ts";
import { QuotaExceededError, ThrottledError, UnavailableError } from "../errors/errors.ts";
import { createStreamWriter } from "./create_stream_writer.ts";
import { counted, FakeSink, type FakeSinkOptions, hang, SMALL } from "./fake_sink_test.ts";

const about = { operation: "write", uri: "test://a" };

function open(options: FakeSinkOptions = {}, partSize = 4, signal?: AbortSignal) {
  const clock = new FakeClock();
  const context = createStoreContext({ clock, maxBufferedBytes: 2 ** 20 });
  const sink = new FakeSink(options);
  return { clock, context, sink, writer: createStreamWriter({ sink, context, partSize, signal }) };
}

/** Long enough for every promise that can settle to have settled. */
const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("createStreamWriter() hands chunks on where the sink has no limits of parts", async () => {
  const { sink, writer } = open({ lacks: ["begin"] });
  const chunks = [counted(3), counted(0), counted(9), counted(1)];
  const writes = chunks.map((chunk) => writer.write(chunk));
  assertEquals((await writer.close()).size, 13);
  await Promise.all(writes);
  assertEquals(sink.calls, ["0@0+3", "1@3+9", "2@12+1", "commit 13"]);
  assertEquals([sink.most, writer.bytesWritten], [1, 13]);
});

Deno.test("createStreamWriter() puts a small object whole, and gathers a larger one into parts", async () => {
  for (const [length, parts] of [[0, 0], [8, 0], [9, 3], [19, 5]] as const) {
    const { context, sink, writer } = open({ partLimits: SMALL, wholeUpTo: 8 });
    for (const byte of counted(length)) await writer.write(new Uint8Array([byte]));
    assertEquals((await writer.close()).size, length);
    assertEquals(sink.object, counted(length));
    if (parts === 0) assertEquals(sink.calls, ["whole"]);
    else {
      assertEquals([sink.calls[0], sink.calls.at(-1)], ["begin", `commit ${length}`]);
      assertEquals(sink.calls.length, 2 + parts);
      assertEquals([...sink.parts.values()].slice(0, -1).every((part) => part.length === 4), true);
    }
    assertEquals(context.budget.held, 0);
  }
});

Deno.test("createStreamWriter() makes an object of parts where nothing is put whole, an empty one of none", async () => {
  for (const length of [0, 3, 4]) {
    const { sink, writer } = open({ partLimits: SMALL, wholeUpTo: 8, lacks: ["putWhole", "begin", "drop"] });
    await writer.write(counted(length));
    await writer.close();
    assertEquals(sink.calls, [...(length > 0 ? [`0@0+${length}`] : []), `commit ${length}`]);
  }
});

Deno.test("createStreamWriter() sends the parts of an ordered sink one after the other, all but the last in multiples", async () => {
  const { sink, writer } = open(
    {
      partLimits: { maxPartSize: 64, maxParts: Infinity, multipleOf: 8 },
      ordered: true,
      concurrency: 4,
      before: () => turn(),
    },
    5,
  );
  for (let at = 0; at < 44; at += 11) await writer.write(counted(44).subarray(at, at + 11));
  await writer.close();
  assertEquals(sink.calls.slice(1, -1), ["0@0+8", "1@8+8", "2@16+8", "3@24+8", "4@32+8", "5@40+4"]);
  assertEquals([sink.most, sink.object], [1, counted(44)]);
});

Deno.test("createStreamWriter() has no more parts on their way than the sink says, and holds one more", async () => {
  let free = () => {};
  const gate = new Promise<void>((resolve) => free = resolve);
  let most = 0;
  const size = 2 ** 16;
  const limits = { maxPartSize: size, maxParts: 100 };
  const before = (call: string) => call === "begin" ? undefined : gate;
  const { context, sink, writer } = open({ partLimits: limits, concurrency: 3, before }, size);

  const writing = (async () => {
    for (let i = 0; i < 10; i++) {
      await writer.write(new Uint8Array(size));
      most = Math.max(most, context.budget.held);
    }
  })();
  await turn();
  free();
  await writing;
  await writer.close();
  assertEquals(sink.most, 3);
  assert(most <= 4 * size, `${most} bytes were held`);
  assertEquals(context.budget.held, 0);
});

Deno.test("createStreamWriter() makes later parts larger, and refuses more than the sink takes", async () => {
  const { context, sink, writer } = open({ partLimits: { maxPartSize: 8, maxParts: 6 } }, 2);
  const error = await (async () => {
    for (let i = 0; i < 100; i++) await writer.write(counted(1));
  })().catch((error) => error);
  assert(error instanceof QuotaExceededError);
  assertStringIncludes(error.message, "more than 6 parts; use a larger partSize");
  assertEquals([...sink.parts.values()].map(({ length }) => length), [2, 2, 2, 4, 8, 8]);
  assertEquals([sink.calls.at(-1), context.budget.held], ["drop", 0]);
});

Deno.test("createStreamWriter() sends a part again that was throttled, with the same bytes", async () => {
  let tries = 0;
  const clock = new FakeClock();
  const throttled = new ThrottledError({ ...about, detail: "slow down" });
  const sink = new FakeSink({
    partLimits: SMALL,
    concurrency: new AdaptiveLimit({ clock, initial: 2, maximum: 4 }),
    before: (call) => call.startsWith("1@") && ++tries < 3 ? Promise.reject(throttled) : undefined,
  });
  const writer = createStreamWriter({ sink, context: createStoreContext({ clock }), partSize: 4 });
  let closed = false;
  const closing = writer.write(counted(12)).then(() => writer.close()).finally(() => closed = true);
  while (!closed) {
    await turn();
    await clock.advance(1000);
  }
  await closing;
  assertEquals([tries, sink.object], [3, counted(12)]);
});

Deno.test("a part that fails ends the writer of its own accord, and drops the sink", async () => {
  const failure = new UnavailableError({ ...about, detail: "it broke" });
  const { context, sink, writer } = open({
    partLimits: SMALL,
    before: (call) => call.startsWith("0@") ? Promise.reject(failure) : undefined,
  });
  await writer.write(counted(5));
  await turn();
  assertEquals(sink.calls, ["begin", "0@0+4", "drop"]);
  assertStrictEquals(await writer.write(counted(1)).catch((error) => error), failure);
  assertStrictEquals(await writer.close().catch((error) => error), failure);
  assertEquals(context.budget.held, 0);
});

Deno.test("a begin that fails leaves nothing to be dropped", async () => {
  const failure = new UnavailableError({ ...about, detail: "no" });
  const { context, sink, writer } = open({
    partLimits: SMALL,
    before: (call) => call === "begin" ? Promise.reject(failure) : undefined,
  });
  assertStrictEquals(await writer.write(counted(9)).catch((error) => error), failure);
  await writer.abort();
  assertEquals([sink.calls, context.budget.held], [["begin"], 0]);
});

Deno.test("an abort gives a begin three seconds to say what has begun, and then drops it", async () => {
  const answer = Promise.withResolvers<void>();
  const before = (call: string, signal: AbortSignal) =>
    call === "begin" ? Promise.race([answer.promise, hang(signal)]) : undefined;
  for (const late of [false, true]) {
    const { clock, sink, writer } = open({ partLimits: SMALL, before });
    const reason = new Error("stop");
    const writing = writer.write(counted(9)).catch((error) => error);
    await turn();
    const aborting = writer.abort(reason);
    if (late) await clock.advance(2999);
    await turn();
    assertEquals([sink.calls, clock.pending], [["begin"], 1]);
    if (late) await clock.advance(1);
    else answer.resolve();
    await aborting;
    assertStrictEquals(await writing, reason);
    assertEquals(sink.calls, late ? ["begin"] : ["begin", "drop"]);
    assertEquals(clock.pending, 0);
    Object.assign(answer, Promise.withResolvers<void>());
  }
});

Deno.test("a drop is given up after twenty seconds, and abort() says so", async () => {
  const { clock, writer } = open({
    lacks: ["begin"],
    before: (call, signal) => call === "drop" ? hang(signal) : undefined,
  });
  await writer.write(counted(9));
  let ended = false;
  const aborting = writer.abort().catch((error) => error).finally(() => ended = true);
  await clock.advance(19_999);
  assertEquals(ended, false);
  await clock.advance(1);
  assertStringIncludes(String(await aborting), "20000 ms");
});

Deno.test("abort() gives a commit in flight three seconds, and an object that is made stays", async () => {
  const reason = new Error("stop");
  const ended = open({
    lacks: ["begin"],
    before: (call, signal) => call.startsWith("commit") ? hang(signal) : undefined,
  });
  await ended.writer.write(counted(3));
  const closing = ended.writer.close().catch((error) => error);
  await turn();
  const giving = ended.writer.abort(reason);
  await ended.clock.advance(2999);
  assertEquals(ended.sink.calls.at(-1), "commit 3");
  await ended.clock.advance(1);
  await giving;
  assertStrictEquals(await closing, reason);
  assertEquals(ended.sink.calls.at(-1), "drop");

  const gate = Promise.withResolvers<void>();
  const { sink, writer } = open({ lacks: ["begin"] });
  sink.commit = async () => {
    await gate.promise;
    return { size: 3 };
  };
  await writer.write(counted(3));
  const made = writer.close();
  await turn();
  const aborting = writer.abort(reason);
  gate.resolve();
  assertEquals((await made).size, 3);
  await aborting;
  assertEquals(sink.calls, ["0@0+3"]);
});

Deno.test("a signal ends a writer, and its calls wait for a drop only where that is quick", async () => {
  for (const dropsQuickly of [false, true]) {
    const gate = Promise.withResolvers<void>();
    const controller = new AbortController();
    const before = (call: string) => call === "drop" ? gate.promise : undefined;
    const { sink, writer } = open({ lacks: ["begin"], before }, 4, controller.signal);
    Object.assign(sink, { dropsQuickly });
    const reason = new Error("stop");
    await writer.write(counted(3));
    controller.abort(reason);
    let settled = false;
    const writing = writer.write(counted(3)).catch((error) => error).finally(() => settled = true);
    await turn();
    assertEquals(settled, !dropsQuickly);
    gate.resolve();
    assertStrictEquals(await writing, reason);
    await writer.abort();
    assertEquals(sink.calls, ["0@0+3", "drop"]);
  }
});

Deno.test("writers go on with a budget that has no room, each with a part of its own", async () => {
  const size = 2 ** 16;
  const context = createStoreContext({ maxBufferedBytes: size });
  using _other = context.budget.overdraw(size);
  const sinks = [1, 2, 3].map(() => new FakeSink({ partLimits: { maxPartSize: size, maxParts: 100 } }));
  const writers = sinks.map((sink) => createStreamWriter({ sink, context, partSize: size }));
  for (let i = 0; i < 5; i++) {
    for (const writer of writers) await writer.write(new Uint8Array(size - 1));
  }
  for (const writer of writers) await writer.close();
  assertEquals(sinks.map((sink) => sink.object?.length), [1, 2, 3].map(() => 5 * (size - 1)));
  assertEquals(context.budget.held, size);
});

Deno.test("createStreamWriter() takes only bytes, and says what else it was given", async () => {
  const { sink, writer } = open({ lacks: ["begin"] });
  await assertRejects(() => writer.write([1] as unknown as Uint8Array), TypeError, "a value of type object");
  assertEquals(sink.calls, ["drop"]);
});

Deno.test("createStreamWriter() begins before it makes an object without a chunk", async () => {
  const { sink, writer } = open();
  await writer.close();
  assertEquals(sink.calls, ["begin", "commit 0"]);
  const gathering = open({ partLimits: SMALL, lacks: ["putWhole"] });
  await gathering.writer.close();
  assertEquals(gathering.sink.calls, ["begin", "commit 0"]);
});

Deno.test("createStreamWriter() waits for a part of its own where the budget has no room for another", async () => {
  const size = 2 ** 16;
  const context = createStoreContext({ clock: new FakeClock(), maxBufferedBytes: 2 * size });
  const gate = Promise.withResolvers<void>();
  const before = (call: string) => call === "begin" ? undefined : gate.promise;
  const sink = new FakeSink({ partLimits: { maxPartSize: size, maxParts: 100 }, concurrency: 8, before });
  const writer = createStreamWriter({ sink, context, partSize: size });
  const writing = (async () => {
    for (let part = 0; part < 8; part++) await writer.write(new Uint8Array(size));
  })();
  await turn();
  assertEquals([sink.running, context.budget.held], [2, 2 * size]);
  gate.resolve();
  await writing;
  assertEquals([(await writer.close()).size, context.budget.held], [8 * size, 0]);
});

Deno.test("createStreamWriter() sends no part that waited for one that failed", async () => {
  const failure = new UnavailableError({ ...about, detail: "it broke" });
  const before = async (call: string) => {
    if (!call.startsWith("0@")) return;
    await turn();
    throw failure;
  };
  const { sink, writer } = open({ partLimits: SMALL, concurrency: 1, before });
  const writes = [0, 1, 2].map(() => writer.write(counted(4)));
  for (const write of await Promise.allSettled(writes)) {
    if (write.status === "rejected") assertStrictEquals(write.reason, failure);
  }
  assertStrictEquals(await writer.close().catch((error) => error), failure);
  assertEquals(sink.calls, ["begin", "0@0+4", "drop"]);
});
