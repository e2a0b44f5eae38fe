import {
  createStoreContext,
  ForwardingStore,
  type GetOptions,
  type GetResult,
  MemoryContainer,
  MemoryStore,
} from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { bytesAtHand } from "@lade/core/seams";
import { FakeClock } from "@lade/testing";
import { assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { Remembering } from "../testing/remembering.ts";
import { TaggedStore } from "../testing/tagged_store.ts";
import type { Difference, Evidence, Listed } from "./difference.ts";
import type { CompareMode } from "./compare_options.ts";
import { DifferenceJudge } from "./difference_judge.ts";

const { signal } = new AbortController();
const HELLO = new TextEncoder().encode("hello");
const OTHER = new TextEncoder().encode("other");
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
const base64 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");
const [EARLY, LATE] = [new Date(1_000_000_000_000), new Date(1_000_000_005_000)];

function stores(): { readonly local: TaggedStore; readonly s3: TaggedStore; readonly calls: () => string[] } {
  const [local, s3] = [new TaggedStore("file:///d/"), new TaggedStore("s3://b/")];
  return { local, s3, calls: () => [...local.calls, ...s3.calls] };
}

function verdict({ same, by }: Difference): [boolean, Evidence] {
  return [same, by];
}

/** Compares, and asserts that it took no promise. */
function now(source: Listed, target: Listed, mode: CompareMode = "content"): [boolean, Evidence] {
  const found = new DifferenceJudge({ mode, signal }).compare(source, target);
  if (found instanceof Promise) throw new Error("it took a promise");
  return verdict(found);
}

async function later(source: Listed, target: Listed, mode: CompareMode): Promise<[boolean, Evidence]> {
  return verdict(await new DifferenceJudge({ mode, signal }).compare(source, target));
}

Deno.test("DifferenceJudge decides by sizes, listed checksums and MD5 etags without a promise", async () => {
  const { local, s3, calls } = stores();
  const here = await local.add("a", HELLO);
  assertEquals(now(here, await s3.add("a", new TextEncoder().encode("longer"))), [false, "size"]);
  assertEquals(now(await local.add("0", new Uint8Array()), await s3.add("0", new Uint8Array())), [
    true,
    "size",
  ]);
  const listed = (bytes: Uint8Array) => ({ checksums: { md5: base64(bytes) } });
  const [a, b, c] = [
    await s3.add("a", HELLO, {}, listed(HELLO)),
    await s3.add("b", HELLO, {}, listed(HELLO)),
    await s3.add("c", OTHER, {}, listed(OTHER)),
  ];
  for (const mode of ["content", "checksum"] as const) {
    assertEquals(now(a, b, mode), [true, "checksum"]);
    assertEquals(now(a, c, mode), [false, "checksum"]);
    const tagged = await s3.add("d", HELLO, { etag: md5(HELLO).toUpperCase() });
    assertEquals(now(a, tagged, mode), [true, "etag"]);
    assertEquals(now(tagged, a, mode), [true, "etag"]);
  }
  assertEquals(now(a, c, "size"), [true, "size"]);
  assertEquals(now(a, b, "all"), [false, "none"]);
  assertEquals(calls(), []);
});

Deno.test("DifferenceJudge takes equal etags for the same content only where they have the form of an MD5", async () => {
  const { s3 } = stores();
  const pair = async (etag: string) =>
    now(
      await s3.add("a", HELLO, { etag, lastModified: EARLY }),
      await s3.add("b", HELLO, { etag, lastModified: LATE }),
    );
  assertEquals(await pair(md5(HELLO)), [true, "etag"]);
  assertEquals(await pair(`${md5(HELLO)}-3`), [true, "etag"]);
  for (const etag of ["1", "00000001", `${md5(HELLO)}-0`, `"${md5(HELLO)}"`, `${md5(HELLO)}x`]) {
    assertEquals(await pair(etag), [true, "time"], etag);
  }
});

Deno.test("DifferenceJudge takes a destination that is not older for the same, by the coarser of the times", async () => {
  const { local, s3 } = stores();
  const at = async (store: TaggedStore, ms: number) =>
    await store.add("a", HELLO, { lastModified: new Date(EARLY.getTime() + ms), etag: "x" });
  assertEquals(now(await at(local, 0), await at(local, 0)), [true, "time"]);
  assertEquals(now(await at(local, 0), await at(local, 1)), [true, "time"]);
  assertEquals(await later(await at(local, 1), await at(local, 0), "content"), [false, "time"]);
  // A service tells whole seconds.
  assertEquals(now(await at(local, 999), await at(s3, 0)), [true, "time"]);
  assertEquals(await later(await at(local, 1000), await at(s3, 0), "content"), [false, "time"]);
});

Deno.test("DifferenceJudge leaves a newer destination alone with update, whatever its size", async () => {
  const { local } = stores();
  const judge = new DifferenceJudge({ mode: "content", update: true, signal });
  const old = await local.add("a", HELLO, { lastModified: EARLY });
  const young = await local.add("b", new Uint8Array(9), { lastModified: LATE });
  assertEquals(verdict(await judge.compare(old, young)), [true, "time"]);
  assertEquals(verdict(await judge.compare(young, old)), [false, "size"]);
  assertEquals(
    verdict(await judge.compare(old, { ...young, meta: { ...young.meta, lastModified: EARLY } })),
    [
      false,
      "size",
    ],
  );
});

Deno.test("DifferenceJudge asks for times that were carried along before it takes an older one for another", async () => {
  const { local, s3, calls } = stores();
  const mtime = String(EARLY.getTime() / 1000);
  const there = await s3.add("a", HELLO, { lastModified: LATE, metadata: { mtime }, etag: "x" });
  const here = await local.add("a", HELLO, { lastModified: EARLY });
  assertEquals(await later(there, here, "content"), [true, "time"]);
  assertEquals(await later(there, here, "time"), [true, "time"]);
  assertEquals(calls(), ["head a", "head a"]);
  // A destination that was written later is no older, whatever it carries: nothing is asked.
  assertEquals(now(here, there, "time"), [true, "time"]);
  assertEquals(calls(), ["head a", "head a"]);
  const without = await s3.add("b", HELLO, { lastModified: LATE, etag: "x" });
  assertEquals(await later(without, here, "content"), [false, "time"]);
});

Deno.test("DifferenceJudge never goes by time with checksum", async () => {
  const { local, s3, calls } = stores();
  const here = await local.add("a", HELLO, { lastModified: EARLY });
  const there = await s3.add("a", OTHER, { lastModified: EARLY, etag: "x" });
  assertEquals(now(here, there, "content"), [true, "time"]);
  assertEquals(await later(here, there, "checksum"), [false, "content"]);
  assertEquals(await later(here, await s3.add("b", HELLO, { etag: "x" }), "checksum"), [true, "content"]);
  assertEquals(calls(), ["get a", "get a", "head a", "get a", "head b", "get b"]);
});

Deno.test("DifferenceJudge reads the local side alone where the other has a checksum or an MD5 etag", async () => {
  const { local, s3, calls } = stores();
  const here = await local.add("a", HELLO);
  assertEquals(await later(here, await s3.add("a", HELLO, { etag: md5(HELLO) }), "checksum"), [true, "etag"]);
  assertEquals(await later(await s3.add("b", HELLO, { etag: md5(HELLO) }), here, "checksum"), [true, "etag"]);
  assertEquals(calls(), ["get a", "get a"]);
  const stored = { etag: "x", checksums: { crc32c: "mnG7TA==" } };
  assertEquals(await later(here, await s3.add("c", HELLO, stored), "checksum"), [true, "checksum"]);
  assertEquals(await later(await local.add("b", OTHER), await s3.add("c", HELLO, stored), "checksum"), [
    false,
    "checksum",
  ]);
  assertEquals(calls().filter((call) => call.startsWith("get")), ["get a", "get a", "get a", "get b"]);
});

Deno.test("DifferenceJudge takes an etag that does not fit for another content only where it is known to be an MD5", async () => {
  const learn = () => {};
  const told = { md5: base64(OTHER), learn };
  const { local, s3, calls } = stores();
  const here = await local.add("a", HELLO, { lastModified: LATE });
  const mac = { etag: md5(OTHER), lastModified: EARLY };
  const certain = await s3.add("certain", OTHER, { ...mac, etagMd5: { ...told, certain: true } });
  assertEquals(await later(here, certain, "checksum"), [false, "etag"]);
  assertEquals(s3.calls.filter((call) => call.startsWith("get")), []);
  // Of an etag that only looks like one, the content decides.
  const likely = await s3.add("likely", HELLO, { ...mac, etagMd5: { ...told, certain: false } });
  assertEquals(await later(here, likely, "checksum"), [true, "content"]);
  assertEquals(await later(here, await s3.add("none", HELLO, mac), "checksum"), [true, "content"]);
  assertEquals(calls().filter((call) => call === "get likely" || call === "get none"), [
    "get likely",
    "get none",
  ]);
});

Deno.test("DifferenceJudge reads both sides with read, whatever is known of them", async () => {
  const { local, s3, calls } = stores();
  const lie = { checksums: { crc32c: "mnG7TA==" }, etag: md5(HELLO) };
  const [a, b] = [await local.add("a", HELLO, lie, lie), await s3.add("b", OTHER, lie, lie)];
  assertEquals(now(a, b), [true, "checksum"]);
  assertEquals(await later(a, b, "read"), [false, "content"]);
  assertEquals(calls(), ["get a", "get b"]);
});

/** The first comparison, and the next one of the same two. */
async function twice(
  source: Listed,
  target: Listed,
  mode: CompareMode,
  cache = new Remembering(),
): Promise<[[boolean, Evidence], [boolean, Evidence], string[]]> {
  const first = verdict(await new DifferenceJudge({ mode, signal, cache }).compare(source, target));
  const found = new DifferenceJudge({ mode, signal, cache }).compare(source, target);
  if (found instanceof Promise) throw new Error("it took a promise");
  return [first, verdict(found), cache.told.map(({ uri }) => uri)];
}

Deno.test("DifferenceJudge remembers what was read, of the side too that it fits", async () => {
  const { local, s3, calls } = stores();
  const here = await local.add("a", HELLO);
  const uris = ["file:///d/a", "s3://b/a"];
  const byEtag = await s3.add("a", HELLO, { etag: md5(HELLO) });
  assertEquals(await twice(here, byEtag, "checksum"), [[true, "etag"], [true, "remembered"], uris]);
  const byStored = await s3.add("a", HELLO, { etag: "x", checksums: { crc32c: "mnG7TA==" } });
  assertEquals(await twice(here, byStored, "checksum"), [[true, "checksum"], [true, "remembered"], uris]);
  const byNothing = await s3.add("a", HELLO, { etag: "x" });
  assertEquals(await twice(here, byNothing, "checksum"), [[true, "content"], [true, "remembered"], uris]);
  const other = await s3.add("a", OTHER, { etag: "x" });
  assertEquals(await twice(here, other, "checksum"), [[false, "content"], [false, "remembered"], uris]);
  assertEquals(calls().filter((call) => call === "get a").length, 6);
});

Deno.test("DifferenceJudge believes what is remembered only of what is still the same", async () => {
  const { local, s3 } = stores();
  const cache = new Remembering();
  const here = await local.add("a", HELLO, { etag: "1", lastModified: EARLY });
  const there = await s3.add("a", HELLO, { etag: "x", lastModified: LATE });
  const checksums = { crc32c: "mnG7TA==" };
  cache.remember({ uri: here.uri, meta: here.meta, checksums, sinceMs: 0 });
  cache.remember({ uri: there.uri, meta: there.meta, checksums, sinceMs: 0 });
  const judge = new DifferenceJudge({ mode: "content", cache, signal });
  assertEquals(verdict(await judge.compare(here, there)), [true, "remembered"]);
  // It is replaced, and gets a time before that of the copy: by time it would be the same.
  const replaced = await local.add("a", OTHER, { etag: "2", lastModified: EARLY });
  assertEquals(verdict(await judge.compare(replaced, there)), [false, "remembered"]);
  const touched = await local.add("a", HELLO, { etag: "3", lastModified: EARLY });
  assertEquals(verdict(await judge.compare(touched, there)), [true, "remembered"]);
  const touchedAgain = await local.add("a", HELLO, { etag: "3b", lastModified: EARLY });
  assertEquals(verdict(await judge.compare(there, touchedAgain)), [true, "remembered"]);
  // Nothing is known of the other side that could be compared.
  const unknown = await s3.add("new", HELLO, { etag: "y", lastModified: LATE });
  const again = await local.add("a", HELLO, { etag: "4", lastModified: EARLY });
  assertEquals(verdict(await judge.compare(again, unknown)), [false, "remembered"]);
});

Deno.test("DifferenceJudge goes by no time where a destination is not what is remembered of it", async () => {
  const stored = stores();
  const cache = new Remembering();
  const other = new TaggedStore("file:///e/");
  const here = await stored.local.add("a", HELLO, { etag: "1", lastModified: EARLY });
  const there = await other.add("a", HELLO, { etag: "1", lastModified: LATE });
  const checksums = { crc32c: "mnG7TA==" };
  for (const { uri, meta } of [here, there]) cache.remember({ uri, meta, checksums, sinceMs: 0 });
  const judge = new DifferenceJudge({ mode: "content", cache, signal });
  assertEquals(verdict(await judge.compare(here, there)), [true, "remembered"]);
  const replaced = await other.add("a", OTHER, { etag: "2", lastModified: LATE });
  assertEquals(verdict(await judge.compare(here, replaced)), [false, "remembered"]);
});

Deno.test("DifferenceJudge remembers of a file what it had when its read began", async () => {
  const clock = new FakeClock();
  const container = new MemoryContainer();
  const context = createStoreContext({ clock });
  const slow = new class extends ForwardingStore {
    constructor() {
      super(new MemoryStore({ context, container }), [bytesAtHand]);
    }

    override async get(key: string, options?: GetOptions): Promise<GetResult> {
      await clock.advance(60_000);
      return await super.get(key, options);
    }
  }();
  await slow.put("a", HELLO);
  await slow.put("b", OTHER);
  const sinceMs = clock.now();
  const cache = new Remembering();
  const listed = async (key: string): Promise<Listed> => ({
    store: slow,
    key,
    meta: await slow.head(key).then(({ checksums: _, ...meta }) => meta),
    uri: `file:///d/${key}`,
  });
  const judge = new DifferenceJudge({ mode: "checksum", cache, signal });
  await judge.compare(await listed("a"), await listed("b"));
  assertEquals(cache.told.map(({ sinceMs }) => sinceMs), [sinceMs, sinceMs + 60_000]);
});

Deno.test("DifferenceJudge takes copies that are remembered as such for the same", async () => {
  const { local, s3 } = stores();
  const cache = new Remembering();
  const here = await local.add("a", HELLO, { etag: "1", lastModified: LATE });
  const there = await s3.add("a", HELLO, { etag: "x", lastModified: EARLY });
  const other = await s3.add("b", HELLO, { etag: "x", lastModified: EARLY });
  cache.remember({ uri: here.uri, meta: here.meta, checksums: { pair: "1" }, sinceMs: 0 });
  cache.remember({ uri: there.uri, meta: there.meta, checksums: { pair: "1" }, sinceMs: 0 });
  cache.remember({ uri: other.uri, meta: other.meta, checksums: { pair: "2" }, sinceMs: 0 });
  for (const mode of ["content", "checksum"] as const) {
    const judge = new DifferenceJudge({ mode, cache, signal });
    assertEquals(verdict(await judge.compare(here, there)), [true, "remembered"]);
    assertEquals(
      verdict(await judge.compare(here, other)),
      mode === "content" ? [false, "time"] : [true, "content"],
    );
  }
});

Deno.test("DifferenceJudge computes the etag and the checksum of parts again, and reads both where none fits", async () => {
  const { local, s3, calls } = stores();
  const [MIB, size] = [2 ** 20, 11 * 2 ** 20 + 5];
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * i) >> 9);
  const etagOf = (partSize: number) => {
    const whole = createHash("md5");
    const count = Math.ceil(size / partSize);
    for (let i = 0; i < count; i++) {
      whole.update(createHash("md5").update(bytes.subarray(i * partSize, (i + 1) * partSize)).digest());
    }
    return `${whole.digest("hex")}-${count}`;
  };
  const here = await local.add("a", bytes);
  assertEquals(await later(here, await s3.add("5", bytes, { etag: etagOf(5 * MIB) }), "checksum"), [
    true,
    "etag",
  ]);
  assertEquals(await later(await s3.add("8", bytes, { etag: etagOf(8 * MIB) }), here, "checksum"), [
    true,
    "etag",
  ]);
  const changed = bytes.slice();
  changed[size - 1] = 1;
  const other = await s3.add("x", changed, { etag: `${"0".repeat(32)}-3` });
  assertEquals(calls().filter((call) => /get [58]/.test(call)), []);
  assertEquals(await later(here, other, "checksum"), [false, "content"]);
  const odd = await s3.add("odd", bytes, { etag: etagOf(6 * MIB + 12_345) });
  assertEquals(await later(here, odd, "checksum"), [true, "content"]);
  const { crc32cToBase64, crc32c } = await import("@lade/codec/checksum");
  const parts = [0, 5, 10].map((at) =>
    atob(crc32cToBase64(crc32c(bytes.subarray(at * MIB, (at + 5) * MIB))))
  );
  const composite = crc32cToBase64(crc32c(Uint8Array.from(parts.join(""), (c) => c.charCodeAt(0))));
  const summed = await s3.add("parts", bytes, { etag: "x", partsChecksum: `crc32c ${composite}-3` });
  assertEquals(await later(here, summed, "checksum"), [true, "etag"]);
  assertEquals(calls().includes("get parts"), false);
});

