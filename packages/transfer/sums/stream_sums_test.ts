import { assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { base64ToHex, hexToBase64 } from "./etag_form.ts";
import { certainClaims, likelyClaims } from "./claims.ts";
import { partSizes } from "./part_sizes.ts";
import { PartsSum } from "./parts_sum.ts";
import { beginSum, StreamSums } from "./stream_sums.ts";
import { CHECKSUM_NAMES } from "@lade/core/backend";

const MIB = 2 ** 20;
const CHECK = new TextEncoder().encode("123456789");
const BYTES = Uint8Array.from({ length: 3 * MIB + 17 }, (_, i) => (i * i) >> 5);

/** Checksums of `123456789`, as their definitions have them. */
const PUBLISHED = {
  crc32: "cbf43926",
  crc32c: "e3069283",
  crc64nvme: "ae8b14860a799888",
  md5: "25f9e794323b453885f5181f1b624d0b",
  sha1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  sha256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
};

Deno.test("StreamSums computes the published checksums, all in one pass, however the bytes are cut", () => {
  for (const cuts of [[9], [0, 9], [1, 8], [4, 1, 0, 4]]) {
    const sums = new StreamSums(CHECKSUM_NAMES);
    let at = 0;
    for (const cut of cuts) sums.update(CHECK.subarray(at, at += cut));
    const found = Object.entries(sums.finish()).map(([name, value]) => [name, base64ToHex(value)]);
    const { sha512, ...rest } = Object.fromEntries(found);
    assertEquals(rest, PUBLISHED);
    assertEquals(sha512, createHash("sha512").update(CHECK).digest("hex"));
  }
});

Deno.test("base64ToHex() and hexToBase64() undo one another", () => {
  for (const digits of Object.values(PUBLISHED)) assertEquals(base64ToHex(hexToBase64(digits)), digits);
});

/** An etag of parts as Amazon documents it. */
function etagOf(bytes: Uint8Array, partSize: number): string {
  const whole = createHash("md5");
  let count = 0;
  for (let at = 0; at < bytes.length; at += partSize, count++) {
    whole.update(createHash("md5").update(bytes.subarray(at, at + partSize)).digest());
  }
  return `${whole.digest("hex")}-${count}`;
}

Deno.test("PartsSum computes the etag of parts of every size, however the bytes are cut", () => {
  for (const partSize of [1, 5, MIB, MIB + 1, 3 * MIB, BYTES.length, BYTES.length + 1]) {
    const bytes = partSize < 10 ? BYTES.subarray(0, 5 * partSize) : BYTES;
    for (const cut of [partSize < 10 ? 1 : 65_536, partSize, bytes.length]) {
      const sum = new PartsSum("md5", partSize, true);
      for (let at = 0; at < bytes.length; at += cut) sum.update(bytes.subarray(at, at + cut));
      assertEquals(sum.finish(), etagOf(bytes, partSize));
    }
  }
});

Deno.test("PartsSum computes S3's checksum of checksums", () => {
  const of = (name: "crc32c" | "sha256", bytes: Uint8Array) => {
    const sum = beginSum(name);
    sum.update(bytes);
    return sum.finish();
  };
  for (const name of ["crc32c", "sha256"] as const) {
    const parts = [0, MIB, 2 * MIB, 3 * MIB].map((at) => atob(of(name, BYTES.subarray(at, at + MIB)))).join(
      "",
    );
    const whole = of(name, Uint8Array.from(parts, (character) => character.charCodeAt(0)));
    const sum = new PartsSum(name, MIB, false);
    sum.update(BYTES);
    assertEquals(sum.finish(), `${whole}-4`);
  }
});

Deno.test("partSizes() has the size by which programs write, and only such as give so many parts", () => {
  const common = [5, 8, 15, 16, 25, 50, 64, 100].map((mib) => mib * MIB);
  for (const partSize of [...common, 8e6, 64e6, 17 * MIB]) {
    for (const size of [partSize, 3 * partSize, 3 * partSize + 1, 41 * partSize - 1, 1000 * partSize - 1]) {
      const count = Math.ceil(size / partSize);
      const found = partSizes(size, count);
      assertEquals(found.length <= 6, true);
      assertEquals(
        found.every((each) => Math.ceil(size / each) === count),
        true,
        `${size} in ${count}: ${found}`,
      );
      if (count > 1 && partSize === 17 * MIB && count < 10) continue;
      if (count > 1) assertEquals(found.includes(partSize), true, `${partSize} of ${size}: ${found}`);
    }
  }
});

Deno.test("partSizes() finds nothing where no size gives so many parts", () => {
  assertEquals(partSizes(10, 11), []);
  assertEquals(partSizes(10, 10), [1]);
});

Deno.test("likelyClaims() takes the checksum of parts before their etag, and an MD5 before both", () => {
  const meta = { key: "k", size: BYTES.length, lastModified: new Date(0) };
  const etag = etagOf(BYTES, 5 * MIB);
  const kinds = (more: object) =>
    likelyClaims({ ...meta, ...more }).map(({ value, isCertain }) => [value, isCertain]);
  assertEquals(kinds({ etag }), [[etag, false]]);
  assertEquals(kinds({ etag, partsChecksum: "crc32c AAAAAA==-1" }), [["AAAAAA==-1", false]]);
  assertEquals(kinds({ etag, partsChecksum: "unknown AAAAAA==-1" }), [[etag, false]]);
  assertEquals(kinds({ etag: PUBLISHED.md5 }), [[hexToBase64(PUBLISHED.md5), false]]);
  assertEquals(kinds({ etag: "x" }), []);
  assertEquals(kinds({}), []);
});

Deno.test("certainClaims() begins with the checksum that takes the least time", () => {
  const claims = certainClaims({ md5: "m", sha256: "s", crc64nvme: "c" }, "checksum");
  assertEquals(claims.map(({ algorithm }) => algorithm), ["crc64nvme", "sha256", "md5"]);
});
