import { assertEquals, assertThrows } from "@std/assert";
import type { ReadPlan } from "../datasets/dataset.ts";
import { numbersDataset, numbersStore } from "../testing/numbers_dataset.ts";
import { range } from "../testing/range_dataset.ts";
import { createLoader } from "./create_loader.ts";

Deno.test("a data set without samples is refused, unless it may be empty", () => {
  const words = 'Cannot load "memory://range/": it has no samples; allowEmpty';
  assertThrows(() => createLoader(range(0)), TypeError, words);
  assertThrows(
    () => createLoader({ ...range(0), content: "rows of 2 objects" }),
    TypeError,
    "(rows of 2 objects)",
  );
});

Deno.test("what fills up a batch is counted neither in samples and bytes, nor as skipped", async () => {
  const store = await numbersStore(10);
  const { fixed: _, ...numbers } = numbersDataset(store, 10);
  const decode = (bytes: Uint8Array<ArrayBuffer>) => {
    if (bytes[0] === 1) throw new TypeError("bad");
    return new Int32Array(bytes.buffer, bytes.byteOffset, 4);
  };
  const plan = (indices: readonly number[]) => ({
    ...numbers.plan?.(indices) as ReadPlan<Int32Array>,
    decode: (_place: number, bytes: Uint8Array<ArrayBuffer>) => decode(bytes),
  });
  await using loader = createLoader({ ...numbers, plan }, {
    ...{ batchSize: 8, remainder: "pad", onError: "skip", maxSkipped: 1, epochs: 1 },
  });
  const paddings: number[] = [];
  for await (const { padding } of loader) paddings.push(padding);
  const { samples, skipped, bytes, bytesRead } = loader.stats();
  assertEquals({ paddings, samples, skipped, bytes, bytesRead }, {
    ...{ paddings: [0, 5], samples: 9, skipped: 1, bytes: 9 * 16, bytesRead: 16 * 16 },
  });
});
