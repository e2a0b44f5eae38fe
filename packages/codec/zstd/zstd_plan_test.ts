import { assert, assertEquals, assertThrows } from "@std/assert";
import { planZstd } from "./zstd_plan.ts";

Deno.test("planZstd() plans every level from 1 to 22, none smaller than the one before", () => {
  for (let level = 1; level <= 22; level++) {
    const plan = planZstd(level);
    const before = planZstd(Math.max(1, level - 1));
    assert(plan.frameSize >= before.frameSize && plan.workerBytes >= before.workerBytes);
    assert(plan.loopSize <= before.loopSize && plan.sliceSize <= before.sliceSize);
    assertEquals(plan.frameSize % plan.sliceSize, 0);
  }
});

Deno.test("planZstd() refuses other levels", () => {
  for (const level of [0, -1, 23, 2.5, NaN, Infinity]) {
    assertThrows(
      () => planZstd(level),
      RangeError,
      `Cannot compress at level ${level}: a whole number from 1 to 22`,
    );
  }
});
