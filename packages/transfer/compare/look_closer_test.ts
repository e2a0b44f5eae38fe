import { assertEquals } from "@std/assert";
import type { ChecksumCache, FoundSums } from "../sums/checksum_cache.ts";
import { TaggedStore } from "../testing/tagged_store.ts";
import { DifferenceJudge } from "./difference_judge.ts";
import type { Difference } from "./difference.ts";

const { signal } = new AbortController();
const [HELLO, OTHER] = [new TextEncoder().encode("hello"), new TextEncoder().encode("other")];
const [EARLY, LATE] = [new Date(1_000_000_000_000), new Date(1_000_000_005_000)];

function verdict({ same, by }: Difference): [boolean, string] {
  return [same, by];
}

Deno.test("with time nothing is read, whatever could be known", async () => {
  const [local, s3] = [new TaggedStore("file:///d/"), new TaggedStore("s3://b/")];
  const here = await local.add("a", HELLO, { lastModified: LATE });
  const there = await s3.add("a", HELLO, {
    etag: "5d41402abc4b2a76b9719d911017c592",
    lastModified: EARLY,
  });
  const judge = new DifferenceJudge({ mode: "time", signal });
  assertEquals(verdict(await judge.compare(here, there)), [false, "time"]);
  assertEquals([local.calls, s3.calls], [[], ["head a"]]);
});

Deno.test("a file to which something was done is read, though its size and time are those of before", async () => {
  const [local, s3] = [new TaggedStore("file:///d/"), new TaggedStore("s3://b/")];
  const here = await local.add("a", OTHER, { etag: "1", lastModified: EARLY });
  const there = await s3.add("a", HELLO, { etag: "x", lastModified: LATE });
  const unknown = await s3.add("b", HELLO, { etag: "x", lastModified: LATE });
  const found: Record<string, FoundSums> = { [here.uri]: "touched", [there.uri]: { crc32c: "mnG7TA==" } };
  const cache: ChecksumCache = {
    reader: () => ({ find: (uri) => found[uri] }),
    remember() {},
    [Symbol.dispose]() {},
  };
  const judge = new DifferenceJudge({ mode: "content", cache, signal });
  assertEquals(verdict(await judge.compare(here, there)), [false, "remembered"]);
  assertEquals(verdict(await judge.compare(there, here)), [false, "remembered"]);
  assertEquals(local.calls, ["get a", "get a"]);
  // Where nothing is known of the other, its time decides.
  assertEquals(verdict(await judge.compare(here, unknown)), [true, "time"]);
  assertEquals(local.calls, ["get a", "get a"]);
});
