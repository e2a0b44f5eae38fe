import { getBytes, type ObjectStore, ThrottledError, UnavailableError } from "@lade/core";
import { expect, expectBytes, expectEqual } from "../../conformance/expect.ts";
import { collect, sampleBytes } from "../../conformance/samples.ts";
import { openClocked } from "../clocked.ts";
import type { ServiceCase, ServiceContext } from "../service_case.ts";
import type { ServiceOperation } from "../service_setup.ts";
import { settle } from "../settle.ts";

interface Transfer {
  readonly needs: readonly ServiceOperation[];
  /** Which of its requests meet the fault. */
  readonly nth: readonly number[];
  readonly run: (store: ObjectStore, context: ServiceContext) => Promise<unknown>;
}

const PARTS = ["writePart", "commit"] as const;

/** What is in flight when the service goes: each in one request and in many. */
const TRANSFERS: Readonly<Record<string, Transfer>> = {
  "a small put()": { needs: ["write"], nth: [1], run: (store) => store.put("object", sampleBytes(10)) },
  "a large put()": {
    needs: PARTS,
    nth: [1, 2, 3, 5],
    run: (store, { partSize }) => store.put("object", sampleBytes(5 * partSize)),
  },
  "createWriter()": {
    needs: PARTS,
    nth: [1, 2, 3, 5],
    run: async (store, { partSize }) => {
      await using writer = await store.createWriter("object");
      await writer.write(sampleBytes(5 * partSize));
      await writer.close();
    },
  },
  "a small getBytes()": {
    needs: ["read"],
    nth: [1],
    run: async (store) => expectBytes((await getBytes(store, "small")).bytes, sampleBytes(10), "the bytes"),
  },
  "a large getBytes()": {
    needs: ["read"],
    nth: [1, 2, 3, 5],
    run: async (store, { partSize }) => {
      const { bytes } = await getBytes(store, "large", { chunkSize: partSize, concurrency: 2 });
      expectBytes(bytes, sampleBytes(5 * partSize), "the bytes");
    },
  },
  "list()": {
    needs: ["list"],
    nth: [1],
    run: async (store) => expect((await collect(store.list())).length > 0, "nothing is listed"),
  },
  "copy()": { needs: ["copy"], nth: [1], run: (store) => store.copy("small", "object") },
  "delete()": { needs: ["delete"], nth: [1], run: (store) => store.delete("small") },
};

const restartCases = Object.entries(TRANSFERS).flatMap(([name, { needs, nth, run }]) =>
  nth.map((number): ServiceCase => ({
    name: `${name} outlives a restart of a minute that begins at request ${number}`,
    needs,
    async run(context) {
      let goneMs: number | undefined;
      let requests = -Infinity;
      const isGone = () => {
        if (++requests === number) goneMs ??= clocked.clock.monotonicMs();
        return goneMs !== undefined && clocked.clock.monotonicMs() < goneMs + 40_000;
      };
      await using clocked = await openClocked(context, isGone);
      const { clock, opened } = clocked;
      const { store } = opened;
      await settle(clocked, store.head("small"));
      // A request before found the service well.
      requests = 0;
      const isAway = () => goneMs !== undefined && clock.monotonicMs() < goneMs + 60_000;
      opened.strike("any", { kind: "status", status: 503 }, { times: Infinity, where: isAway });
      const { error, tookMs } = await settle(clocked, run(store, context));
      expectEqual(error, undefined, name);
      expect(goneMs !== undefined, "the service never went");
      expect(tookMs >= 60_000 && tookMs < 75_000, `it took ${tookMs} ms`);
    },
  }))
);

