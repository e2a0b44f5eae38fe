import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { UnavailableError } from "../errors/errors.ts";
import type { BodySource } from "./body_source.ts";
import { createGetResult } from "./create_get_result.ts";

const DATA = Uint8Array.from({ length: 10 }, (_, i) => i);

/** Gives at most `most` bytes a time and remembers how it was closed. */
class Trickle implements BodySource {
  readonly closed: boolean[] = [];
  #at = 0;
  constructor(readonly most: number, readonly data: Uint8Array = DATA, readonly closeError?: Error) {}
  read(target: Uint8Array): Promise<number> {
    const piece = this.data.subarray(this.#at, this.#at + Math.min(this.most, target.length));
    target.set(piece);
    this.#at += piece.length;
    return Promise.resolve(piece.length);
  }
  close(complete: boolean): Promise<void> {
    this.closed.push(complete);
    return this.closeError ? Promise.reject(this.closeError) : Promise.resolve();
  }
}

function resultOf(source: BodySource, length = DATA.length, signal?: AbortSignal) {
  const info = { key: "k", size: length, lastModified: new Date(0), metadata: {} };
  return createGetResult({ info, range: { offset: 0, length }, source, uri: "memory://m/k", signal });
}

Deno.test("readInto() of a result fills its target from a source that gives little at a time", async () => {
  const source = new Trickle(3);
  const result = resultOf(source);
  const target = new Uint8Array(7);
  assertEquals(await result.readInto(target), 7);
  assertEquals(target, DATA.subarray(0, 7));
  assertEquals([result.bytesRead, source.closed], [7, []]);
  assertEquals(await result.readInto(target), 3);
  assertEquals(target.subarray(0, 3), DATA.subarray(7));
  assertEquals(source.closed, [true]);
  assertEquals(await result.readInto(target), 0);
});

Deno.test("a result whose source ends early fails and says how far it came", async () => {
  const source = new Trickle(4, DATA.subarray(0, 6));
  const result = resultOf(source);
  await assertRejects(
    () => result.readInto(new Uint8Array(10)),
    UnavailableError,
    'Cannot get "memory://m/k": the body ended after 6 of 10 bytes',
  );
  assertEquals([result.bytesRead, source.closed], [6, [false]]);
  await assertRejects(() => result.readInto(new Uint8Array(1)), UnavailableError);
});

Deno.test("a result whose source fails to close after the last byte fails", async () => {
  const changed = new Error("changed");
  const result = resultOf(new Trickle(10, DATA, changed));
  assertStrictEquals(await result.readInto(new Uint8Array(10)).catch((error) => error), changed);
  const streamed = resultOf(new Trickle(10, DATA, changed));
  assertStrictEquals(await new Response(streamed.body).bytes().catch((error) => error), changed);
});

Deno.test("a result never reads more than its range from its source", async () => {
  const source = new Trickle(100);
  const result = resultOf(source, 4);
  const target = new Uint8Array(10).fill(99);
  assertEquals(await result.readInto(target), 4);
  assertEquals(target, Uint8Array.of(0, 1, 2, 3, 99, 99, 99, 99, 99, 99));
});

Deno.test("a result without bytes closes its source when it is read", async () => {
  const source = new Trickle(1, new Uint8Array());
  assertEquals(await resultOf(source, 0).readInto(new Uint8Array(5)), 0);
  assertEquals(source.closed, [true]);
  const streamed = new Trickle(1, new Uint8Array());
  assertEquals((await new Response(resultOf(streamed, 0).body).bytes()).length, 0);
  assertEquals(streamed.closed, [true]);
});

Deno.test("cancelling a result closes its source once, and later reads reject", async () => {
  const source = new Trickle(1);
  const result = resultOf(source);
  const reason = new Error("enough");
  await result.cancel(reason);
  await result.cancel();
  assertEquals(source.closed, [false]);
  assertStrictEquals(await result.readInto(new Uint8Array(1)).catch((error) => error), reason);
});

Deno.test("aborting closes the source and rejects the pending read with the reason", async () => {
  const gate = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<boolean>();
  const stop = new AbortController();
  const result = resultOf(
    { read: () => gate.promise, close: (complete) => Promise.resolve(closed.resolve(complete)) },
    10,
    stop.signal,
  );
  const pending = result.readInto(new Uint8Array(10)).catch((error) => error);
  const reason = new Error("enough");
  stop.abort(reason);
  assertEquals(await closed.promise, false);
  gate.resolve(1);
  assertStrictEquals(await pending, reason);
});

Deno.test("a second read at the same time is refused, and does not disturb the first", async () => {
  const gate = Promise.withResolvers<number>();
  const result = resultOf({ read: () => gate.promise, close: () => Promise.resolve() }, 1);
  const first = result.readInto(new Uint8Array(1));
  await assertRejects(() => result.readInto(new Uint8Array(1)), TypeError, "has not settled");
  gate.resolve(1);
  assertEquals(await first, 1);
});

/** Answers at once, without promises, and remembers how it was closed. */
class Ready implements BodySource {
  readonly closed: boolean[] = [];
  #at = 0;
  constructor(readonly failAt: number = Infinity, readonly closeError?: Error) {}
  read(target: Uint8Array): number {
    if (this.#at >= this.failAt) throw new Error("broken");
    const piece = DATA.subarray(this.#at, this.#at + Math.min(4, target.length));
    target.set(piece);
    this.#at += piece.length;
    return piece.length;
  }
  close(complete: boolean): void {
    this.closed.push(complete);
    if (this.closeError) throw this.closeError;
  }
}

Deno.test("a result takes what its source gives at once", async () => {
  const source = new Ready();
  const result = resultOf(source);
  const target = new Uint8Array(10);
  assertEquals(await result.readInto(target), 10);
  assertEquals([target, source.closed], [DATA, [true]]);
  assertEquals(await new Response(resultOf(new Ready()).body).bytes(), DATA);
});

Deno.test("a second read is refused until the first settles, also where all was there at once", async () => {
  const result = resultOf(new Ready());
  const first = result.readInto(new Uint8Array(4));
  await assertRejects(() => result.readInto(new Uint8Array(4)), TypeError, "has not settled");
  assertEquals(await first, 4);
  assertEquals(await result.readInto(new Uint8Array(4)), 4);
});

Deno.test("a result whose source throws at once fails, says how far it came and closes the source", async () => {
  const source = new Ready(4);
  const result = resultOf(source);
  await assertRejects(() => result.readInto(new Uint8Array(10)), Error, "broken");
  assertEquals([result.bytesRead, source.closed], [4, [false]]);
});

Deno.test("a result whose source throws as it closes after the last byte fails, and closes it once", async () => {
  const source = new Ready(Infinity, new Error("changed"));
  const result = resultOf(source);
  await assertRejects(() => result.readInto(new Uint8Array(10)), Error, "changed");
  await result.cancel();
  assertEquals(source.closed, [true]);
});

Deno.test("a result is read by its stream or into buffers, not both", async () => {
  const result = resultOf(new Trickle(3));
  const reader = result.body.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(2));
  assertEquals(value, DATA.subarray(0, 2));
  await assertRejects(() => result.readInto(new Uint8Array(1)), TypeError, "as a stream");
  await reader.cancel();
});

Deno.test("the body of a result hands on what there is, and does not wait for more", async () => {
  const reader = resultOf(new Trickle(4)).body.getReader();
  const lengths: number[] = [];
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    lengths.push(next.value.length);
  }
  assertEquals(lengths, [4, 4, 2]);
  const byob = resultOf(new Trickle(4)).body.getReader({ mode: "byob" });
  assertEquals((await byob.read(new Uint8Array(10))).value?.length, 4);
  await byob.cancel();
});
