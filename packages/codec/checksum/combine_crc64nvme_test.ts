import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { combineCrc64nvme } from "./combine_crc64nvme.ts";
import { crc64nvme } from "./crc64nvme.ts";

Deno.test("combineCrc64nvme() agrees with the checksum of the whole at random", () => {
  const seed = Math.floor(2 ** 32 * Math.random());
  const random = seededRandom(seed);
  const bytes = Uint8Array.from({ length: 100_000 }, () => 256 * random());
  for (let round = 0; round < 2_000; round++) {
    const [from, cut, to] = [random(), random(), random()].map((at) => Math.floor(at * 100_001)).sort((
      a,
      b,
    ) => a - b);
    const first = crc64nvme(bytes.subarray(from, cut));
    const second = crc64nvme(bytes.subarray(cut, to));
    const what = `seed ${seed}: ${from} ${cut} ${to}`;
    assertEquals(
      combineCrc64nvme(first, second, (to ?? 0) - (cut ?? 0)),
      crc64nvme(bytes.subarray(from, to)),
      what,
    );
  }
});

Deno.test("combineCrc64nvme() leaves a checksum as it is when one side is empty", () => {
  assertEquals(combineCrc64nvme(0xae8b14860a799888n, 0n, 0), 0xae8b14860a799888n);
  assertEquals(combineCrc64nvme(0n, 0xae8b14860a799888n, 9), 0xae8b14860a799888n);
});

Deno.test("combineCrc64nvme() joins lengths beyond 2^32", () => {
  // 81 times 64 MiB and 12,345 zeros, computed byte by byte once.
  let zeros = crc64nvme(new Uint8Array(2 ** 16));
  for (let size = 2 ** 16; size < 2 ** 26; size *= 2) zeros = combineCrc64nvme(zeros, zeros, size);
  let most = 0n;
  for (let count = 0; count < 81; count++) most = combineCrc64nvme(most, zeros, 2 ** 26);
  const rest = crc64nvme(new Uint8Array(12_345));
  assertEquals(combineCrc64nvme(most, rest, 12_345), 12_569_711_906_980_893_777n);
  assertEquals(combineCrc64nvme(rest, most, 81 * 2 ** 26), 12_569_711_906_980_893_777n);
});

Deno.test("combineCrc64nvme() refuses what is no checksum and no length", () => {
  for (const length of [-1, 0.5, NaN, 2 ** 53]) {
    assertThrows(
      () => combineCrc64nvme(1n, 2n, length),
      RangeError,
      `Cannot combine checksums over ${length} bytes`,
    );
  }
  for (const wrong of [-1n, 2n ** 64n]) {
    assertThrows(() => combineCrc64nvme(wrong, 2n, 3), RangeError, `Cannot use ${wrong} as a CRC-64/NVME`);
    assertThrows(() => combineCrc64nvme(1n, wrong, 3), RangeError, `Cannot use ${wrong} as a CRC-64/NVME`);
  }
});
