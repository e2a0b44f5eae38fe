import { assert, assertEquals } from "@std/assert";
import type { ObjectAttributes, ObjectStore } from "@lade/core";
import { AllStores, type Kind, KINDS, THRESHOLD } from "./all_stores.ts";

const TIME = new Date("2001-02-03T04:05:06.789Z");
const MTIME = "981173106.789";

const SIZES: Readonly<Record<string, number>> = {
  empty: 0,
  "one byte": 1,
  "below the threshold": THRESHOLD - 1,
  "at the threshold": THRESHOLD,
  "above the threshold": THRESHOLD + 1,
  "many parts/größe/😀 ü.bin": 3 * 2 ** 20 + 3,
};

/** Of gs:// the smallest part has 5 MiB. */
const MANY_OF_GS = 5 * 2 ** 20 + 3;

const NAMES = [
  "e\u0301",
  "\u00e9",
  "%48%45 +&=#?;,.txt",
  'I\'m a < & "weird" path/x',
  "a/b/c/d/e/f",
  "-dash",
  "~tilde",
  " space ",
  "日本語/ファイル",
];

const ALL = "contentType contentEncoding cacheControl contentDisposition contentLanguage metadata".split(" ");

/** What an object of a kind can have. */
const HAS: Readonly<Record<Kind, readonly string[]>> = {
  memory: [...ALL, "expires", "tags"],
  file: [],
  direct: [],
  s3: [...ALL, "expires", "tags", "storageClass"],
  az: [...ALL, "tags", "storageClass"],
  gs: [...ALL, "storageClass"],
};

const CLASSES: Readonly<Partial<Record<Kind, string>>> = { s3: "STANDARD_IA", az: "Cool", gs: "NEARLINE" };

function isLocal(kind: Kind): boolean {
  return kind === "file" || kind === "direct";
}

/** Bytes of a size, that of no other size begin alike. */
function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = size * 2654435761 >>> 0;
  for (let i = 0; i < size; i++) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** All that an object of a kind can have. */
function oddAttributes(kind: Kind): ObjectAttributes {
  const all = {
    contentType: "text/x-odd; charset=utf-8",
    contentEncoding: "identity",
    cacheControl: "no-cache, max-age=0",
    contentDisposition: "attachment; filename=\"r.csv\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.csv",
    contentLanguage: "de, en",
    metadata: { plain: "b", [kind === "az" ? "under_score" : "with-dash"]: "größe 😀" },
    expires: new Date("2031-02-03T04:05:06Z"),
    tags: { t: "1", "a b": "x=y" },
    storageClass: CLASSES[kind],
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => HAS[kind].includes(name)));
}

/** What of these the copy in a store of another kind has, and what it lacks. */
function carried(
  given: ObjectAttributes,
  from: Kind,
  to: Kind,
): { readonly kept: ObjectAttributes; readonly dropped: readonly string[] } {
  const kept: Record<string, unknown> = { ...given };
  const dropped = new Set<string>();
  for (const name of Object.keys(kept)) {
    if (HAS[to].includes(name) && (name !== "storageClass" || from === to)) continue;
    delete kept[name];
    dropped.add(name);
  }
  // A name of metadata is an identifier there.
  const held = Object.entries(given.metadata ?? {}).filter(([name]) => to !== "az" || /^\w+$/.test(name));
  if (kept["metadata"] && held.length < Object.keys(given.metadata ?? {}).length) {
    kept["metadata"] = Object.fromEntries(held);
    dropped.add("metadata");
  }
  // A file has the type that its name stands for.
  if (isLocal(from) && !isLocal(to)) kept["contentType"] = "text/csv";
  return { kept, dropped: [...dropped].sort() };
}

async function attributesOf(store: ObjectStore, key: string): Promise<ObjectAttributes> {
  const info: Partial<Awaited<ReturnType<ObjectStore["head"]>>> = await store.head(key);
  const tags = info.tagCount ? await store.getTags?.(key) : undefined;
  const named = Object.fromEntries(
    Object.entries(info).filter(([name]) => [...ALL, "expires", "storageClass"].includes(name)),
  );
  return { ...named, ...(tags && { tags }) };
}

/** Makes the objects of a source, and gives their content by name. */
async function fill(
  stores: AllStores,
  kind: Kind,
  name: string,
  many: number,
): Promise<Map<string, Uint8Array>> {
  const content = new Map<string, Uint8Array>();
  for (const [name, size] of Object.entries(SIZES)) {
    content.set(name, bytesOf(size > THRESHOLD + 1 ? many : size));
  }
  for (const name of NAMES) content.set(name, bytesOf(name.length));
  content.set("odd.csv", bytesOf(100));
  content.set("dated", bytesOf(101));
  const prefix = stores.prefix(kind, name);
  if (isLocal(kind)) await Deno.mkdir(`${stores.directory.path}/${name}`);
  const { store, key: under } = await stores.lade.locate(prefix);
  for (const [name, bytes] of content) {
    const attributes = name === "odd.csv"
      ? oddAttributes(kind)
      : name === "dated" && !isLocal(kind)
      ? { metadata: { mtime: MTIME } }
      : {};
    await store.put(under + name, bytes, attributes);
  }
  if (isLocal(kind)) await Deno.utime(`${stores.directory.path}/${name}/dated`, TIME, TIME);
  return content;
}

