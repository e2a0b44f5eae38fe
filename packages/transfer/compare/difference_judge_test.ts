import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
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
    assertEquals(now(a, await s3.add("d", HELLO, { etag: md5(HELLO).toUpperCase() }), mode), [true, "etag"]);
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
