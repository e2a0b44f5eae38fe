import { AlreadyExistsError, NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError } from "../expect.ts";
import { bytesOf, isThere, namesIn, textOf } from "../samples.ts";

/** Conditions on reads. */
export const readConditionCases: readonly ConformanceCase[] = [
  {
    name: "get() and head() with ifMatch give the object while its etag is that one",
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("object");
      expectEqual(await textOf(store, "object", { ifMatch }), "one", "get()");
      expectEqual(await textOf(store, "object", { ifMatch, range: { offset: 1 } }), "ne", "get() of a range");
      expectEqual((await store.head("object", { ifMatch })).size, 3, "head()");
      await store.put("object", bytesOf("other"));
      await expectError(
        () => store.get("object", { ifMatch }),
        PreconditionFailedError,
        "get() when changed",
      );
      const range = { offset: 1, length: 2 };
      const ranged = () => store.get("object", { ifMatch, range });
      await expectError(ranged, PreconditionFailedError, "get() of a range when changed");
      await expectError(
        () => store.head("object", { ifMatch }),
        PreconditionFailedError,
        "head() when changed",
      );
    },
  },
  {
    name: "get() and head() with ifNoneMatch give the object once its etag is another",
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifNoneMatch = "" } = await store.head("object");
      await expectError(() => store.get("object", { ifNoneMatch }), PreconditionFailedError, "get()");
      await expectError(() => store.head("object", { ifNoneMatch }), PreconditionFailedError, "head()");
      await store.put("object", bytesOf("other"));
      expectEqual(await textOf(store, "object", { ifNoneMatch }), "other", "get() when changed");
      expectEqual((await store.head("object", { ifNoneMatch })).size, 5, "head() when changed");
    },
  },
  {
    name: "get() and head() of a missing object are NotFoundErrors under any condition",
    async run({ store }) {
      for (const options of [{ ifMatch: "x" }, { ifNoneMatch: "x" }]) {
        const what = JSON.stringify(options);
        await expectError(() => store.get("missing", options), NotFoundError, `get() with ${what}`);
        await expectError(() => store.head("missing", options), NotFoundError, `head() with ${what}`);
      }
    },
  },
];