const goneCases = Object.entries(TRANSFERS).map(([name, { needs, run }]): ServiceCase => ({
  name: `${name} ends in time when the service is gone for good, and says how long it waited`,
  needs,
  async run(context) {
    let gone = false;
    await using clocked = await openClocked(context, () => gone);
    const { opened: { store } } = clocked;
    await settle(clocked, store.head("small"));
    gone = true;
    const first = await settle(clocked, run(store, context));
    expect(first.error instanceof UnavailableError, `its error is ${first.error}`);
    expect(first.tookMs >= 70_000 && first.tookMs <= 96_000, `it took ${first.tookMs} ms`);
    expect(first.error.message.includes("in 75 s"), `it does not say how long: ${first.error.message}`);
    expectEqual(Math.round((first.error.waitedMs ?? 0) / 1000), 75, "the seconds waited");
    // Nobody waits as long again for what was waited for in vain.
    const second = await settle(clocked, run(store, context));
    expect(second.error instanceof UnavailableError, `its second error is ${second.error}`);
    expect(second.tookMs <= 30_000, `it took ${second.tookMs} ms more`);
    gone = false;
    expectEqual(
      (await settle(clocked, store.head("small"))).error,
      undefined,
      "head() of the service that is back",
    );
  },
}));

const retryAfterCases = [3_600, 61].flatMap((seconds) =>
  Object.entries(TRANSFERS).flatMap(([name, { needs, nth, run }]) =>
    nth.filter((number) => number <= 3).map((number): ServiceCase => ({
      name: `${name} ends with an error that tells a Retry-After of ${seconds} s, to request ${number}`,
      needs,
      async run(context) {
        await using clocked = await openClocked(context);
        const { opened } = clocked;
        const { store } = opened;
        await settle(clocked, store.head("small"));
        const headers = { "Retry-After": String(seconds) };
        opened.strike("any", { ...opened.busy, headers }, { nth: number, times: Infinity });
        const { error, tookMs } = await settle(clocked, run(store, context));
        expect(error instanceof ThrottledError, `its error is ${error}`);
        expectEqual(error.retryAfterMs, seconds * 1000, "the milliseconds to wait");
        expect(error.message.includes(`it asks to wait ${seconds} s`), error.message);
        expect(tookMs < 30_000, `it took ${tookMs} ms`);
      },
    }))
  )
);

/** A service that goes away, and one that asks to wait. */
export const waitingCases: readonly ServiceCase[] = [
  ...restartCases,
  ...goneCases,
  ...retryAfterCases,
  {
    name: "a service that never answered is given up within ten seconds",
    async run(context) {
      await using clocked = await openClocked(context, () => true);
      const { error, tookMs } = await settle(clocked, clocked.opened.store.head("object"));
      expect(error instanceof UnavailableError, `its error is ${error}`);
      expect(tookMs <= 6_000, `it took ${tookMs} ms`);
    },
  },
  {
    name: "a request that fails while others are answered is tried no more than maxAttempts times",
    async run(context) {
      await using clocked = await openClocked(context);
      const { opened } = clocked;
      const { store } = opened;
      await settle(clocked, store.head("small"));
      const match = { key: "broken", times: Infinity };
      const broken = opened.strike("any", { kind: "status", status: 502 }, match);
      let asked = 0;
      const run = async () => {
        if (++asked % 2 === 0) await store.head("small");
      };
      opened.strike("any", { kind: "before", run }, match);
      const { error } = await settle(clocked, store.get("broken"));
      expect(error instanceof UnavailableError, `its error is ${error}`);
      expectEqual(broken.hits, 8, "the tries");
    },
  },
  {
    name: "a Retry-After within the bound is kept to, be it seconds or a date",
    needs: ["write"],
    async run(context) {
      await using clocked = await openClocked(context);
      const { clock, opened } = clocked;
      await settle(clocked, opened.store.head("small"));
      for (const header of ["20", new Date(Math.ceil(clock.now() / 1000) * 1000 + 40_000).toUTCString()]) {
        opened.strike("write", { ...opened.busy, headers: { "Retry-After": header } });
        const { error, tookMs } = await settle(clocked, opened.store.put("object", sampleBytes(10)));
        expectEqual(error, undefined, "put()");
        expect(tookMs >= 19_000 && tookMs < 42_000, `it took ${tookMs} ms`);
      }
    },
  },
];
