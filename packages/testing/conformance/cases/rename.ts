import { NotFoundError } from "@lade/core/errors";
import { objectUri } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, namesIn, nextTurn, sampleBytes, textOf } from "../samples.ts";

/** What `rename` does. */
export const renameCases: readonly ConformanceCase[] = [
  {
    name: "rename() moves an object",
    async run({ store }) {
      for (const size of [0, 1, 100_000]) {
        await store.put("dir/from", sampleBytes(size));
        await store.rename("dir/from", "other/to");
        expectBytes(await bytesIn(store, "other/to"), sampleBytes(size), "the object");
        expectEqual((await store.head("other/to")).key, "other/to", "its key");
        expectEqual(await namesIn(store.list()), ["other/to"], "the keys");
      }
    },
  },
  {
    name: "rename() replaces the target",
    async run({ store }) {
      await store.put("from", bytesOf("new"));
      await store.put("to", bytesOf("old and longer"));
      await store.rename("from", "to");
      expectEqual(await textOf(store, "to"), "new", "the target");
      expectEqual(await namesIn(store.list()), ["to"], "the keys");
    },
  },
  {
    name: "rename() of a missing object is a NotFoundError that names it, and leaves the target",
    async run({ store }) {
      await store.put("to", bytesOf("old"));
      const error = await expectError(() => store.rename("missing", "to"), NotFoundError, "rename()");
      expectEqual(error.uri, objectUri(store.uri, "missing"), "the error's uri");
      await expectError(() => store.rename("missing", "new"), NotFoundError, "rename() to a new key");
      expectEqual(await textOf(store, "to"), "old", "the target");
      expectEqual(await namesIn(store.list()), ["to"], "the keys");
    },
  },
  {
    name: "rename() of an object onto itself keeps it",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      await store.rename("object", "object");
      expectEqual(await textOf(store, "object"), "content", "the object");
      await expectError(
        () => store.rename("missing", "missing"),
        NotFoundError,
        "rename() of a missing object",
      );
    },
  },
  {
    name: "rename() is one step: the target is never missing while it is replaced",
    needs: ["atomicRename"],
    async run({ store }) {
      await store.put("to", sampleBytes(1000, 99));
      let moving = true;
      const moves = (async () => {
        for (let i = 0; i < 10; i++) {
          await store.put("from", sampleBytes(1000, i));
          await store.rename("from", "to");
        }
      })().finally(() => moving = false);
      const looks = (async () => {
        do {
          const { size } = await store.head("to");
          expect(size === 1000, `the target has ${size} bytes`);
          await nextTurn();
        } while (moving);
      })();
      await Promise.all([moves, looks]);
      expectEqual(await namesIn(store.list()), ["to"], "the keys");
    },
  },
];
