import { getBytes, type ObjectStore } from "@lade/core";
import { HedgeBudget } from "@lade/core/concurrency";
import { expect, expectBytes, expectEqual } from "../../conformance/expect.ts";
import { sampleBytes } from "../../conformance/samples.ts";
import { until } from "../../http/raw_server.ts";
import { FakeClock } from "../../time/fake_clock.ts";
import type { OpenedService, ServiceCase, ServiceContext } from "../service_case.ts";

const CHUNK = 2 ** 20;
const CHUNKS = 6;
const CAME = 300_000;

interface Prepared extends AsyncDisposable {
  readonly opened: OpenedService;
  readonly store: ObjectStore;
  readonly clock: FakeClock;
  readonly hedges: HedgeBudget;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Answers whose head has come. */
  readonly heads: () => number;
}

/** Opens a store with the object `object`, of whose answers enough is known. */
async function prepare(context: ServiceContext): Promise<Prepared> {
  const clock = new FakeClock({ now: Date.now() });
  const hedges = new HedgeBudget(clock);
  let heads = 0;
  const observer = { responded: () => void heads++ };
  const opened = await context.open({ context: { clock, random: () => 0 }, transport: { hedges, observer } });
  const data = sampleBytes(CHUNKS * CHUNK);
  await opened.container.put("object", data);
  for (let count = 0; count < 20; count++) {
    await getBytes(opened.store, "object", { range: { offset: count, length: 1 } });
  }
  const { store } = opened;
  return {
    opened,
    store,
    clock,
    hedges,
    data,
    heads: () => heads,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** Moves the clock until `promise` settles. */
async function whileMoving<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let over = false;
  const ended = () => void (over = true);
  promise.then(ended, ended);
  while (!over) await clock.advance(50);
  return await promise;
}

/** Reads under services of which some answers are slow. */
export const slowAnswerCases: readonly ServiceCase[] = [
  {
    name: "a read whose answer is overdue is asked for once more, and the first answer is used",
    async run(context) {
      await using prepared = await prepare(context);
      const { clock, data, hedges, opened, store } = prepared;
      const fault = opened.strike("read", { kind: "stall", at: "answer" });
      const reading = getBytes(store, "object", { range: { offset: 7, length: 1_000 } });
      await until(() => fault.hits === 1);
      const { bytes } = await whileMoving(clock, reading);
      expectBytes(bytes, data.slice(7, 1_007), "the bytes");
      expectEqual([hedges.issued, hedges.won], [1, 1], "the second requests");
    },
  },
  {
    name: "a chunk that comes far slower than the others is asked for once more, from where its bytes end",
    async run(context) {
      await using prepared = await prepare(context);
      const { clock, data, hedges, opened, store } = prepared;
      const before = opened.requestsTo("read").length;
      const fault = opened.strike("read", { kind: "stall", at: "body", afterBytes: CAME }, { nth: 2 });
      let come = 0;
      const reading = getBytes(store, "object", {
        chunkSize: CHUNK,
        concurrency: 3,
        onProgress: (event) => void (event.type === "bytes" && (come += event.bytes)),
      });
      await until(() => fault.hits === 1 && come >= (CHUNKS - 1) * CHUNK);
      const { bytes } = await whileMoving(clock, reading);
      expectBytes(bytes, data, "the bytes");
      expectEqual([hedges.issued, hedges.won], [1, 1], "the second requests");
      const sent = opened.requestsTo("read").slice(before).map(({ bytesSent }) => bytesSent);
      expectEqual(sent.length, CHUNKS + 1, "the requests");
      const second = sent.at(-1) ?? 0;
      expect(second < CHUNK && second >= CHUNK - CAME, `the second answer has ${second} bytes`);
    },
  },
  {
    name: "where all chunks come slowly, none is asked for once more",
    async run(context) {
      await using prepared = await prepare(context);
      const { clock, data, heads, hedges, opened, store } = prepared;
      const before = heads();
      const fault = opened.strike("read", { kind: "stall", at: "body", afterBytes: CAME }, {
        times: Infinity,
      });
      const reading = getBytes(store, "object", { chunkSize: CHUNK, concurrency: CHUNKS });
      await until(() => heads() === before + CHUNKS);
      await clock.advance(5_000);
      expectEqual(hedges.issued, 0, "the second requests");
      opened.server.faults.remove(fault);
      const { bytes } = await reading;
      expectBytes(bytes, data, "the bytes");
    },
  },
];