function assertSame(actual: Map<string, Uint8Array>, expected: Map<string, Uint8Array>, what: string): void {
  assertEquals([...actual.keys()].sort(), [...expected.keys()].sort(), what);
  for (const [name, bytes] of expected) {
    const there = actual.get(name);
    assertEquals(there?.length, bytes.length, `${what}: ${name}`);
    assert(there && bytes.every((byte, i) => byte === there[i]), `${what}: ${name} has other bytes`);
  }
}

/** What was reported of the object with attributes, as `--json` has it. */
function droppedIn(stderr: string): string[] {
  const messages = stderr.trim().split("\n").map((line) => JSON.parse(line));
  return [...new Set(messages.flatMap(({ type, attribute }) => type === "dropped" ? [attribute] : []))]
    .sort();
}

/** Checks a copy by everything but its bytes. */
async function assertCarried(
  stores: AllStores,
  to: Kind,
  prefix: string,
  kept: ObjectAttributes,
): Promise<void> {
  const { store, key } = await stores.lade.locate(prefix);
  const { metadata = {}, ...others } = await attributesOf(store, `${key}odd.csv`);
  const { metadata: expected = {}, ...rest } = kept;
  const { mtime: _, ...given } = metadata;
  assertEquals([given, others], [expected, rest]);
  if (isLocal(to)) {
    assertEquals((await Deno.stat(new URL(`${prefix}dated`.replace("direct:", "file:")))).mtime, TIME);
  } else assertEquals((await store.head(`${key}dated`)).metadata["mtime"], MTIME);
}

for (const from of KINDS) {
  Deno.test(`cp, mv and sync between ${from}:// and every store bring every byte and what both can hold`, async (t) => {
    await using stores = await AllStores.start();
    for (const to of KINDS) {
      await t.step(`${from}:// to ${to}://, and back`, async () => {
        const many = [from, to].includes("gs") ? MANY_OF_GS : SIZES["many parts/größe/😀 ü.bin"] ?? 0;
        const [source, copy, back] = [`source-${to}`, `copy-${from}`, `back-${to}`];
        const content = await fill(stores, from, source, many);
        const [a, b, c] = [stores.prefix(from, source), stores.prefix(to, copy), stores.prefix(from, back)];
        stores.forget();
        const copied = await stores.run(["cp", "--json", "-v", "-r", a, b]);
        assertEquals(copied.code, 0, copied.stderr);
        if (from === to) assertNoBytes(stores, from);
        const { kept, dropped } = carried(oddAttributes(from), from, to);
        assertSame(await stores.contents(to, copy), content, "cp");
        assertSame(await stores.contents(from, source), content, "the source of cp");
        assertEquals(droppedIn(copied.stderr), dropped);
        await assertCarried(stores, to, b, kept);

        const synced = await stores.run(["sync", "--delete", a, b]);
        assertEquals([synced.code, synced.stdout], [0, ""], synced.stderr);
        stores.forget();
        const moved = await stores.run(["mv", "--json", "-v", "-r", b, c]);
        assertEquals(moved.code, 0, moved.stderr);
        if (from === to) assertNoBytes(stores, from);
        assertSame(await stores.contents(from, back), content, "mv");
        await assertCarried(stores, from, c, carried(kept, to, from).kept);
        assertSame(await stores.contents(to, copy), new Map(), "the source of mv");

        const again = await stores.run(["sync", "-q", c, b]);
        assertEquals(again.code, 0, again.stderr);
        assertSame(await stores.contents(to, copy), content, "sync");
        await assertCarried(stores, to, b, carried(carried(kept, to, from).kept, from, to).kept);
        assertEquals(await stores.leftovers(), []);
      });
    }
  });
}

/** A copy within one service moves no byte of an object through this process. */
function assertNoBytes(stores: AllStores, kind: Kind): void {
  if (kind !== "s3" && kind !== "az" && kind !== "gs") return;
  const { requests } = stores[kind];
  assert(requests.length > 0);
  let [sent, received] = [0, 0];
  for (const { bytesSent, bytesReceived } of requests) {
    [sent, received] = [sent + bytesSent, received + bytesReceived];
  }
  assert(sent < THRESHOLD && received < THRESHOLD, `${sent} bytes read, ${received} written`);
}

for (const kind of KINDS) {
  Deno.test(`cp from standard input to ${kind}://, and from there to standard output, brings every byte`, async () => {
    await using stores = await AllStores.start();
    for (const [name, size] of Object.entries(SIZES)) {
      const bytes = bytesOf(kind === "gs" && size > THRESHOLD + 1 ? MANY_OF_GS : size);
      const uri = stores.prefix(kind, "stream") + name;
      const pieces = [0.1, 0.5, 1].map((end, i, ends) =>
        bytes.subarray((ends[i - 1] ?? 0) * size, end * size)
      );
      const put = await stores.run(["cp", "-q", "-", uri], {
        stdin: [...pieces, bytes.subarray(size)].filter(({ length }) => length > 0),
      });
      assertEquals(put.code, 0, put.stderr);
      const got = await stores.run(["cp", uri, "-"]);
      assertEquals([got.code, got.bytes.length], [0, bytes.length], got.stderr);
      assertSame(new Map([[name, got.bytes]]), new Map([[name, bytes]]), "standard output");
      assertSame(
        new Map([[name, (await stores.contents(kind, "stream")).get(name) ?? got.bytes]]),
        new Map([[name, bytes]]),
        "stored",
      );
    }
    assertEquals(await stores.leftovers(), []);
  });
}
