import { PrefixStore } from "@lade/core/layers";
import { PlaceJudge, placeOf } from "@lade/core/operations";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual } from "../expect.ts";
import { bytesOf, textOf } from "../samples.ts";

const KEYS = ["object", "dir/object", "a b", "ö/鍵", "dir.d/..x", "100%"];

/** What `placeOf` and a judge of places say of a store. */
export const placeCases: readonly ConformanceCase[] = [
  {
    name: "placeOf() tells keys apart, and is the same before and after an object is written",
    async run({ store }) {
      const keys = new Set<string>();
      for (const key of KEYS) {
        const before = await placeOf(store, key);
        await store.put(key, bytesOf("x"));
        const after = await placeOf(store, key);
        expect(
          before.service === after.service && before.container === after.container,
          `the place of ${key}`,
        );
        expectEqual(before.key, after.key, `the key of the place of ${key}`);
        keys.add(after.key);
      }
      expectEqual(keys.size, KEYS.length, "the number of places");
    },
  },
  {
    name: "placeOf() of a prefix begins those of what is under it",
    async run({ store }) {
      await store.put("dir/object", bytesOf("x"));
      const [whole, prefix, object] = [
        await placeOf(store, ""),
        await placeOf(store, "dir/"),
        await placeOf(store, "dir/object"),
      ];
      expect(
        prefix.key.startsWith(whole.key) && object.key.startsWith(prefix.key),
        "they do not lie in each other",
      );
      expect(
        prefix.key.endsWith("/") && (whole.key === "" || whole.key.endsWith("/")),
        "they end in no slash",
      );
    },
  },
  {
    name: "PlaceJudge.compare() finds an object under a prefix to be the same by both ways",
    async run({ store }) {
      await store.put("dir/object", bytesOf("x"));
      const below = new PrefixStore(store, "dir/");
      const judge = new PlaceJudge();
      const compare = (key: string) => judge.compare({ store, key: "dir/object" }, { store: below, key });
      expectEqual(await compare("object"), "same", "the same object");
      expectEqual(await compare("other"), "different", "another object");
    },
  },
  {
    name: "rename() of an object onto itself keeps it, whatever its key",
    async run({ store }) {
      for (const key of KEYS) {
        await store.put(key, bytesOf(key));
        await store.rename(key, key);
        expectEqual(await textOf(store, key), key, `the object ${key}`);
      }
    },
  },
];
