import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import { sampleBytes } from "@lade/testing/conformance";
import { assertEquals, assertThrows } from "@std/assert";
import { ChecksumMismatchError } from "../errors/errors.ts";
import { PartSums } from "./part_sums.ts";

const PART = 1000;
const DATA = sampleBytes(2500);
const sumOf = (bytes: Uint8Array) => crc32cToBase64(crc32c(bytes));
const CHECKSUM = sumOf(DATA);

Deno.test("parts verify a whole only where each of them has its checksum", () => {
  const sums = new PartSums("crc32c");
  const size = 2 * PART;
  sums.add(0, sumOf(DATA.subarray(0, PART)));
  const verify = () => sums.verify({ crc32c: CHECKSUM }, { size, partSize: PART }, "memory://m/a");
  assertThrows(verify, TypeError, "part 1 has no checksum");
  sums.add(1, sumOf(DATA.subarray(PART, size)));
  assertThrows(verify, ChecksumMismatchError);
  const crc32cOfBoth = sumOf(DATA.subarray(0, size));
  assertEquals(sums.verify({ crc32c: crc32cOfBoth }, { size, partSize: PART }, "memory://m/a"), {
    crc32c: crc32cOfBoth,
  });
});
