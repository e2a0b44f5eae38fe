import { abortUpload, resumePartWriter } from "@lade/core/operations";
import { InvalidNameError, StoreError } from "@lade/core/errors";
import type { ObjectStore } from "@lade/core/backend";
import { getBytesAtHand } from "@lade/core/seams";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError, rejectionOf } from "../expect.ts";
import { bytesOf, collect, isThere, namesIn, textOf } from "../samples.ts";

/** Keys that every store holds, in groups: a file system can, too. */
const PLAIN_KEYS: Readonly<Record<string, readonly string[]>> = {
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
  "with dots": [".hidden", "a/.hidden/b", "..double", "a..b", "dot.ext", "a.b.c", "a.tmp", "a/..b"],
  "with dashes that look like options": ["-r", "--force", "a/--help"],
  "beyond ASCII": ["é", "ünïcode/ключ/鍵", "مفتاح", "\u00a0", "a\u200bb", "\ufeffa", "ﬀ"],
  "beyond the basic plane": ["🙀/😀.parquet", "🇦🇺/👩‍👩‍👧", "𝒳", "\u{10fffd}"],
  "that differ only in their normal form": ["caf\u00e9", "cafe\u0301"],
  "with names of 255 bytes": ["n".repeat(255), `${"ä".repeat(127)}/x`, `dir/${"m".repeat(255)}`],
};

/** Keys that some stores have a rule against, in groups. */
const DOUBTFUL_KEYS: Readonly<Record<string, readonly string[]>> = {
  "with empty segments": ["a//b", "a///b", "a//", "//"],
  "with a slash at the start": ["/a", "/"],
  "with a slash at the end": ["a/", "a/b/"],
  "with a dot at the end of a segment": ["dot.", "...", "a./b", "a/b."],
  "with dots for segments": [".", "..", "a/./b", "a/../b", "../a", "a/.."],
  "with backslashes": ["a\\b", "\\", "a\\"],
  "with NUL": ["a\0b", "\0"],
  "with line breaks": ["a\nb", "a\rb", "a\r\nb", "\n", "\r", "a\u2028b"],
  "with control characters": ["a\tb", "\x01", "a\x1fb", "a\x7fb", "\x85"],
  "that are no characters of XML": ["a\ufffeb", "\uffff", "\u{10ffff}"],
  "that services keep for themselves": [".well-known/acme-challenge/x", ".well-known/acme-challenge/a/b"],
};

/** Keys as long as a number says, in shapes that services count by different rules. */
const LONG_KEYS: Readonly<Record<string, (length: number) => string>> = {
  "letters": (length) => "x".repeat(length),
  "letters of two bytes": (length) => "é".repeat(length),
  "characters of two units": (length) => "😀".repeat(length),
  "segments of one letter": (length) => `${"a/".repeat(length - 1)}b`,
  "segments of 200 letters": (length) => `${"d".repeat(200)}/`.repeat(length / 200).padEnd(length, "x"),
};

/** No store is asked about longer ones. */
const LONGEST = 2000;

/** Strings that are no key anywhere. */
const NO_KEYS: readonly string[] = ["", "\ud83d", "a\ude00b", "\ude00\ud83d", `${"x".repeat(2000)}\ud83d`];

