import type { ObjectStore } from "@lade/core/backend";
import { NotFoundError, PreconditionFailedError, RangeNotSatisfiableError } from "@lade/core/errors";
import { type RangesResult, readRanges, type ReadRangesOptions, type WantedRange } from "@lade/core";
import type { ConformanceCase } from "../conformance_case.ts";
import { expectBytes, expectEqual, expectError, expectReason } from "../expect.ts";
import { sampleBytes } from "../samples.ts";

const SIZE = 10_000;

/** Apart, side by side, over one another, the same, in any order, empty, at both ends. */
const RANGES: readonly WantedRange[] = [
  { offset: 9_990, length: 10 },
  { offset: 0, length: 1 },
  { offset: 4_000, length: 100 },
  { offset: 4_100, length: 50 },
  { offset: 4_050, length: 80 },
  { offset: 4_000, length: 100 },
  { offset: 7_777, length: 0 },
  { offset: 10_000, length: 0 },
  { offset: 1, length: 3_000 },
];

function expectRanges(result: RangesResult, ranges: readonly WantedRange[], what: string): void {
  const data = sampleBytes(SIZE);
  expectEqual(result.bytes.length, ranges.length, `${what}: the number of ranges`);
  ranges.forEach(({ offset, length, target }, index) => {
    const bytes = result.bytes[index] ?? new Uint8Array(0);
    expectBytes(bytes, data.subarray(offset, offset + length), `${what}: bytes ${offset}+${length}`);
    if (target) expectEqual(bytes === target, true, `${what}: bytes ${offset}+${length} are in their target`);
  });
}

async function expectAll(store: ObjectStore, options: ReadRangesOptions, what: string): Promise<void> {
  const plain = await readRanges(store, "object", RANGES, options);
  expectRanges(plain, RANGES, what);
  expectEqual(plain.info?.size, SIZE, `${what}: info.size`);
  const targeted = RANGES.map((range) => ({ ...range, target: new Uint8Array(range.length) }));
  expectRanges(await readRanges(store, "object", targeted, options), targeted, `${what}, into targets`);
}

/** Ranges by `readRanges`, in whatever way a store answers it. */
export const readRangesCases: readonly ConformanceCase[] = [
  {
    name: "readRanges() gives exactly the bytes of each range, however they are put together",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      await expectAll(store, {}, "by the store's gap");
      await expectAll(store, { gap: 0 }, "without a gap");
      await expectAll(store, { gap: SIZE }, "as one");
      await expectAll(store, { gap: SIZE, mergedSize: 200, concurrency: 3 }, "in small groups");
    },
  },
  {
    name: "readRanges() rejects what passes the end, what is not there, and another version",
    async run({ store }) {
      const { etag } = await store.put("object", sampleBytes(SIZE));
      for (
        const range of [{ offset: SIZE - 5, length: 6 }, { offset: SIZE, length: 1 }, {
          offset: 20_000,
          length: 5,
        }]
      ) {
        await expectError(
          () => readRanges(store, "object", [{ offset: 0, length: 5 }, range], { gap: 0 }),
          RangeNotSatisfiableError,
          `bytes ${range.offset}+${range.length} of ${SIZE}`,
        );
      }
      await expectError(
        () => readRanges(store, "missing", [{ offset: 0, length: 5 }]),
        NotFoundError,
        "ranges of a missing object",
      );
      const { etag: known } = etag === undefined ? await store.head("object") : { etag };
      await store.put("object", sampleBytes(SIZE, 2));
      if (known === undefined) return;
      await expectError(
        () =>
          readRanges(store, "object", [{ offset: 0, length: 5 }, { offset: 9_000, length: 5 }], {
            ifMatch: known,
          }),
        PreconditionFailedError,
        "ranges of an object that was replaced",
      );
    },
  },
  {
    name: "readRanges() rejects with the reason of a signal that is aborted",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      await expectReason(
        () =>
          readRanges(store, "object", [{ offset: 0, length: 5 }, { offset: 9_000, length: 5 }], { signal }),
        reason,
        "readRanges() with an aborted signal",
      );
    },
  },
];