Deno.test("DifferenceJudge asks for nothing and reads nothing in 10,000 pairs that listings decide", async () => {
  const { local, s3, calls } = stores();
  const judge = new DifferenceJudge({ mode: "content", cache: new Remembering(), signal });
  const [here, there] = [
    await local.add("a", HELLO, { etag: "1", lastModified: EARLY }),
    await s3.add("a", HELLO),
  ];
  const found = Array.from({ length: 10_000 }, () => judge.compare(here, there));
  assertEquals(new Set(found).size, 1);
  assertEquals(calls(), []);
});

Deno.test("DifferenceJudge rejects where an object is gone, or is another one than was listed", async () => {
  const { local, s3 } = stores();
  const here = await local.add("a", HELLO);
  const there = await s3.add("a", HELLO, { etag: "x" });
  await s3.delete("a");
  await assertRejects(async () => await later(here, there, "checksum"), NotFoundError);
  const longer = await s3.add("b", new TextEncoder().encode("longer"), {}, { size: 5 });
  assertEquals(await later(here, longer, "checksum"), [false, "size"]);
});

Deno.test("DifferenceJudge takes for newer what is so by the coarser of the times", async () => {
  const { local, s3 } = stores();
  const judge = new DifferenceJudge({ mode: "content", update: true, signal });
  const old = await local.add("a", HELLO, { lastModified: EARLY });
  const after = async (store: TaggedStore, ms: number) => {
    const young = await store.add("b", new Uint8Array(9), { lastModified: new Date(EARLY.getTime() + ms) });
    return verdict(await judge.compare(old, young));
  };
  assertEquals(await after(local, 0), [false, "size"]);
  assertEquals(await after(local, 1), [true, "time"]);
  assertEquals(await after(s3, 999), [false, "size"]);
  assertEquals(await after(s3, 1000), [true, "time"]);
});

