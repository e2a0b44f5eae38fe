import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { combineCrc32c } from "./combine_crc32c.ts";
import { crc32c } from "./crc32c.ts";

Deno.test("combineCrc32c() agrees with the checksum of the whole at random", () => {
  const seed = Math.floor(2 ** 32 * Math.random());
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length: 100_000 }, () => 256 * random());
  for (let round = 0; round < 2_000; round++) {
    const [from, cut, to] = [random(), random(), random()].map((at) => Math.floor(at * 100_001)).sort((
      a,
      b,
    ) => a - b);
    const first = crc32c(bytes.subarray(from, cut));
    const second = crc32c(bytes.subarray(cut, to));
    const what = `seed ${seed}: ${from} ${cut} ${to}`;
    assertEquals(
      combineCrc32c(first, second, (to ?? 0) - (cut ?? 0)),
      crc32c(bytes.subarray(from, to)),
      what,
    );
  }
});

Deno.test("combineCrc32c() leaves a checksum as it is when one side is empty", () => {
  assertEquals(combineCrc32c(0xe3069283, 0, 0), 0xe3069283);
  assertEquals(combineCrc32c(0, 0xe3069283, 9), 0xe3069283);
});

Deno.test("combineCrc32c() joins lengths beyond 2^32", () => {
  // 81 times 64 MiB and 12,345 zeros, computed byte by byte once.
  const length = 81 * 2 ** 26 + 12_345;
  let zeros = crc32c(new Uint8Array(2 ** 16));
  for (let size = 2 ** 16; size < 2 ** 26; size *= 2) zeros = combineCrc32c(zeros, zeros, size);
  let most = 0;
  for (let count = 0; count < 81; count++) most = combineCrc32c(most, zeros, 2 ** 26);
  const rest = crc32c(new Uint8Array(12_345));
  assertEquals(combineCrc32c(most, rest, 12_345), 914_184_184);
  assertEquals(combineCrc32c(rest, most, length - 12_345), 914_184_184);
});

Deno.test("combineCrc32c() is associative up to the longest length", () => {
  const [a, b, c] = [0xe3069283, 0x8a9136aa, 0x62a8ab43];
  const [lengthOfB, lengthOfC] = [2 ** 52 + 12_345, 2 ** 52 - 12_346];
  assertEquals(
    combineCrc32c(combineCrc32c(a, b, lengthOfB), c, lengthOfC),
    combineCrc32c(a, combineCrc32c(b, c, lengthOfC), Number.MAX_SAFE_INTEGER),
  );
});

Deno.test("combineCrc32c() refuses what is no checksum and no length", () => {
  for (const length of [-1, 0.5, NaN, 2 ** 53]) {
    assertThrows(
      () => combineCrc32c(1, 2, length),
      RangeError,
      `Cannot combine checksums over ${length} bytes`,
    );
  }
  for (const wrong of [-1, 2 ** 32, 1.5, NaN]) {
    assertThrows(() => combineCrc32c(wrong, 2, 3), RangeError, `Cannot use ${wrong} as a CRC-32C`);
    assertThrows(() => combineCrc32c(1, wrong, 3), RangeError, `Cannot use ${wrong} as a CRC-32C`);
  }
});
