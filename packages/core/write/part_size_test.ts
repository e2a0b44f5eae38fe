import { assertEquals } from "@std/assert";
import { evenPartSize, fittingPartSize, growingPartSize, type PartLimits } from "./part_size.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const S3: PartLimits = { minPartSize: 5 * MIB, maxPartSize: 5 * GIB, maxParts: 10_000 };
const ENDLESS: PartLimits = { maxPartSize: 5 * GIB, maxParts: Infinity, multipleOf: 2 ** 18 };

Deno.test("fittingPartSize() is what was asked for, within the limits and in their multiples", () => {
  assertEquals(fittingPartSize(8 * MIB, S3), 8 * MIB);
  assertEquals(fittingPartSize(1, S3), 5 * MIB);
  assertEquals(fittingPartSize(6 * GIB, S3), 5 * GIB);
  assertEquals(fittingPartSize(1, ENDLESS), 2 ** 18);
  assertEquals(fittingPartSize(2 ** 18 + 1, ENDLESS), 2 ** 19);
});

Deno.test("growingPartSize() is even for half of the parts, and makes up 8 TiB in all", () => {
  const of = (number: number) => growingPartSize(8 * MIB, number - 1, S3);
  assertEquals([1, 5000, 5001, 5450, 5451].map(of), [8, 8, 16, 16, 32].map((size) => size * MIB));
  assertEquals(of(10_000), 5 * GIB);
  let total = 0;
  for (let number = 1; number <= 10_000; number++) total += of(number);
  assertEquals(total > 8 * 2 ** 40, true);
  assertEquals(growingPartSize(2 ** 18, 10 ** 9, ENDLESS), 2 ** 18);
});

Deno.test("evenPartSize() makes all parts as large as half of them would need", () => {
  assertEquals(evenPartSize(8 * MIB, 0, S3), 8 * MIB);
  assertEquals(evenPartSize(8 * MIB, 5000 * 8 * MIB, S3), 8 * MIB);
  assertEquals(evenPartSize(8 * MIB, 5000 * 8 * MIB + 1, S3), 9 * MIB);
  assertEquals(evenPartSize(8 * MIB, 10_000 * 5 * GIB, S3), 5 * GIB);
  assertEquals(evenPartSize(1, 10 ** 15, ENDLESS), 2 ** 18);
  const coarse = { maxPartSize: 64 * MIB, maxParts: 10, multipleOf: 4 * MIB };
  assertEquals(evenPartSize(MIB, 21 * MIB, coarse), 8 * MIB);
  assertEquals(evenPartSize(MIB, MIB, { maxPartSize: GIB, maxParts: 1 }), MIB);
});