Deno.test("DifferenceJudge goes by an etag that does not fit before it goes by carried times, if it may be an MD5", async () => {
  const metadata = { mtime: String(EARLY.getTime() / 1000) };
  const { local, s3 } = stores();
  const here = await local.add("a", HELLO, { lastModified: EARLY });
  const there = { etag: md5(OTHER), lastModified: LATE, metadata };
  const told = { md5: base64(OTHER), certain: false, learn: () => {} };
  assertEquals(await later(await s3.add("a", OTHER, { ...there, etagMd5: told }), here, "content"), [
    false,
    "etag",
  ]);
  // Of one that is the only one, nothing follows.
  const [one, other] = [
    await s3.add("c", HELLO, { ...there, etagMd5: { ...told, certain: true } }),
    await s3.add("d", HELLO, { etag: "x", lastModified: EARLY }),
  ];
  assertEquals(await later(one, other, "content"), [true, "time"]);
  // The etag of an object that is encrypted by a key of one's own is none.
  assertEquals(await later(await s3.add("b", HELLO, there), here, "content"), [true, "time"]);
});

Deno.test("DifferenceJudge reads each side once at most", async () => {
  const told = { md5: base64(OTHER), certain: false, learn: () => {} };
  const { local, s3 } = stores();
  const here = await local.add("a", HELLO);
  const there = await s3.add("b", OTHER, { etag: md5(OTHER), etagMd5: told });
  assertEquals(await later(here, there, "checksum"), [false, "content"]);
  assertEquals([local.calls, s3.calls], [["get a"], ["head b", "ask b", "get b"]]);
});
