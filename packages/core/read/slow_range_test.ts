import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { HedgeBudget } from "../concurrency/hedge_budget.ts";
import { RangeHedges } from "../concurrency/range_hedges.ts";
import type { GetResult } from "../contract/get_result.ts";
import { UnavailableError } from "../errors/errors.ts";
import { createGetResult } from "./create_get_result.ts";
import { SlowRange } from "./slow_range.ts";

const MIB = 2 ** 20;
const OFFSET = 5 * MIB;
const CAME = 300_000;

const byteAt = (offset: number) => offset % 251;

/** The bytes of a range of the object. */
function bytesOf(offset: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => byteAt(offset + index));
}

/** An answer that has `came` bytes at once, and the rest when `more` is called. */
function answer(clock: FakeClock, offset: number, length: number, came: number) {
  const bytes = bytesOf(offset, length);
  const { promise: more, resolve } = Promise.withResolvers<void>();
  const startMs = clock.monotonicMs();
  const state = { cancelled: undefined as unknown, closed: false, taken: 0, more: resolve };
  let end = (_: unknown) => {};
  const closed = new Promise<never>((_, reject) => end = reject);
  closed.catch(() => {});
  const result = createGetResult({
    info: { key: "k", size: 100 * MIB, etag: "e", lastModified: new Date(0), metadata: {} },
    range: { offset, length },
    uri: "memory://m/k",
    signal: undefined,
    source: {
      async read(target) {
        if (state.taken >= came) await Promise.race([more, closed]);
        const most = state.taken < came ? came - state.taken : length - state.taken;
        const count = Math.min(target.length, most);
        target.set(bytes.subarray(state.taken, state.taken + count));
        state.taken += count;
        return count;
      },
      arrivals: () => ({ bytes: state.taken, waitedMs: clock.monotonicMs() - startMs }),
      close(complete, reason) {
        state.closed = true;
        if (complete) return;
        state.cancelled = reason;
        end(reason);
      },
    },
  });
  return { result, state };
}

/** A range of 1 MiB of which `CAME` bytes are there, among three that have come quickly; what asks again does as told. */
async function setUp(asks: (asked: readonly [number, number, AbortSignal]) => Promise<GetResult>) {
  const clock = new FakeClock();
  const budget = new HedgeBudget(clock);
  for (let count = 0; count < 40; count++) budget.noteRequest();
  const hedges = new RangeHedges(budget, clock);
  const asked: (readonly [number, number, AbortSignal])[] = [];
  const controller = new AbortController();
  const slow = new SlowRange(hedges, (...args) => {
    asked.push(args);
    return asks(args);
  }, controller.signal);
  const first = answer(clock, OFFSET, MIB, CAME);
  slow.follow(first.result);
  for (let count = 0; count < 3; count++) {
    hedges.watch({ length: MIB, arrivals: () => ({ bytes: MIB, waitedMs: 1 }), hedge() {} })();
  }
  const target = new Uint8Array(MIB);
  const reading = first.result.readInto(target).then(() => undefined, (error) => error);
  await clock.advance(1);
  return { clock, budget, asked, controller, slow, first, target, reading };
}

Deno.test("SlowRange goes on with a second answer where the bytes of the first end", async () => {
  let second: ReturnType<typeof answer> | undefined;
  const clock = new FakeClock();
  const test = await setUp(([offset, length]) => {
    second = answer(clock, offset, length, length);
    return Promise.resolve(second.result);
  });
  await test.clock.advance(1_000);
  const error = await test.reading;
  assertEquals(test.asked.map(([offset, length]) => [offset, length]), [[OFFSET + CAME, MIB - CAME]]);
  assertEquals([test.first.state.closed, test.first.result.bytesRead], [true, CAME]);
  const next = await test.slow.goOn(OFFSET + CAME, error);
  await next?.readInto(test.target.subarray(CAME));
  assertEquals(test.target, bytesOf(OFFSET, MIB));
  test.slow[Symbol.dispose]();
  assertEquals([test.budget.issued, test.budget.won, test.clock.pending], [1, 1, 0]);
});

Deno.test("SlowRange leaves out of the second answer what came of the first meanwhile", async () => {
  const { promise, resolve } = Promise.withResolvers<GetResult>();
  const test = await setUp(() => promise);
  await test.clock.advance(1_000);
  assertEquals(test.asked.length, 1);
  const [offset = 0, length = 0] = test.asked[0] ?? [];
  test.target.set(bytesOf(OFFSET + CAME, 100_000), CAME);
  resolve(answer(test.clock, offset, length, length).result);
  const error = await test.reading;
  const next = await test.slow.goOn(OFFSET + CAME + 100_000, error);
  assertEquals(next?.bytesRead, 100_000);
  await next?.readInto(test.target.subarray(CAME + 100_000));
  assertEquals(test.target, bytesOf(OFFSET, MIB));
  test.slow[Symbol.dispose]();
});

Deno.test("SlowRange does not go on with an answer that begins behind the bytes that were kept", async () => {
  let second: ReturnType<typeof answer> | undefined;
  const test = await setUp(([offset, length]) => {
    second = answer(test.clock, offset, length, length);
    return Promise.resolve(second.result);
  });
  await test.clock.advance(1_000);
  assertEquals(await test.slow.goOn(OFFSET + CAME - 1, await test.reading), undefined);
  assertEquals([second?.state.closed, second?.state.taken], [true, 0]);
  assertEquals([test.budget.issued, test.budget.won], [1, 0]);
  test.slow[Symbol.dispose]();
});

