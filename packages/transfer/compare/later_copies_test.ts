import { assertEquals } from "@std/assert";
import { TaggedStore } from "../testing/tagged_store.ts";
import type { CompareMode } from "./compare_options.ts";
import type { Listed } from "./difference.ts";
import { DifferenceJudge } from "./difference_judge.ts";

const { signal } = new AbortController();
const HELLO = new TextEncoder().encode("hello");
const OTHER = new TextEncoder().encode("other");
const EARLY = new Date(1_000_000_000_000);

Deno.test("DifferenceJudge reads two local files of which the destination is the later one, and no other pair", async () => {
  const [local, s3] = [new TaggedStore("file:///d/"), new TaggedStore("s3://b/")];
  const verdict = async (source: Listed, target: Listed, mode: CompareMode = "content") => {
    const { same, by } = await new DifferenceJudge({ mode, signal }).compare(source, target);
    return [same, by];
  };
  const at = async (store: TaggedStore, key: string, bytes: Uint8Array, ms: number) =>
    await store.add(key, bytes, { lastModified: new Date(EARLY.getTime() + ms), etag: key });
  const source = await at(local, "a", HELLO, 0);
  assertEquals(await verdict(source, await at(local, "b", OTHER, 999)), [true, "time"]);
  assertEquals(await verdict(source, await at(s3, "b", OTHER, 5000)), [true, "time"]);
  assertEquals(await verdict(await at(s3, "a", HELLO, 0), await at(local, "b", OTHER, 5000)), [true, "time"]);
  assertEquals([...local.calls, ...s3.calls], []);
  for (const size of [5, 2 ** 20 + 1]) {
    const [one, other] = [new Uint8Array(size).fill(1), new Uint8Array(size).fill(1)];
    const listed = await at(local, "a", one, 0);
    assertEquals(await verdict(listed, await at(local, "b", other, 1000)), [true, "content"]);
    other[size - 1] = 2;
    assertEquals(await verdict(listed, await at(local, "b", other, 1000)), [false, "content"]);
    assertEquals(await verdict(listed, await at(local, "b", other, 1000), "time"), [true, "time"]);
  }
});
