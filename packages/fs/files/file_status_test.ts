import { assertEquals, assertNotEquals } from "@std/assert";
import { hasExactNumber, identityOf, isSameFile, metaOf, statusOf } from "./file_status.ts";

Deno.test("files whose numbers are not exact are told apart by when they were made", () => {
  const exact = { dev: 1, ino: 2 ** 53 - 1 };
  assertEquals(isSameFile({ ...exact, bornMs: 1 }, { ...exact, bornMs: 2 }), true);
  assertEquals(identityOf({ ...exact, bornMs: 1 }), identityOf({ ...exact, bornMs: 2 }));
  // Numbers of NTFS count in the upper 16 bits how often they were given: the next one is the same to Deno.
  for (const ino of [0, Number(1000n << 48n), Number((1000n << 48n) + 1n)]) {
    const [one, other] = [{ dev: 1, ino, bornMs: 1 }, { dev: 1, ino, bornMs: 2 }];
    assertEquals(hasExactNumber(one), false);
    assertEquals([isSameFile(one, one), isSameFile(one, other)], [true, false]);
    assertNotEquals(identityOf(one), identityOf(other));
  }
});

Deno.test("a time that no Date can hold counts as the last one that it can", async () => {
  const info = await Deno.lstat(new URL(import.meta.url));
  const status = statusOf({ ...info, mtime: new Date(NaN) });
  assertEquals(status, { ...statusOf(info), mtimeMs: 8.64e15 });
  assertEquals(metaOf("a", status).lastModified.toISOString(), "+275760-09-13T00:00:00.000Z");
});
