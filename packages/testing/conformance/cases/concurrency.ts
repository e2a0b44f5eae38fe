import { AlreadyExistsError, PreconditionFailedError } from "@lade/core/errors";
import type { ObjectStore } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual } from "../expect.ts";
import { bytesIn, bytesOf, isThere, namesIn, readAll, sampleBytes, textOf } from "../samples.ts";

/** Calls at the same time. */
export const concurrencyCases: readonly ConformanceCase[] = [
  {
    name: "5 workers that each add 10 by compare-and-swap reach 50",
    needs: ["compareAndSwap"],
    async run({ store }) {
      await store.put("counter", bytesOf("0"));
      await Promise.all(Array.from({ length: 5 }, async () => {
        for (let i = 0; i < 10; i++) await increment(store);
      }));
      expectEqual(await textOf(store, "counter"), "50", "the counter");
    },
  },
  {
    name: "of 8 racing put() calls that create, one wins and its object stays",
    needs: ["createOnly"],
    async run({ store }) {
      for (const key of ["first", "second", "dir/third"]) {
        const racers = Array.from(
          { length: 8 },
          (_, i) => store.put(key, bytesOf(`${i}`), { ifNoneMatch: "*" }),
        );
        await expectOneWinner(store, key, racers);
      }
    },
  },
  {
    name: "of 8 racing writers that create, one wins and its object stays",
    needs: ["createOnly"],
    async run({ store }) {
      const racers = Array.from({ length: 8 }, async (_, i) => {
        await using writer = await store.createWriter("object", { ifNoneMatch: "*" });
        await writer.write(bytesOf(`${i}`));
        await writer.close();
      });
      await expectOneWinner(store, "object", racers);
    },
  },
  {
    name: "of 8 racing copy() or rename() calls that create, one wins, and the others keep their source",
    needs: ["conditionalCopy"],
    async run({ store }) {
      for (const method of ["copy", "rename"] as const) {
        const from = Array.from({ length: 8 }, (_, i) => `from/${method}-${i}`);
        for (const [i, key] of from.entries()) await store.put(key, bytesOf(`${i}`));
        const racers = from.map((key) => store[method](key, method, { ifNoneMatch: "*" }));
        const winner = await expectOneWinner(store, method, racers);
        const kept = method === "copy" ? from : from.filter((_, i) => `${i}` !== winner);
        expectEqual(await namesIn(store.list(`from/${method}`)), kept, `the sources after ${method}()`);
      }
    },
  },
  {
    name: "of a put() and a delete() that race for one content, one wins",
    needs: ["compareAndSwap", "conditionalDelete"],
    async run({ store }) {
      for (let round = 0; round < 8; round++) {
        const key = `object-${round}`;
        await store.put(key, bytesOf("old"));
        const { etag: ifMatch = "" } = await store.head(key);
        const put = () => store.put(key, bytesOf("new"), { ifMatch });
        const remove = () => store.delete(key, { ifMatch });
        const racers = round % 2 === 0 ? [put(), remove()] : [remove(), put()].toReversed();
        const [replaced, removed] = await Promise.allSettled<unknown>(racers);
        const outcome = `put() was ${replaced?.status}, delete() ${removed?.status}`;
        expect(replaced?.status !== removed?.status, outcome);
        for (const { reason } of [replaced, removed].filter((one) => one?.status === "rejected")) {
          expect(reason instanceof PreconditionFailedError, `the loser gets ${reason}`);
        }
        const left = await isThere(store, key) ? await textOf(store, key) : undefined;
        expectEqual(
          left,
          replaced?.status === "fulfilled" ? "new" : undefined,
          `what is left when ${outcome}`,
        );
      }
    },
  },
  {
    name: "of 8 racing rename() calls from one object, one wins",
    needs: ["atomicRename"],
    async run({ store }) {
      await store.put("from", bytesOf("content"));
      const racers = Array.from({ length: 8 }, (_, i) => store.rename("from", `to-${i}`));
      const won = (await Promise.allSettled(racers)).filter(({ status }) => status === "fulfilled");
      expectEqual([won.length, (await namesIn(store.list())).length], [1, 1], "the winners and the objects");
    },
  },
  {
    name: "put() of many objects at once loses none",
    async run({ store }) {
      const keys = Array.from({ length: 100 }, (_, i) => `d${i % 7}/object-${i}`);
      await Promise.all(keys.map((key, i) => store.put(key, sampleBytes(i * 10, i))));
      expectEqual((await namesIn(store.list())).sort(), [...keys].sort(), "the keys");
      await Promise.all(keys.map(async (key, i) => {
        expectBytes(await bytesIn(store, key), sampleBytes(i * 10, i), key);
      }));
    },
  },
  {
    name: "put() of one object many times at once leaves one of them whole",
    async run({ store }) {
      const contents = Array.from({ length: 16 }, (_, i) => sampleBytes(10_000 + i, i));
      await Promise.all(contents.map((data) => store.put("object", data)));
      const bytes = await bytesIn(store, "object");
      expectBytes(bytes, contents[bytes.length - 10_000] ?? new Uint8Array(), "the object");
      expectEqual((await store.head("object")).size, bytes.length, "the size that head() tells");
      expectEqual(await namesIn(store.list()), ["object"], "the keys");
    },
  },
  {
    name: "delete() of one object many times at once succeeds each time",
    async run({ store }) {
      await store.put("dir/object", bytesOf("x"));
      await Promise.all(Array.from({ length: 8 }, () => store.delete("dir/object")));
      expect(!await isThere(store, "dir/object"), "the object is still there");
    },
  },
  {
    name: "put() and delete() side by side in one folder do not disturb one another",
    async run({ store }) {
      await Promise.all(Array.from({ length: 20 }, async (_, i) => {
        const key = `dir/sub-${i % 3}/object-${i}`;
        for (let round = 0; round < 3; round++) {
          await store.put(key, bytesOf(`${i}`));
          expectEqual(await textOf(store, key), `${i}`, key);
          await store.delete(key);
        }
        await store.put(key, bytesOf("last"));
      }));
      expectEqual((await namesIn(store.list("dir/"))).length, 20, "the number of objects");
    },
  },
];

/** Reads and writes that lose against the other 40 additions, at most, and many more. */
const MOST_TRIES = 1000;

async function increment(store: ObjectStore): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      // The read fails, too, where the object is replaced meanwhile.
      const result = await store.get("counter");
      const value = Number(new TextDecoder().decode(await readAll(result)));
      const { etag } = result.info;
      await store.put("counter", bytesOf(`${value + 1}`), etag === undefined ? {} : { ifMatch: etag });
      return;
    } catch (error) {
      if (!(error instanceof PreconditionFailedError)) throw error;
      expect(tries < MOST_TRIES, `a write on the etag that was read was refused ${tries} times`);
    }
  }
}

async function expectOneWinner(
  store: ObjectStore,
  key: string,
  racers: readonly Promise<unknown>[],
): Promise<string> {
  const outcomes = await Promise.allSettled(racers);
  const winners = outcomes.flatMap(({ status }, i) => status === "fulfilled" ? [`${i}`] : []);
  expectEqual(winners.length, 1, "the number of winners");
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") continue;
    expect(outcome.reason instanceof AlreadyExistsError, `a loser gets ${outcome.reason}`);
  }
  const [winner = ""] = winners;
  expectEqual(await textOf(store, key), winner, "the object and its winner");
  return winner;
}
