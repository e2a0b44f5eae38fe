import { assertEquals, assertThrows } from "@std/assert";
import { ChecksumMismatchError, type Checksums } from "@lade/core/backend";
import { BodyVerifier } from "./body_verifier.ts";

const DATA = new TextEncoder().encode("123456789");
const CALL = { operation: "get", uri: "x://c/k" };

/** Checksums of the check word of the catalogues, and digests of it. */
const SUMS: Readonly<Record<keyof Checksums, string>> = {
  crc32c: "4waSgw==",
  crc64nvme: "rosUhgp5mIg=",
  crc32: "y/Q5Jg==",
  sha1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
  sha256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
  sha512: "2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ==",
  md5: "JfnnlDI7RTiF9RgfG2JNCw==",
};

async function check(sums: Checksums, ...pieces: readonly Uint8Array[]): Promise<void> {
  const verifier = await BodyVerifier.of(sums);
  for (const piece of pieces) verifier?.update(piece);
  verifier?.check(CALL);
}

for (const [name, sum] of Object.entries(SUMS)) {
  Deno.test(`BodyVerifier compares bytes with their ${name}, in whatever pieces they come`, async () => {
    await check({ [name]: sum }, DATA);
    await check({ [name]: sum }, DATA.subarray(0, 4), DATA.subarray(4));
    const flipped = DATA.with(8, 0x38);
    const verifier = await BodyVerifier.of({ [name]: sum });
    verifier?.update(flipped);
    assertThrows(() => verifier?.check(CALL), ChecksumMismatchError, sum);
    const short = await BodyVerifier.of({ [name]: sum });
    short?.update(DATA.subarray(1));
    assertThrows(() => short?.check(CALL), ChecksumMismatchError);
  });
}

Deno.test("BodyVerifier is none where there is nothing to compare with", async () => {
  assertEquals([await BodyVerifier.of(undefined), await BodyVerifier.of({})], [undefined, undefined]);
});
