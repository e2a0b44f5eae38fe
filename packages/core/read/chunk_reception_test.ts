import { assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "../buffers/buffer_pool.ts";
import type { GetResult } from "../contract/get_result.ts";
import type { Poured } from "../contract/pour.ts";
import { PourReception, ReadReception } from "./chunk_reception.ts";
import { createGetResult } from "./create_get_result.ts";

const DATA = Uint8Array.from({ length: 10 }, (_, index) => index);
const early = new Error("early");

/** An answer with the given bytes, which fails with `error` after them where one is given. */
function answerOf(bytes: Uint8Array, error?: Error, pour?: GetResult["pour"]): GetResult {
  let done = 0;
  const info = { key: "k", size: 10, lastModified: new Date(0), metadata: {} };
  return createGetResult({
    info,
    range: { offset: 10 - bytes.length, length: bytes.length + (error ? 1 : 0) },
    uri: "memory://m/k",
    source: {
      read(target) {
        if (error && done === bytes.length) return Promise.reject(error);
        const piece = bytes.subarray(done, done + target.length);
        target.set(piece);
        done += piece.length;
        return Promise.resolve(piece.length);
      },
      close() {},
      ...(pour && { pour }),
    },
  });
}

/** A place, and what was told of it. */
function pouring() {
  const to = new Uint8Array(new SharedArrayBuffer(DATA.length));
  const told: number[] = [];
  const poured: Poured[] = [];
  const buffers = new BufferPool({ maxIdleBytes: 0 });
  const reception = new PourReception(
    { to, sums: [], buffers, onBytes: (count) => told.push(count) },
    { poured: (one) => void poured.push(one), endedEarly: () => early },
  );
  return { to, told, poured, reception };
}

Deno.test("PourReception goes on where an answer broke off, and keeps what came", async () => {
  const { poured, reception, to, told } = pouring();
  const cut = new Error("cut");
  // The answer says that it has as many bytes as the place.
  await assertRejects(() => reception.receive(answerOf(DATA.subarray(0, 9), cut), undefined), Error, "cut");
  assertEquals([reception.done, reception.hasNoPlace], [9, false]);
  const moved: unknown[] = [];
  const permit = {
    moved: (...all: number[]) => void moved.push(all),
    done: (all: unknown) => void moved.push(all),
  };
  await reception.receive(answerOf(DATA.subarray(9)), permit as never);
  assertEquals([reception.done, to.slice(), told], [10, DATA, [9, 1]]);
  assertEquals(poured.map(({ bytes }) => bytes), [9, 1]);
  assertEquals(moved, [[1, 1], { bytes: 1 }]);
});

Deno.test("PourReception takes an answer of too few bytes for one that ended early", async () => {
  const { reception } = pouring();
  const answer: GetResult = { ...answerOf(DATA), pour: () => Promise.resolve({ bytes: 4, sums: {} }) };
  await assertRejects(() => reception.receive(answer, undefined), Error, "early");
  assertEquals([reception.done, reception.hasNoPlace], [4, false]);
});

Deno.test("PourReception says that it is the place that failed, not the answer", async () => {
  const { reception } = pouring();
  const full = new Error("disk full");
  const answer = answerOf(DATA, undefined, () => Promise.reject(full));
  await assertRejects(() => reception.receive(answer, undefined), Error, "disk full");
  assertEquals(reception.hasNoPlace, true);
});

Deno.test("PourReception reads an answer that cannot be poured", async () => {
  const { reception, to } = pouring();
  const answer = answerOf(DATA);
  const plain = { readInto: (target: Uint8Array) => answer.readInto(target) } as GetResult;
  await reception.receive(plain, undefined);
  assertEquals(to.slice(), DATA);
});

const report = { took() {}, endedEarly: () => early, brokeOff() {} };

Deno.test("ReadReception says that it is the sink that failed, not the answer, and goes on where it was", async () => {
  const sink = {
    room: () => new Uint8Array(4),
    reached: (): Promise<void> => Promise.reject(new Error("sink")),
  };
  const reception = new ReadReception({ offset: 0, length: 10 }, sink, 10, report);
  await assertRejects(() => reception.receive(answerOf(DATA), undefined), Error, "sink");
  assertEquals([reception.done, reception.hasNoPlace], [4, true]);
});

Deno.test("ReadReception keeps what came before an answer failed", async () => {
  const took: number[][] = [];
  const target = new Uint8Array(10);
  const reception = new ReadReception({ offset: 5, length: 10 }, target, 10, {
    ...report,
    took: (offset, _, count) => void took.push([offset, count]),
  });
  const answer = answerOf(DATA.subarray(0, 6), new Error("cut"));
  await assertRejects(() => reception.receive(answer, undefined), Error, "cut");
  assertEquals([reception.done, reception.hasNoPlace], [6, false]);
  assertEquals(took, [[5, 6]]);
});

Deno.test("ReadReception has the answer of no bytes come to its end", async () => {
  const reception = new ReadReception({ offset: 0, length: 0 }, new Uint8Array(0), 10, report);
  let read = 0;
  const answer = { readInto: () => Promise.resolve(read++) } as unknown as GetResult;
  await reception.receive(answer, undefined);
  assertEquals(read, 1);
});

Deno.test("ReadReception takes an answer of too few bytes for one that ended early, also where it does not say so", async () => {
  const reception = new ReadReception({ offset: 0, length: 10 }, new Uint8Array(10), 10, report);
  const answer = { bytesRead: 0, readInto: () => Promise.resolve(4) } as unknown as GetResult;
  await assertRejects(() => reception.receive(answer, undefined), Error, "early");
  assertEquals(reception.done, 4);
});
