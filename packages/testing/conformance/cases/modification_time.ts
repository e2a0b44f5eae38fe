import type { ObjectStore } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, collect, isThere } from "../samples.ts";

const TIME = new Date("2001-02-03T04:05:06.789Z");

/** Objects that are dated by who writes them. */
export const modificationTimeCases: readonly ConformanceCase[] = [
  {
    name: "lastModified dates an object, by every way of writing",
    needs: ["modificationTime"],
    async run({ store, partSize }) {
      const options = { lastModified: TIME };
      await store.put("put", bytesOf("content"), options);
      await store.put("new", bytesOf("content"), { ...options, ifNoneMatch: "*" });
      {
        await using writer = await store.createWriter("written", options);
        await writer.write(bytesOf("content"));
        await writer.close();
      }
      {
        await using writer = await store.createPartWriter("parts", partSize, options);
        for (let index = 0; index < writer.partCount; index++) {
          const length = Math.min(writer.partSize, partSize - index * writer.partSize);
          await writer.writePart(index, new Uint8Array(length));
        }
        await writer.close();
      }
      await expectTimes(store, ["new", "parts", "put", "written"]);
    },
  },
  {
    name: "copy() and rename() keep the time, copy() unless it is told otherwise",
    needs: ["modificationTime"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), { lastModified: TIME });
      await store.copy("object", "copied");
      await store.copy("object", "dated", { keepTime: false });
      const { lastModified } = await store.head("dated");
      expect(lastModified.getTime() !== TIME.getTime(), "the copy that keeps no time is dated as its source");
      await store.delete("dated");
      await store.rename("object", "moved");
      await expectTimes(store, ["copied", "moved"]);
    },
  },
  {
    name: "contents of one size and one lastModified have etags of their own",
    needs: ["modificationTime"],
    async run({ store }) {
      const etags = new Set<string | undefined>();
      for (let round = 0; round < 24; round++) {
        const content = bytesOf(`content ${String(round).padStart(2, "0")}`);
        // What was removed or replaced leaves its place to the next one.
        if (round % 3 === 2) await store.delete("object");
        const { etag } = await store.put("object", content, { lastModified: TIME });
        expect(!etags.has(etag), `the etag ${etag} of content ${round} was that of another`);
        etags.add(etag);
        expectEqual((await store.head("object")).etag, etag, "the etag that head() tells");
        expectBytes(await bytesIn(store, "object", { ifMatch: etag ?? "" }), content, "the object");
      }
    },
  },
  {
    name: "lastModified that is no valid Date is a TypeError",
    needs: ["modificationTime"],
    async run({ store }) {
      const put = () => store.put("object", bytesOf("x"), { lastModified: new Date(NaN) });
      await expectError(put, TypeError, "put()");
      expect(!await isThere(store, "object"), "the object is there");
    },
  },
];

async function expectTimes(store: ObjectStore, keys: readonly string[]): Promise<void> {
  const listed = await collect(store.list());
  const times = listed.map(({ key, lastModified }) => [key, lastModified.toISOString()]);
  expectEqual(times, keys.map((key) => [key, TIME.toISOString()]), "the times that list() tells");
  for (const key of keys) {
    await using result = await store.get(key);
    const times = [(await store.head(key)).lastModified, result.info.lastModified];
    expectEqual(times, [TIME, TIME], `the time of ${key}`);
  }
}
