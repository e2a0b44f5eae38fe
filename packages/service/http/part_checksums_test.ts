import { assertEquals } from "@std/assert";
import { checksumsOf } from "@lade/codec/checksum";
import { partChecksums } from "./part_checksums.ts";
import type { BulkCarrier } from "./transport.ts";

const BYTES = Uint8Array.from({ length: 1_000 }, (_, index) => index * 7);
const SHARED = new Uint8Array(new SharedArrayBuffer(BYTES.length));
SHARED.set(BYTES);
const SUMS = checksumsOf(BYTES, ["crc64nvme", "crc32c"]);

/** A carrier that gives `sums`, and what it was asked. */
function carrier(sums: ReturnType<BulkCarrier["digest"]>) {
  const asked: unknown[] = [];
  const bulk: BulkCarrier = {
    expect: () => true,
    digest: (bytes, names) => {
      asked.push([bytes, names]);
      return sums;
    },
  };
  return { bulk, asked };
}

Deno.test("partChecksums() has those of shared memory computed by a lane, and of other memory does it itself", async () => {
  const told = { crc32c: "of the lane" };
  const { asked, bulk } = carrier(Promise.resolve(told));
  assertEquals(await partChecksums(SHARED, ["crc32c"], bulk), told);
  assertEquals(asked, [[SHARED, ["crc32c"]]]);
  assertEquals(await partChecksums(BYTES, ["crc64nvme", "crc32c"], bulk), SUMS);
  assertEquals(asked.length, 1);
});

Deno.test("partChecksums() does it itself where no lane is there yet, or it broke", async () => {
  const broken: BulkCarrier = {
    expect: () => true,
    digest: () => Promise.reject(new Error("the lane ended")),
  };
  for (const bulk of [undefined, carrier(undefined).bulk, broken]) {
    assertEquals(await partChecksums(SHARED, ["crc64nvme", "crc32c"], bulk), SUMS);
  }
});
