import type { DeleteResult } from "@lade/core/backend";
import { InvalidNameError, PreconditionFailedError } from "@lade/core/errors";
import { listVersions } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectReason } from "../expect.ts";
import { bytesOf, collect, namesIn, putAll, textOf } from "../samples.ts";

/** What `deleteMany` does. */
export const deleteManyCases: readonly ConformanceCase[] = [
  {
    name: "deleteMany() deletes the given objects and no others",
    async run({ store }) {
      await putAll(store, ["a", "b", "c/d", "c/e", "f*", "fg"]);
      const results = await collect(store.deleteMany(["a", "c/d", "f*"]));
      expectEqual(told(results), ["a", "c/d", "f*"], "the results");
      expectEqual(await namesIn(store.list()), ["b", "c/e", "fg"], "the keys left");
    },
  },
  {
    name: "deleteMany() of no keys gives no results",
    async run({ store }) {
      await putAll(store, ["a"]);
      expectEqual(await collect(store.deleteMany([])), [], "the results");
      expectEqual(await namesIn(store.list()), ["a"], "the keys left");
    },
  },
  {
    name: "deleteMany() counts a missing object as deleted",
    async run({ store }) {
      await putAll(store, ["a", "b"]);
      const results = await collect(store.deleteMany(["a", "missing", "b"]));
      expectEqual(told(results), ["a", "b", "missing"], "the results");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() gives one result for each time a key is given",
    async run({ store }) {
      await putAll(store, ["a", "b"]);
      const results = await collect(store.deleteMany(["a", "b", "a", "a"]));
      expectEqual(told(results), ["a", "a", "a", "b"], "the results");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() takes keys as they arrive",
    async run({ store }) {
      await putAll(store, ["a", "b", "c"]);
      async function* keys() {
        for await (const { key } of store.list()) yield key;
      }
      expectEqual(told(await collect(store.deleteMany(keys()))), ["a", "b", "c"], "the results");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() does not take 2,500 keys before it gives its first result",
    async run({ store }) {
      await putAll(store, ["object-00000", "object-02499"]);
      let taken = 0;
      function* keys() {
        for (; taken < 2500; taken++) yield `object-${String(taken).padStart(5, "0")}`;
      }
      let first: number | undefined;
      let results = 0;
      for await (const result of store.deleteMany(keys())) {
        first ??= taken;
        results++;
        expectEqual(result.error, undefined, `the error of ${result.key}`);
      }
      expectEqual(results, 2500, "the number of results");
      expect((first ?? 2500) < 2500, "every key was taken before the first result");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() gives a key that is none as an InvalidNameError of its own",
    async run({ store }) {
      await putAll(store, ["a", "b"]);
      const results = await collect(store.deleteMany(["a", "", "x\ud800", "b"]));
      expectEqual(results.map(({ key }) => key).sort(), ["", "a", "b", "x\ud800"], "the keys of the results");
      for (const { key, error } of results) {
        const isWrong = key === "" || key === "x\ud800";
        expect(
          (error instanceof InvalidNameError) === isWrong,
          `the result of ${JSON.stringify(key)} is ${error}`,
        );
      }
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() rejects with the error of the keys it is given",
    async run({ store }) {
      await putAll(store, ["a", "b"]);
      const failure = new Error("no more keys");
      async function* keys() {
        yield "a";
        throw failure;
      }
      await expectReason(() => collect(store.deleteMany(keys())), failure, "deleteMany() of failing keys");
      expect((await namesIn(store.list())).includes("b"), "an object whose key was not given is gone");
    },
  },
  {
    name: "deleteMany() has told what it deleted before its keys failed",
    async run({ store }) {
      await putAll(store, ["a", "b", "c"]);
      async function* keys() {
        yield "a";
        yield "b";
        throw new Error("no more keys");
      }
      const deleted: string[] = [];
      const deleting = async () => {
        for await (const { key, error } of store.deleteMany(keys())) if (!error) deleted.push(key);
      };
      await deleting().catch(() => {});
      const left = await namesIn(store.list());
      expectEqual(deleted.sort(), ["a", "b", "c"].filter((key) => !left.includes(key)), "what was told");
    },
  },
  {
    name: "deleteMany() closes the keys when its reader leaves",
    async run({ store }) {
      let closed = false;
      let taken = 0;
      async function* keys() {
        try {
          for (; taken < 10_000; taken++) yield `missing-${taken}`;
        } finally {
          closed = true;
        }
      }
      for await (const _ of store.deleteMany(keys())) break;
      expect(closed, "the keys were not closed");
      expect(taken < 10_000, "all keys were taken");
    },
  },
  {
    name: "deleteMany() takes keys and objects with a key together",
    async run({ store }) {
      await putAll(store, ["a", "b", "c", "d"]);
      const results = await collect(store.deleteMany(["a", { key: "b" }, { key: "c" }]));
      expectEqual(told(results), ["a", "b", "c"], "the results");
      expectEqual(results.map((result) => "version" in result), [false, false, false], "versions are told");
      expectEqual(await namesIn(store.list()), ["d"], "the keys left");
    },
  },
  {
    name: "deleteMany() with ifMatch deletes what has that etag alone, and tells the others apart",
    needs: ["conditionalDelete"],
    async run({ store }) {
      await putAll(store, ["a", "b", "c", "d"]);
      const etagOf = async (key: string) => (await store.head(key)).etag ?? "";
      const objects = [
        { key: "a", ifMatch: await etagOf("a") },
        { key: "b", ifMatch: "another" },
        "c",
        { key: "d", ifMatch: await etagOf("d") },
        { key: "missing", ifMatch: "any" },
      ];
      await store.put("d", bytesOf("changed meanwhile"));
      const results = await collect(store.deleteMany(objects));
      expectEqual(results.map(({ key }) => key).sort(), ["a", "b", "c", "d", "missing"], "the results");
      const failed = results.filter(({ error }) => error !== undefined);
      expectEqual(failed.map(({ key }) => key).sort(), ["b", "d"], "what failed");
      for (const { key, error } of failed) {
        expect(error instanceof PreconditionFailedError, `the error of ${key} is ${error}`);
      }
      expectEqual(await namesIn(store.list()), ["b", "d"], "the keys left");
    },
  },
  {
    name: "deleteMany() of one key with two conditions holds each for itself",
    needs: ["conditionalDelete"],
    async run({ store }) {
      await putAll(store, ["a", "b"]);
      const { etag = "" } = await store.head("a");
      const wrong = { key: "a", ifMatch: "another" };
      const first = await collect(store.deleteMany([wrong, "b", { ...wrong, ifMatch: "a third" }]));
      expectEqual(first.filter(({ error }) => error).map(({ key }) => key), ["a", "a"], "what failed");
      const second = await collect(store.deleteMany([{ key: "a", ifMatch: etag }]));
      expectEqual(told(second), ["a"], "the results");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deleteMany() with version removes those versions for good, and tells them",
    needs: ["versions"],
    async run({ store }) {
      const versions: string[] = [];
      for (const text of ["1", "2", "3"]) versions.push((await store.put("a", bytesOf(text))).version ?? "");
      await store.put("b", bytesOf("b"));
      const [first = "", second = "", third = ""] = versions;
      const gone = [first, third];
      const results = await collect(store.deleteMany(gone.map((version) => ({ key: "a", version }))));
      expectEqual(told(results), ["a", "a"], "the results");
      expectEqual(results.map(({ version }) => version).sort(), gone.sort(), "the versions of the results");
      expectEqual(await textOf(store, "a"), "2", "the object");
      const left = await collect(listVersions(store));
      expectEqual(left.map(({ key }) => key), ["a", "b"], "the keys of the versions left");
      expectEqual(left[0]?.version, second, "the version left");
    },
  },
  {
    name: "deleteMany() of what list() and head() give deletes objects, and no version for good",
    needs: ["versions"],
    async run({ store }) {
      const { version = "" } = await store.put("a", bytesOf("1"));
      await store.put("b", bytesOf("2"));
      const { version: other = "" } = await store.head("b");
      const objects = await collect(store.list());
      const results = await collect(store.deleteMany([...objects, await store.head("b")]));
      expectEqual(told(results), ["a", "b", "b"], "the results");
      expectEqual(await namesIn(store.list()), [], "the keys");
      const left = (await collect(listVersions(store))).map(({ version }) => version);
      expect(
        [version, other].every((kept) => left.includes(kept)),
        `versions were deleted for good: ${left} stay`,
      );
    },
  },
  {
    name: "deleteMany() of what listVersions() gives removes these versions for good",
    needs: ["versions"],
    async run({ store }) {
      for (const text of ["1", "2"]) await store.put("a", bytesOf(text));
      await store.delete("a");
      const results = await collect(store.deleteMany(listVersions(store)));
      const errors = results.flatMap(({ error }) => error?.message ?? []);
      expectEqual(errors, [], "what was not deleted");
      expectEqual(await collect(listVersions(store)), [], "the versions left");
    },
  },
];

/** The keys of the results in order, where none has an error. */
function told(results: readonly DeleteResult[]): string[] {
  return results.map(({ key, error }) => error ? `${key}: ${error.message}` : key).sort();
}
