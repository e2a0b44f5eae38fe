import { InvalidNameError, StoreError } from "@lade/core/errors";
import type { ObjectStore } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError, rejectionOf } from "../expect.ts";
import { bytesOf, collect, isThere, namesIn, textOf } from "../samples.ts";

/** Keys that every store holds, in groups: a file system can, too. */
const COMMON_KEYS: Readonly<Record<string, readonly string[]>> = {
  "of plain words and folders": ["simple", "a/b/c/d/e/f/g", "UPPER", "upper", "Upper/upper", "0", "-", "_"],
  "with spaces": ["with space", " leading", "trailing ", "foo bar/I contain spaces.parquet", "a /b", "a/ b"],
  "with percent signs": ["%48%45%4C%4C%4F", "%Q.parquet", "a%2Fa.file", "a%20b", "100%", "%", "%25"],
  "with plus signs": ["a+b", "+", "a b", "a%2Bb"],
  "with characters of URLs": ["a?b=c&d", "a#b", "a;b,c", "a=b", "a@b:80", "~a", "http:a", "?", "#"],
  "with quotes and markup": [
    "I'm a < & weird path",
    'a"b',
    "a'b",
    "<b>&amp;</b>",
    "]]>",
    "a`b",
    "a$b",
    "$(a)",
  ],
  "with pattern characters": ["a*", "a?", "[a]", "{a,b}", "a|b", "^a$", "!a", "a(b)", "**"],
  "with dots": [".hidden", "a/.hidden/b", "..double", "a..b", "dot.", "...", "a.tmp", "a/..b"],
  "with dashes that look like options": ["-r", "--force", "a/--help"],
  "beyond ASCII": ["é", "ünïcode/ключ/鍵", "مفتاح", "\u00a0", "a\u200bb", "\ufeffa", "ﬀ"],
  "beyond the basic plane": ["🙀/😀.parquet", "🇦🇺/👩‍👩‍👧", "𝒳", "\u{10ffff}"],
  "that differ only in their normal form": ["caf\u00e9", "cafe\u0301"],
  "with names of 255 bytes": ["n".repeat(255), `${"ä".repeat(127)}/x`, `dir/${"m".repeat(255)}`],
};

/** Keys that a file system cannot hold, in groups. */
const OBJECT_KEYS: Readonly<Record<string, readonly string[]>> = {
  "with empty segments": ["a//b", "a///b", "a//", "//"],
  "with a slash at the start": ["/a", "/"],
  "with a slash at the end": ["a/", "a/b/"],
  "with dots for segments": [".", "..", "a/./b", "a/../b", "../a", "a/.."],
  "with NUL": ["a\0b", "\0"],
};

/** Strings that are no key anywhere. */
const NO_KEYS: readonly string[] = ["", "\ud83d", "a\ude00b", "x".repeat(1025), "é".repeat(513)];

