import { crc32c } from "@lade/codec/checksum";
import { assertEquals } from "@std/assert";
import { TaggedStore } from "../testing/tagged_store.ts";
import { readBoth } from "./read_sides.ts";

Deno.test("readBoth() takes contents for the same only where all checksums of what was read agree", async () => {
  const { signal } = new AbortController();
  const [one, other] = ["axd7my9rwh", "kg6sittjrd"].map((text) => new TextEncoder().encode(text));
  if (!one || !other) throw new Error("two are expected");
  assertEquals(crc32c(one), crc32c(other));
  const store = new TaggedStore("s3://b/");
  const [a, b, same] = [await store.add("a", one), await store.add("b", other), await store.add("c", one)];
  assertEquals((await readBoth(a, b, { mode: "read", signal })).same, false);
  assertEquals((await readBoth(a, same, { mode: "read", signal })).same, true);
});
