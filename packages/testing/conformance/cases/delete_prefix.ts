import { InvalidNameError } from "@lade/core/errors";
import { deletePrefix } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError, expectReason } from "../expect.ts";
import { collect, namesIn, putAll } from "../samples.ts";

const KEYS = ["logs", "logs-of-last-year", "logs/1", "logs/a/2", "logs/a/b/3", "other/logs/4"];

/** What `deletePrefix` does with a store. */
export const deletePrefixCases: readonly ConformanceCase[] = [
  {
    name: "deletePrefix() deletes what is under the prefix and nothing beside it",
    async run({ store }) {
      const keys = store.tree ? KEYS.slice(1) : KEYS;
      await putAll(store, keys);
      await expectError(() => collect(deletePrefix(store, "logs")), InvalidNameError, "deletePrefix()");
      const results = await collect(deletePrefix(store, "logs/"));
      const under = keys.filter((key) => key.startsWith("logs/"));
      expectEqual(
        results.map(({ key, error }) => error ? `${key}: ${error}` : key).sort(),
        under,
        "the results",
      );
      expectEqual(await namesIn(store.list()), keys.filter((key) => !under.includes(key)), "the keys left");
      expectEqual(await collect(deletePrefix(store, "logs/")), [], "the results of a second time");
    },
  },
  {
    name: "deletePrefix() takes a prefix as it is written, and nothing that it would lead to as a path",
    async run({ store }) {
      const keys = ["a/1", "b", "c/2"];
      await putAll(store, keys);
      for (const prefix of ["/", "./", "../", "a/../", "a/../c/", "a//", "a/./", "c/.//", "//"]) {
        for (const dryRun of [true, false]) {
          try {
            const results = await collect(deletePrefix(store, prefix, { dryRun }));
            expectEqual(results, [], `the results of ${prefix}`);
          } catch (error) {
            expect(error instanceof InvalidNameError, `deletePrefix() of ${prefix} failed with ${error}`);
          }
        }
        expectEqual(await namesIn(store.list()), keys, `the keys after ${prefix}`);
      }
    },
  },
  {
    name: "deletePrefix() with dryRun tells what it would delete, and deletes nothing",
    async run({ store }) {
      const keys = KEYS.slice(1);
      await putAll(store, keys);
      const would = await collect(deletePrefix(store, "", { dryRun: true }));
      expectEqual(await namesIn(store.list()), keys, "the keys after it");
      const did = await collect(deletePrefix(store, ""));
      expectEqual(would.map(({ key }) => key).sort(), did.map(({ key }) => key).sort(), "what it told");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
  {
    name: "deletePrefix() that is aborted on its way has told only what is gone",
    async run({ store }) {
      const keys = Array.from({ length: 40 }, (_, index) => `d/${String(index).padStart(2, "0")}`);
      await putAll(store, [...keys, "kept"]);
      const controller = new AbortController();
      const reason = new Error("stop");
      const told: string[] = [];
      const deleting = async () => {
        for await (const { key, error } of deletePrefix(store, "d/", { signal: controller.signal })) {
          if (!error) told.push(key);
          controller.abort(reason);
        }
        throw reason;
      };
      await expectReason(deleting, reason, "deletePrefix()");
      const left = await namesIn(store.list());
      expect(told.length > 0, "nothing was told");
      expectEqual(told.filter((key) => left.includes(key)), [], "what was told and is there");
      expect(left.includes("kept"), "an object beside the prefix is gone");
    },
  },
];