/** Conditions on writes. */
export const writeConditionCases: readonly ConformanceCase[] = [
  {
    name: 'put() with ifNoneMatch "*" creates, and never replaces',
    needs: ["createOnly"],
    async run({ store }) {
      await store.put("object", bytesOf("one"), { ifNoneMatch: "*" });
      const put = () => store.put("object", bytesOf("two"), { ifNoneMatch: "*" });
      await expectError(put, AlreadyExistsError, "put() onto an object");
      expectEqual(await textOf(store, "object"), "one", "the object");
      await store.put("empty", new Uint8Array());
      const again = () => store.put("empty", bytesOf("x"), { ifNoneMatch: "*" });
      await expectError(again, AlreadyExistsError, "put() onto an empty object");
      await store.delete("object");
      await store.put("object", bytesOf("three"), { ifNoneMatch: "*" });
      expectEqual(await textOf(store, "object"), "three", "the object made again");
    },
  },
  {
    name: 'createWriter() with ifNoneMatch "*" creates, and never replaces',
    needs: ["createOnly"],
    async run({ store }) {
      await using writer = await store.createWriter("object", { ifNoneMatch: "*" });
      await writer.write(bytesOf("one"));
      await writer.close();
      const replace = async () => {
        await using writer = await store.createWriter("object", { ifNoneMatch: "*" });
        await writer.write(bytesOf("two"));
        await writer.close();
      };
      await expectError(replace, AlreadyExistsError, "a writer onto an object");
      expectEqual(await textOf(store, "object"), "one", "the object");
    },
  },
  {
    name: "createWriter() checks its condition when it closes, whatever was true before",
    needs: ["createOnly"],
    async run({ store }) {
      await using writer = await store.createWriter("object", { ifNoneMatch: "*" });
      await writer.write(bytesOf("late"));
      await store.put("object", bytesOf("early"));
      const error = await expectError(() => writer.close(), AlreadyExistsError, "close()");
      expectEqual(await textOf(store, "object"), "early", "the object");
      await writer.abort();
      expect(error.uri.endsWith("/object"), `the error names ${error.uri}`);
      expectEqual(await namesIn(store.list()), ["object"], "the keys");
    },
  },
  {
    name: "a write refuses an ifMatch that no etag can be, by its name and before anything is made",
    needs: ["compareAndSwap"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const data = bytesOf("two");
      for (const ifMatch of ["a\r\nx-injected: yes", "a\nb", "\u0000", "snow\u2603"]) {
        const write = async () => {
          await using writer = await store.createWriter("object", { ifMatch });
          await writer.write(data);
          await writer.close();
        };
        const writes = {
          "put()": () => store.put("object", data, { ifMatch }),
          "createWriter()": write,
          "copy()": () => store.copy("object", "copy", { sourceIfMatch: ifMatch }),
        };
        for (const [name, run] of Object.entries(writes)) {
          const error = await run().then(() => undefined, (error: unknown) => error);
          expect(error instanceof TypeError && /ifMatch/i.test(error.message), `${name}: ${error}`);
        }
      }
      expectEqual(await textOf(store, "object"), "one", "the object");
      expectEqual(await isThere(store, "copy"), false, "a copy");
    },
  },
  {
    name: "put() with ifMatch replaces that content only",
    needs: ["compareAndSwap"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("object");
      const two = await store.put("object", bytesOf("two"), { ifMatch });
      const put = () => store.put("object", bytesOf("three"), { ifMatch });
      await expectError(put, PreconditionFailedError, "put() with the old etag");
      expectEqual(await textOf(store, "object"), "two", "the object");
      const etag = two.etag ?? (await store.head("object")).etag ?? "";
      await store.put("object", bytesOf("four"), { ifMatch: etag });
      expectEqual(await textOf(store, "object"), "four", "the object with its new etag");
    },
  },
  {
    name: "put() and createWriter() with ifMatch make no object where none is",
    needs: ["compareAndSwap"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("object");
      await store.delete("object");
      const put = () => store.put("object", bytesOf("two"), { ifMatch });
      await expectError(put, PreconditionFailedError, "put() onto a deleted object");
      const write = async () => {
        await using writer = await store.createWriter("object", { ifMatch });
        await writer.close();
      };
      await expectError(write, PreconditionFailedError, "a writer onto a deleted object");
      expect(!await isThere(store, "object"), "the object is there");
    },
  },
  {
    name: "createWriter() with ifMatch replaces that content only, as it is at close()",
    needs: ["compareAndSwap"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("object");
      await using late = await store.createWriter("object", { ifMatch });
      await late.write(bytesOf("late"));
      await using early = await store.createWriter("object", { ifMatch });
      await early.write(bytesOf("early"));
      await early.close();
      await expectError(() => late.close(), PreconditionFailedError, "close() onto a changed object");
      expectEqual(await textOf(store, "object"), "early", "the object");
    },
  },
  {
    name: 'writes take no ifNoneMatch but "*": anything else is a TypeError',
    needs: ["createOnly", "conditionalCopy"],
    async run({ store }) {
      await store.put("from", bytesOf("x"));
      const { etag: ifNoneMatch = "" } = await store.head("from");
      const write = async () => {
        await using writer = await store.createWriter("to", { ifNoneMatch });
        await writer.close();
      };
      await expectError(() => store.put("to", bytesOf("x"), { ifNoneMatch }), TypeError, "put()");
      await expectError(write, TypeError, "createWriter()");
      await expectError(() => store.copy("from", "to", { ifNoneMatch }), TypeError, "copy()");
      await expectError(() => store.rename("from", "to", { ifNoneMatch }), TypeError, "rename()");
      expectEqual(await namesIn(store.list()), ["from"], "the keys");
    },
  },
  {
    name: "delete() with ifMatch deletes that content only",
    needs: ["conditionalDelete"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("object");
      await store.put("object", bytesOf("two"));
      await expectError(() => store.delete("object", { ifMatch }), PreconditionFailedError, "delete()");
      expectEqual(await textOf(store, "object"), "two", "the object");
      const { etag = "" } = await store.head("object");
      await store.delete("object", { ifMatch: etag });
      expect(!await isThere(store, "object"), "the object is still there");
    },
  },
  {
    name: "delete() with ifMatch of a missing object succeeds: it is gone",
    needs: ["conditionalDelete"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("object");
      await store.delete("object", { ifMatch });
      await store.delete("object", { ifMatch });
    },
  },
  {
    name: 'ifIgnored "look" weakens no condition that does not hold',
    needs: ["createOnly", "compareAndSwap", "conditionalDelete", "conditionalCopy"],
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      await store.put("from", bytesOf("two"));
      const [create, swap] = [{ ifNoneMatch: "*" }, { ifMatch: "another" }];
      const look = { ifIgnored: "look" } as const;
      for (const condition of [create, swap]) {
        const options = { ...condition, ...look };
        const what = `with ${JSON.stringify(options)}`;
        const expected = condition === create ? AlreadyExistsError : PreconditionFailedError;
        const write = async () => {
          await using writer = await store.createWriter("object", options);
          await writer.close();
        };
        await expectError(() => store.put("object", bytesOf("x"), options), expected, `put() ${what}`);
        await expectError(write, expected, `a writer ${what}`);
        await expectError(() => store.copy("from", "object", options), expected, `copy() ${what}`);
        await expectError(() => store.rename("from", "object", options), expected, `rename() ${what}`);
      }
      const remove = () => store.delete("object", { ...swap, ...look });
      await expectError(remove, PreconditionFailedError, "delete() with another etag");
      expectEqual(await textOf(store, "object"), "one", "the object");
      expectEqual(await textOf(store, "from"), "two", "the source");
      await store.put("new", bytesOf("x"), { ...create, ...look });
      const { etag = "" } = await store.head("object");
      await store.put("object", bytesOf("three"), { ifMatch: etag, ...look });
      const { etag: ifMatch = "" } = await store.head("object");
      await store.delete("object", { ifMatch, ...look });
      expectEqual(await namesIn(store.list()), ["from", "new"], "the keys");
    },
  },
  {
    name: "an ifIgnored that the contract has no word for is a TypeError",
    async run({ store }) {
      await store.put("object", bytesOf("one"));
      const options = { ifIgnored: "hope" as "look" };
      await expectError(() => store.put("object", bytesOf("two"), options), TypeError, "put()");
      await expectError(() => store.copy("object", "to", options), TypeError, "copy()");
      await expectError(() => store.delete("object", options), TypeError, "delete()");
      expectEqual(await textOf(store, "object"), "one", "the object");
    },
  },
  {
    name: 'copy() and rename() with ifNoneMatch "*" replace nothing',
    needs: ["conditionalCopy"],
    async run({ store }) {
      await store.put("from", bytesOf("new"));
      await store.put("to", bytesOf("old"));
      await expectError(() => store.copy("from", "to", { ifNoneMatch: "*" }), AlreadyExistsError, "copy()");
      await expectError(
        () => store.rename("from", "to", { ifNoneMatch: "*" }),
        AlreadyExistsError,
        "rename()",
      );
      expectEqual(await textOf(store, "to"), "old", "the target");
      expectEqual(await textOf(store, "from"), "new", "the source");
      await store.copy("from", "copied", { ifNoneMatch: "*" });
      await store.rename("from", "moved", { ifNoneMatch: "*" });
      expectEqual(await namesIn(store.list()), ["copied", "moved", "to"], "the keys");
    },
  },
  {
    name: "copy() and rename() with ifMatch replace that target only",
    needs: ["conditionalCopy"],
    async run({ store }) {
      await store.put("from", bytesOf("new"));
      await store.put("to", bytesOf("one"));
      const { etag: ifMatch = "" } = await store.head("to");
      await store.put("to", bytesOf("two"));
      await expectError(() => store.copy("from", "to", { ifMatch }), PreconditionFailedError, "copy()");
      await expectError(() => store.rename("from", "to", { ifMatch }), PreconditionFailedError, "rename()");
      await expectError(
        () => store.copy("from", "none", { ifMatch }),
        PreconditionFailedError,
        "copy() to a new key",
      );
      expectEqual(await textOf(store, "to"), "two", "the target");
      const { etag = "" } = await store.head("to");
      await store.rename("from", "to", { ifMatch: etag });
      expectEqual(await textOf(store, "to"), "new", "the target with its new etag");
      expectEqual(await namesIn(store.list()), ["to"], "the keys");
    },
  },
];