/** A second answer, of which nothing has come, while 500,000 bytes more of the first one have. */
async function setUpBehind() {
  let second: ReturnType<typeof answer> | undefined;
  const test = await setUp(([offset, length]) => {
    second = answer(test.clock, offset, length, 0);
    test.first.state.taken += 500_000;
    return Promise.resolve(second.result);
  });
  await test.clock.advance(1_000);
  assertEquals([test.asked[0]?.[0], second?.state.closed], [OFFSET + CAME, false]);
  return { ...test, second };
}

Deno.test("SlowRange lets the first answer go on until the second has come as far", async () => {
  const test = await setUpBehind();
  assertEquals(test.first.state.closed, false);
  test.second?.state.more();
  const error = await test.reading;
  assertEquals([test.first.state.closed, test.slow.isOvertaken(error)], [true, true]);
  assertEquals(test.second?.result.bytesRead, 500_000);
  test.slow[Symbol.dispose]();
});

Deno.test("SlowRange gives up a second answer that is still behind when the first one ends", async () => {
  const test = await setUpBehind();
  test.first.state.taken = CAME;
  test.first.state.more();
  assertEquals(await test.reading, undefined);
  assertEquals(test.target, bytesOf(OFFSET, MIB));
  test.slow[Symbol.dispose]();
  await test.clock.advance(1);
  assertEquals([test.asked[0]?.[2].aborted, test.budget.issued, test.budget.won], [true, 1, 0]);
});

Deno.test("SlowRange does not go on with a second answer that was read too far", async () => {
  const test = await setUpBehind();
  test.second?.state.more();
  assertEquals(await test.slow.goOn(OFFSET + CAME + 400_000, await test.reading), undefined);
  assertEquals([test.second?.state.closed, test.budget.won], [true, 0]);
  test.slow[Symbol.dispose]();
});

Deno.test("SlowRange gives up the second request when the first answer's bytes come after all", async () => {
  for (const isLate of [false, true]) {
    const { promise, resolve } = Promise.withResolvers<GetResult>();
    const test = await setUp(() => promise);
    await test.clock.advance(1_000);
    test.first.state.more();
    assertEquals([await test.reading, test.asked[0]?.[2].aborted], [undefined, false]);
    assertEquals(test.target, bytesOf(OFFSET, MIB));
    const second = answer(test.clock, OFFSET + CAME, MIB - CAME, 0);
    test.slow[Symbol.dispose]();
    assertEquals(test.asked[0]?.[2].aborted, true);
    if (isLate) resolve(second.result);
    await test.clock.advance(1);
    assertEquals([second.state.closed, test.budget.issued, test.budget.won], [isLate, 1, 0]);
  }
});

Deno.test("SlowRange leaves the first answer alone when the second request fails", async () => {
  const test = await setUp(() => Promise.reject(new Error("no")));
  await test.clock.advance(5_000);
  assertEquals([test.first.state.closed, test.asked.length, test.budget.won], [false, 1, 0]);
  test.first.state.more();
  assertEquals(await test.reading, undefined);
  assertEquals(test.target, bytesOf(OFFSET, MIB));
  test.slow[Symbol.dispose]();
});

Deno.test("SlowRange waits for the second answer when the first one breaks off, and for none after other failures", async () => {
  const broken = new UnavailableError({ operation: "get", uri: "memory://m/k", detail: "it broke off" });
  for (const [error, goesOn] of [[broken, true], [new Error("of the reader"), false]] as const) {
    const { promise, resolve } = Promise.withResolvers<GetResult>();
    const test = await setUp(() => promise);
    await test.clock.advance(1_000);
    await test.first.result.cancel(error);
    assertEquals(await test.reading, error);
    const going = test.slow.goOn(OFFSET + CAME, error);
    resolve(answer(test.clock, OFFSET + CAME, MIB - CAME, MIB - CAME).result);
    assertEquals([await going !== undefined, test.budget.won], [goesOn, goesOn ? 1 : 0]);
    test.slow[Symbol.dispose]();
  }
});

Deno.test("SlowRange ends the second request by the read's signal, which tells nothing of hedging", async () => {
  const test = await setUp(([, , signal]) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
  );
  await test.clock.advance(1_000);
  const reason = new Error("enough");
  test.controller.abort(reason);
  await test.first.result.cancel(reason);
  assertEquals(await test.slow.goOn(OFFSET + CAME, await test.reading), undefined);
  test.slow[Symbol.dispose]();
  assertEquals([test.asked[0]?.[2].aborted, test.budget.issued, test.budget.won], [true, 1, 0]);
});

Deno.test("SlowRange follows no answer that is short, nor one of which nothing shows", async () => {
  const clock = new FakeClock();
  const hedges = new RangeHedges(new HedgeBudget(clock), clock);
  const slow = new SlowRange(hedges, () => Promise.reject(new Error("asked")), undefined);
  slow.follow(answer(clock, 0, MIB - 1, 0).result);
  const { arrivals: _, ...blind } = answer(clock, 0, 2 * MIB, 0).result;
  slow.follow({ ...blind, range: { offset: 0, length: 2 * MIB }, bytesRead: 0 } as GetResult);
  assertEquals(clock.pending, 0);
  slow.follow(answer(clock, 0, MIB, 0).result);
  assertEquals(clock.pending, 1);
  slow[Symbol.dispose]();
  await clock.advance(0);
  assertEquals(clock.pending, 0);
});
