import { assertEquals } from "@std/assert";
import { contentOf, FollowedCopy, type HalfDoneCopy, isSameContent } from "./resumable_copy.ts";

Deno.test("attempts within one call follow what the last one told, and nothing that was not kept", async () => {
  const told: string[] = [];
  let isKept = true;
  const copy = (token: string): HalfDoneCopy => ({ token, source: { size: 9, etag: "e" } });
  const followed = new FollowedCopy({
    fromBytes: 7,
    halfDone: copy("before"),
    parts: [{ index: 1, checksum: "b" }],
    begun: ({ token }) => (told.push(token), Promise.resolve(isKept)),
    ended: () => told.push("ended"),
  });
  assertEquals([followed.fromBytes, followed.halfDone, followed.parts.length], [7, copy("before"), 1]);
  assertEquals(await followed.begun(copy("one")), true);
  assertEquals([followed.halfDone, followed.parts], [copy("one"), []]);
  followed.wrote({ index: 0, checksum: "a" });
  assertEquals(followed.parts, [{ index: 0, checksum: "a" }]);
  isKept = false;
  assertEquals(await followed.begun(copy("two")), false);
  assertEquals([followed.halfDone, followed.parts], [undefined, []]);
  isKept = true;
  await followed.begun(copy("three"));
  followed.wrote({ index: 0, checksum: "a" });
  followed.ended();
  assertEquals([followed.halfDone, followed.parts], [undefined, []]);
  assertEquals(told, ["one", "two", "three", "ended"]);
});

Deno.test("two contents are one only by all that is known of them", () => {
  const one = { size: 9, etag: "e" };
  assertEquals(isSameContent(one, { size: 9, etag: "e" }), true);
  const known = contentOf({
    ...{ key: "k", size: 9, etag: "e", lastModified: new Date(0), metadata: {} },
    statusChanged: new Date(1000),
  });
  assertEquals(isSameContent({ size: 9, etag: "e", statusSeconds: 1 }, known), true);
  assertEquals(isSameContent({ size: 9, etag: "e", statusSeconds: 2 }, known), false);
  assertEquals(isSameContent(one, known), false);
  assertEquals(isSameContent(one, { size: 9, etag: "e", version: "2" }), true);
  for (
    const other of [undefined, { size: 8, etag: "e" }, { size: 9, etag: "f" }, { size: 9, version: "1" }]
  ) {
    assertEquals(isSameContent(one, other), false, JSON.stringify(other));
  }
  assertEquals(isSameContent({ size: 9, version: "1" }, { size: 9, version: "1" }), true);
  assertEquals(isSameContent({ size: 9, version: "1" }, { size: 9, version: "2" }), false);
});
