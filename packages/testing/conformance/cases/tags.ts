import type { ObjectStore } from "@lade/core/backend";
import { NotFoundError, UnsupportedError } from "@lade/core/errors";
import { MemoryStore } from "@lade/core/memory";
import { copyObject } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError } from "../expect.ts";
import { bytesOf, isThere } from "../samples.ts";

const TAGS = { project: "x+y = z", "team/a:b.c.d_e-f": "1", empty: "" };
const FOREIGN = { größe: "鍵 Ключ", ключ: "ä", "a@b": "c@d" };

/** Tags that are stored with an object. */
export const tagCases: readonly ConformanceCase[] = [
  {
    name: "tags are stored by every way of writing, told by getTags() and counted by head() and get()",
    needs: ["tags"],
    async run({ store, partSize }) {
      await store.put("put", bytesOf("content"), { tags: TAGS });
      {
        await using writer = await store.createWriter("written", { tags: TAGS, partSize });
        await writer.write(new Uint8Array(2 * partSize + 1));
        await writer.close();
      }
      {
        await using writer = await store.createPartWriter("parts", 2 * partSize, { tags: TAGS, partSize });
        for (let index = 0; index < writer.partCount; index++) {
          const length = Math.min(writer.partSize, 2 * partSize - index * writer.partSize);
          await writer.writePart(index, new Uint8Array(length));
        }
        await writer.close();
      }
      for (const key of ["put", "written", "parts"]) await expectTags(store, key, TAGS);
    },
  },
  {
    name: "tags hold letters of every script",
    needs: ["tags"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), { tags: FOREIGN });
      await store.copy("object", "copied");
      await store.copy("object", "again", { attributes: { tags: FOREIGN } });
      for (const key of ["object", "copied", "again"]) await expectTags(store, key, FOREIGN);
    },
  },
  {
    name: "copyObject() from another store keeps tags of any letters, or leaves all out and tells it",
    needs: ["tags"],
    async run({ store }) {
      const foreign = new MemoryStore();
      await foreign.put("from", bytesOf("x"), { tags: FOREIGN });
      const isRefused = await store.put("put", bytesOf("x"), { tags: FOREIGN }).then(() => false, (error) => {
        expect(error instanceof UnsupportedError, `put() with such tags fails with ${error}`);
        return true;
      });
      const { dropped = [] } = await copyObject(foreign, "from", store, "to");
      expectEqual(dropped.map(({ name }) => name), isRefused ? ["tags"] : [], "what is told to be missing");
      await expectTags(store, "to", isRefused ? {} : FOREIGN);
      if (!isRefused) return;
      expect(!await isThere(store, "put"), "a refused put() leaves an object");
      const given = () => copyObject(foreign, "from", store, "given", { tags: FOREIGN });
      await expectError(given, UnsupportedError, "copyObject() that is given such tags");
    },
    async unsupported({ store }) {
      const foreign = new MemoryStore();
      await foreign.put("from", bytesOf("x"), { tags: TAGS });
      const { dropped = [] } = await copyObject(foreign, "from", store, "to");
      expectEqual(dropped.map(({ name }) => name), ["tags"], "what is told to be missing");
    },
  },
  {
    name: "copy() and rename() take tags along, copy() unless it is given others",
    needs: ["tags"],
    async run({ store }) {
      await store.put("object", bytesOf("content"), { tags: TAGS, contentType: "text/plain" });
      await store.put("copied", bytesOf("old"), { tags: { old: "1" } });
      await store.copy("object", "copied");
      await expectTags(store, "copied", TAGS);
      await store.copy("object", "described", { attributes: { contentType: "text/csv" } });
      await expectTags(store, "described", TAGS);
      await store.copy("object", "tagged", { attributes: { contentType: "text/csv", tags: { a: "b" } } });
      await expectTags(store, "tagged", { a: "b" });
      await store.copy("object", "bare", { attributes: { contentType: "text/csv", tags: {} } });
      await expectTags(store, "bare", {});
      await store.rename("object", "moved");
      await expectTags(store, "moved", TAGS);
    },
  },
  {
    name: "an object that is replaced keeps none of its tags, and one without any has none",
    needs: ["tags"],
    async run({ store }) {
      await store.put("object", bytesOf("one"), { tags: TAGS });
      await store.put("object", bytesOf("two"));
      await expectTags(store, "object", {});
      await store.put("object", bytesOf("three"), { tags: {} });
      await expectTags(store, "object", {});
    },
  },
  {
    name: "getTags() of a missing object is a NotFoundError",
    needs: ["tags"],
    async run({ store }) {
      await store.put("object", bytesOf("one"), { tags: TAGS });
      await expectError(async () => await store.getTags?.("missing"), NotFoundError, "getTags()");
      await expectTags(store, "object", TAGS);
    },
  },
];

async function expectTags(
  store: ObjectStore,
  key: string,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const found = await store.getTags?.(key) ?? {};
  expectEqual(Object.entries(found).sort(), Object.entries(tags).sort(), `the tags of ${key}`);
  const count = Object.keys(tags).length || undefined;
  await using result = await store.get(key);
  expectEqual([(await store.head(key)).tagCount, result.info.tagCount], [count, count], `tagCount of ${key}`);
}