/** What keys are. */
export const keyCases: readonly ConformanceCase[] = [
  ...Object.entries(PLAIN_KEYS).map(([what, keys]): ConformanceCase => ({
    name: `keys ${what} stand for themselves`,
    run: ({ store }) => holdsKeys(store, keys),
  })),
  ...Object.entries(DOUBTFUL_KEYS).map(([what, keys]): ConformanceCase => ({
    name: `keys ${what} stand for themselves, or are refused with the reason`,
    run: ({ store }) => holdsOrRefusesKeys(store, keys),
  })),
  ...Object.entries(LONG_KEYS).map(([shape, make]): ConformanceCase => ({
    name: `keys of ${shape} are held up to the greatest length, and refused beyond`,
    async run({ store }) {
      const keys = bestLengths(store, make);
      await holdsOrRefusesKeys(store, keys);
    },
  })),
  {
    name: "keys of many folders are held up to 512 bytes",
    run: ({ store }) => holdsKeys(store, ["é".repeat(100), `${"d".repeat(100)}/`.repeat(6).slice(0, 512)]),
  },
  {
    name: "an object and a folder of the same name are two things, but where the store has directories",
    async run({ store }) {
      if (store.tree) return await refusesBoth(store);
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
  },
  {
    name: "what is no key is an InvalidNameError in every method",
    async run({ store }) {
      for (const key of NO_KEYS) {
        expect(store.keyFault(key) !== undefined, `keyFault() has no reason against ${nameOf(key)}`);
      }
      await holdsOrRefusesKeys(store, NO_KEYS);
    },
  },
  {
    name: "deleteMany() refuses a key by its rule and deletes the others",
    async run({ store }) {
      await store.put("one", bytesOf("x"));
      await store.put("two", bytesOf("x"));
      const results = await collect(store.deleteMany(["one", "", { key: "\ud83d" }, "two"]));
      const refused = results.filter(({ error }) => error instanceof InvalidNameError).map(({ key }) => key);
      expectEqual(refused.sort(), ["", "\ud83d"], "the keys that are refused");
      expectEqual(results.length, 4, "the number of results");
      expectEqual(await namesIn(store.list()), [], "the keys left");
    },
  },
];

/** The longest key of a shape that the store has no rule against, one shorter and one longer. */
function bestLengths(store: ObjectStore, make: (length: number) => string): readonly string[] {
  let [held, refused] = [1, LONGEST + 1];
  while (refused - held > 1) {
    const length = Math.floor((held + refused) / 2);
    if (store.keyFault(make(length)) === undefined) held = length;
    else refused = length;
  }
  const lengths = [held - 1, held, refused].filter((length) => length > 0 && length <= LONGEST);
  return lengths.map(make);
}

async function refusesBoth(store: ObjectStore): Promise<void> {
  await store.put("a", bytesOf("object"));
  const below = await rejectionOf(() => store.put("a/b", bytesOf("below")), "put() below an object");
  expect(below instanceof StoreError, `put() below an object gives ${below}`);
  await store.put("dir/a", bytesOf("below"));
  const above = await rejectionOf(() => store.put("dir", bytesOf("object")), "put() onto a folder");
  expect(above instanceof StoreError, `put() onto a folder gives ${above}`);
  expectEqual(await namesIn(store.list()), ["a", "dir/a"], "the keys");
  expectEqual(await textOf(store, "a"), "object", "the object");
}

/** Keys without a fault are held exactly; those with one are refused for it. */
async function holdsOrRefusesKeys(store: ObjectStore, keys: readonly string[]): Promise<void> {
  const faults = new Map(keys.map((key) => [key, store.keyFault(key)]));
  const held = keys.filter((key) => faults.get(key) === undefined);
  if (held.length > 0) await holdsKeys(store, held);
  await store.put("object", bytesOf("x"));
  for (const [key, fault] of faults) if (fault !== undefined) await refusesKey(store, key, fault);
  expectEqual(await namesIn(store.list()), ["object"], "the keys");
}

async function holdsKeys(store: ObjectStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) await store.put(key, bytesOf(`content of ${key}`));
  for (const key of keys) {
    const name = nameOf(key);
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

/** Every method refuses the key, and gives the reason. */
async function refusesKey(store: ObjectStore, key: string, fault: string): Promise<void> {
  const name = nameOf(key);
  expect(
    /^[^\s.;][^\n]*[^\s.;]$/.test(fault),
    `keyFault() of ${name} is no clause: ${JSON.stringify(fault)}`,
  );
  const explained = (error: Error | undefined, method: string) => {
    const isRefusal = error instanceof InvalidNameError && error.detail.includes(fault);
    expect(
      isRefusal,
      `${method} of ${name} is refused without the reason ${JSON.stringify(fault)}: ${error}`,
    );
    expectEqual([error.code, error.retryable], ["invalid-name", false], `the error of ${method}`);
  };
  const refuse = async (method: string, call: () => PromiseLike<unknown>) =>
    explained(await expectError(call, InvalidNameError, `${method} of ${name}`), method);
  await refuse("get()", () => store.get(key));
  await refuse("bytes at hand", async () => {
    // A store that never has any gives the reason by get().
    const ready = getBytesAtHand(store, key, (length) => new Uint8Array(length));
    return ready ?? await store.get(key);
  });
  await refuse("head()", () => store.head(key));
  await refuse("put()", () => store.put(key, bytesOf("x")));
  await refuse("createWriter()", async () => {
    const writer = await store.createWriter(key);
    await writer.abort();
  });
  await refuse("createPartWriter()", async () => {
    const writer = await store.createPartWriter(key, 1);
    await writer.abort();
  });
  if (store.capabilities.resumableWrites !== false) {
    await refuse("resumePartWriter()", async () => {
      const writer = await resumePartWriter(store, key, 1, "{}");
      await writer.abort();
    });
    await refuse("abortUpload()", () => abortUpload(store, key, "{}"));
  }
  await refuse("delete()", () => store.delete(key));
  await refuse("copy() from", () => store.copy(key, "to"));
  await refuse("copy() to", () => store.copy("object", key));
  if (await store.copyFrom?.(store, "object", "object") !== undefined) {
    await refuse("copyFrom() to", async () => await store.copyFrom?.(store, "object", key));
    await refuse("copyFrom() from", async () => await store.copyFrom?.(store, key, "to"));
  }
  await refuse("rename() from", () => store.rename(key, "to"));
  await refuse("rename() to", () => store.rename("object", key));
  if (store.setAttributes) {
    await refuse("setAttributes()", async () => await store.setAttributes?.(key, {}));
  }
  if (store.getTags && store.capabilities.tags !== false) {
    await refuse("getTags()", async () => await store.getTags?.(key));
  }
  if (store.capabilities.presign !== false) {
    await refuse("presign()", () => store.presign(key, { expiresInMs: 60_000 }));
  }
  const [result] = await collect(store.deleteMany([key]));
  explained(result?.error, "deleteMany()");
}

function nameOf(key: string): string {
  return key.length > 50 ? `a key of ${bytesOf(key).length} bytes` : JSON.stringify(key);
}
