import { assertEquals, assertRejects } from "@std/assert";
import type { ByteRange, GetOptions, GetResult, ObjectInfo } from "@lade/core";
import { readRefusedRange } from "./read_refused_range.ts";
import { type ObjectReads, readSuffix } from "./read_suffix.ts";

/** Reads of an object of `size` bytes, and what was asked of it. */
function readsOf(
  size: number,
  etag?: string,
): ObjectReads & { readonly asked: GetOptions[]; cancelled: number } {
  const info: ObjectInfo = { key: "k", size, lastModified: new Date(0), metadata: {}, ...(etag && { etag }) };
  const asked: GetOptions[] = [];
  const reads = {
    asked,
    cancelled: 0,
    head: () => Promise.resolve(info),
    get: (options: GetOptions) => {
      asked.push(options);
      return Promise.resolve(
        { info, cancel: () => Promise.resolve(void reads.cancelled++) } as unknown as GetResult,
      );
    },
  };
  return reads;
}

Deno.test("readSuffix() reads a range from the start, pinned to the content whose size was told", async () => {
  const reads = readsOf(10, "e");
  await readSuffix(reads, 4, { range: { suffixLength: 4 }, version: "v" });
  assertEquals(reads.asked, [{ version: "v", ifMatch: "e", range: { offset: 6, length: 4 } }]);
});

Deno.test("readSuffix() reads all of an object that is shorter, also without an etag", async () => {
  const reads = readsOf(3);
  await readSuffix(reads, 3, { range: { suffixLength: 3 } });
  assertEquals(reads.asked, [{}]);
});

Deno.test("readRefusedRange() reads an object whole where that comes to the same", async () => {
  const cases: readonly [ByteRange, number, number | undefined][] = [
    [{ offset: 0, length: 5 }, 0, 0],
    [{ offset: 0 }, 0, undefined],
    [{ suffixLength: 5 }, 0, undefined],
    [{ suffixLength: 5 }, 4, 4],
  ];
  for (const [range, size, told] of cases) {
    const reads = readsOf(size);
    const result = await readRefusedRange(reads, { range, version: "v" }, told, new Error("refused"));
    assertEquals([result.info.size, reads.asked, reads.cancelled], [size, [{ version: "v" }], 0]);
  }
});

Deno.test("readRefusedRange() fails as the range did where it asks for other bytes than all", async () => {
  const cases: readonly [ByteRange, number, number | undefined, number][] = [
    [{ offset: 1 }, 0, 0, 0],
    [{ offset: 0, length: 5 }, 9, 9, 0],
    [{ suffixLength: 5 }, 9, 9, 0],
    // The refusal does not tell the size, so the object is looked at.
    [{ offset: 0 }, 9, undefined, 1],
    [{ suffixLength: 5 }, 9, undefined, 1],
  ];
  for (const [range, size, told, looks] of cases) {
    const reads = readsOf(size);
    await assertRejects(
      () => readRefusedRange(reads, { range }, told, new Error("refused")),
      Error,
      "refused",
    );
    assertEquals([reads.asked.length, reads.cancelled], [looks, looks]);
  }
});