/** What keys are. */
export const keyCases: readonly ConformanceCase[] = [
  ...Object.entries(COMMON_KEYS).map(([what, keys]): ConformanceCase => ({
    name: `keys ${what} stand for themselves`,
    run: ({ store }) => holdsKeys(store, keys),
  })),
  ...Object.entries(OBJECT_KEYS).map(([what, keys]): ConformanceCase => ({
    name: `keys ${what} stand for themselves`,
    needs: ["anyKey"],
    run: ({ store }) => holdsKeys(store, keys),
    unsupported: ({ store }) => refusesKeys(store, keys),
  })),
  {
    name: "keys with control characters stand for themselves",
    needs: ["anyKey"],
    run: ({ store }) =>
      holdsKeys(store, ["a\nb", "a\r\nb", "a\tb", "\x01", "a\x1fb", "a\x7fb", "\n", "\x85"]),
    async unsupported({ store }) {
      for (const key of ["a\nb", "a\tb", "\x01", "a\x7fb"]) {
        const stored = await store.put(key, bytesOf(key)).then(() => true, (error) => {
          expect(error instanceof InvalidNameError, `put() of ${JSON.stringify(key)} gives ${error}`);
          return false;
        });
        if (stored) expectEqual(await textOf(store, key), key, `the object ${JSON.stringify(key)}`);
      }
    },
  },
  {
    name: "keys of the greatest length are held",
    needs: ["anyKey"],
    run: ({ store, maxKeyBytes }) =>
      holdsKeys(store, [
        "x".repeat(maxKeyBytes),
        "é".repeat(Math.floor(maxKeyBytes / 2)),
        `${"a/".repeat(Math.floor(maxKeyBytes / 2) - 1)}b`,
        "😀".repeat(Math.floor(maxKeyBytes / 4)),
      ]),
    unsupported: ({ store }) => refusesKeys(store, ["x".repeat(1024), `dir/${"é".repeat(500)}`]),
  },
  {
    name: "keys of many folders are held up to the greatest length",
    async run({ store, maxKeyBytes }) {
      const folders = `${"d".repeat(200)}/`.repeat(5);
      await holdsKeys(store, [(folders + "x".repeat(100)).slice(0, maxKeyBytes)]);
    },
  },
  {
    name: "an object and a folder of the same name are two things",
    needs: ["anyKey"],
    async run({ store }) {
      await store.put("a", bytesOf("object"));
      await store.put("a/b", bytesOf("below"));
      await store.put("a/b/c", bytesOf("deeper"));
      expectEqual(await namesIn(store.list()), ["a", "a/b", "a/b/c"], "the keys");
      expectEqual(await namesIn(store.listWithDelimiter()), ["a", "a/"], "the first level");
      expectEqual(await namesIn(store.listWithDelimiter("a/")), ["a/b", "a/b/"], "the second level");
      await store.delete("a/b");
      expectEqual(await textOf(store, "a"), "object", "the object");
      expectEqual(await textOf(store, "a/b/c"), "deeper", "the object below");
    },
    async unsupported({ store }) {
      await store.put("a", bytesOf("object"));
      const below = await rejectionOf(() => store.put("a/b", bytesOf("below")), "put() below an object");
      expect(below instanceof StoreError, `put() below an object gives ${below}`);
      await store.put("dir/a", bytesOf("below"));
      const above = await rejectionOf(() => store.put("dir", bytesOf("object")), "put() onto a folder");
      expect(above instanceof StoreError, `put() onto a folder gives ${above}`);
      expectEqual(await namesIn(store.list()), ["a", "dir/a"], "the keys");
      expectEqual(await textOf(store, "a"), "object", "the object");
    },
  },
  {
    name: "what is no key is an InvalidNameError in every method",
    async run({ store }) {
      await store.put("object", bytesOf("x"));
      for (const key of NO_KEYS) await refusesKey(store, key);
      expectEqual(await namesIn(store.list()), ["object"], "the keys");
    },
  },
];

async function holdsKeys(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.put(key, bytesOf(`content of ${key}`));
  for (const key of keys) {
    const name = JSON.stringify(key);
    expectEqual(await textOf(store, key), `content of ${key}`, `the object ${name}`);
    expectEqual((await store.head(key)).key, key, `the key that head() tells of ${name}`);
    expect((await namesIn(store.list(key))).includes(key), `${name} is not listed under itself`);
  }
  expectEqual((await namesIn(store.list())).sort(), [...keys].sort(), "the keys");
  const [first = "", ...rest] = keys;
  await store.copy(first, "the copy");
  expectEqual(await textOf(store, "the copy"), `content of ${first}`, `the copy of ${JSON.stringify(first)}`);
  await store.rename("the copy", first);
  await using writer = await store.createWriter(first);
  await writer.write(bytesOf("written"));
  await writer.close();
  expectEqual(await textOf(store, first), "written", `the object ${JSON.stringify(first)}, written again`);
  await store.delete(first);
  expect(!await isThere(store, first), `${JSON.stringify(first)} is there after delete()`);
  for (const { key, error } of await collect(store.deleteMany(rest))) {
    expectEqual(error?.message, undefined, `the result of deleteMany() for ${JSON.stringify(key)}`);
  }
  expectEqual(await namesIn(store.list()), [], "the keys left");
}

async function refusesKeys(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await refusesKey(store, key);
  expectEqual(await namesIn(store.list()), [], "the keys");
}

async function refusesKey(store: ObjectStore, key: string): Promise<void> {
  const name = key.length > 50 ? `a key of ${bytesOf(key).length} bytes` : JSON.stringify(key);
  const refuse = async (method: string, call: () => PromiseLike<unknown>) => {
    const error = await expectError(call, InvalidNameError, `${method} of ${name}`);
    expectEqual([error.code, error.retryable], ["invalid-name", false], `the error of ${method}`);
  };
  await refuse("get()", () => store.get(key));
  await refuse("head()", () => store.head(key));
  await refuse("put()", () => store.put(key, bytesOf("x")));
  await refuse("createWriter()", async () => {
    const writer = await store.createWriter(key);
    await writer.abort();
  });
  await refuse("delete()", () => store.delete(key));
  await refuse("copy() from", () => store.copy(key, "to"));
  await refuse("copy() to", () => store.copy("object", key));
  await refuse("rename() from", () => store.rename(key, "to"));
  await refuse("rename() to", () => store.rename("object", key));
  if (store.capabilities.presign !== false) {
    await refuse("presign()", () => store.presign(key, { expiresInMs: 60_000 }));
  }
  const [result] = await collect(store.deleteMany([key]));
  expect(
    result?.error instanceof InvalidNameError,
    `the result of deleteMany() for ${name} is ${result?.error}`,
  );
}
