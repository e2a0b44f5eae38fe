import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { BufferPool } from "../buffers/buffer_pool.ts";
import type { PourTarget } from "../contract/pour.ts";
import { UnavailableError } from "../errors/errors.ts";
import type { BodySource } from "./body_source.ts";
import { createGetResult } from "./create_get_result.ts";

const SIZE = 10;

/** A result of a source that pours as it is told, and how that was closed. */
function resultOf(own: Partial<BodySource> = {}) {
  const closed: boolean[] = [];
  const source: BodySource = {
    read: (target) => target.fill(1).length,
    close: (complete) => void closed.push(complete),
    ...own,
  };
  const info = { key: "k", size: SIZE, lastModified: new Date(0), metadata: {} };
  const result = createGetResult({ info, range: { offset: 0, length: SIZE }, source, uri: "memory://m/k" });
  return { closed, pour: result.pour?.bind(result) as NonNullable<typeof result.pour>, result };
}

function target(length = SIZE, onBytes?: (count: number) => void): PourTarget {
  const to = new Uint8Array(new SharedArrayBuffer(length));
  return { to, sums: [], buffers: new BufferPool({ maxIdleBytes: 0 }), ...(onBytes && { onBytes }) };
}

Deno.test("pour() of a result refuses a body that is read as a stream, and a place of another size", async () => {
  const { pour, result } = resultOf();
  await assertRejects(
    () => pour(target(SIZE - 1)),
    RangeError,
    'Cannot pour "memory://m/k": 10 bytes are left for a place of 9',
  );
  await result.readInto(new Uint8Array(4));
  await assertRejects(() => pour(target()), RangeError, "6 bytes are left");
  assertEquals(await pour(target(6)), { bytes: 6, sums: {} });
  const streamed = resultOf();
  void streamed.result.body;
  await assertRejects(() => streamed.pour(target()), TypeError, "already read as a stream");
});

Deno.test("pour() of a result and other reads refuse each other", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const reading = resultOf({ read: () => promise });
  const first = reading.result.readInto(new Uint8Array(4));
  await assertRejects(() => reading.pour(target()), TypeError, "an earlier read has not settled");
  resolve(4);
  assertEquals(await first, 4);
  const held = Promise.withResolvers<{ bytes: number; sums: object }>();
  const pouring = resultOf({ pour: () => held.promise });
  const poured = pouring.pour(target());
  await assertRejects(() => pouring.pour(target()), TypeError, "an earlier read has not settled");
  await assertRejects(() => pouring.result.readInto(new Uint8Array(1)), TypeError);
  held.resolve({ bytes: SIZE, sums: {} });
  assertEquals((await poured).failure, undefined);
  assertEquals([pouring.closed, pouring.result.bytesRead], [[true], SIZE]);
});

Deno.test("pour() of a result counts what came and closes its source where the body failed or ended early", async () => {
  const cut = new Error("cut");
  for (const failure of [{ error: cut }, undefined]) {
    const { closed, pour, result } = resultOf({
      pour: () => Promise.resolve({ bytes: 4, sums: { crc32c: "s" }, ...(failure && { failure }) }),
    });
    const poured = await pour(target());
    assertEquals([poured.bytes, poured.sums, result.bytesRead, closed], [4, { crc32c: "s" }, 4, [false]]);
    const error = poured.failure?.error;
    if (failure) assertStrictEquals(error, cut);
    else {
      assertEquals(error instanceof UnavailableError, true);
      assertEquals((error as Error).message, 'Cannot get "memory://m/k": the body ended after 4 of 10 bytes');
    }
    assertStrictEquals(await result.readInto(new Uint8Array(1)).catch((error) => error), error);
  }
});

Deno.test("pour() of a result fails where its source proves wrong in the end, and where it was cancelled meanwhile", async () => {
  const changed = new Error("changed");
  const wrong = resultOf({ close: (complete) => complete ? Promise.reject(changed) : undefined });
  assertStrictEquals((await wrong.pour(target())).failure?.error, changed);
  const enough = new Error("enough");
  const { promise, resolve } = Promise.withResolvers<{ bytes: number; sums: object }>();
  const cancelled = resultOf({ pour: () => promise });
  const pouring = cancelled.pour(target());
  await cancelled.result.cancel(enough);
  resolve({ bytes: SIZE, sums: {} });
  const { bytes, failure } = await pouring;
  assertEquals([bytes, cancelled.closed], [SIZE, [false]]);
  assertStrictEquals(failure?.error, enough);
});

Deno.test("pour() of a result throws what is wrong with the place, closes its source and is over", async () => {
  const full = new Error("disk full");
  const { closed, pour, result } = resultOf({ pour: () => Promise.reject(full) });
  assertStrictEquals(await pour(target()).catch((error) => error), full);
  assertEquals(closed, [false]);
  assertStrictEquals(await result.readInto(new Uint8Array(1)).catch((error) => error), full);
});

Deno.test("pour() of a result tells of bytes as they come", async () => {
  const told: number[] = [];
  const { pour, result } = resultOf();
  await pour(target(SIZE, (count) => told.push(count, result.bytesRead)));
  assertEquals(told, [SIZE, SIZE]);
});
