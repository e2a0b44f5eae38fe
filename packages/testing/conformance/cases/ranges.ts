import type { ByteRange } from "@lade/core/backend";
import { NotFoundError, PreconditionFailedError, RangeNotSatisfiableError } from "@lade/core/errors";
import { getBytes, readChunks } from "@lade/core";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, readAll, readStream, sampleBytes } from "../samples.ts";

const SIZE = 10_000;

/** Ranges of a 10,000 byte object, and where each begins and ends. */
const RANGES: readonly (readonly [ByteRange, number, number])[] = [
  [{ offset: 0 }, 0, SIZE],
  [{ offset: 0, length: 1 }, 0, 1],
  [{ offset: 0, length: SIZE }, 0, SIZE],
  [{ offset: 1, length: 1 }, 1, 2],
  [{ offset: 4095, length: 2 }, 4095, 4097],
  [{ offset: 4096, length: 4096 }, 4096, 8192],
  [{ offset: 1234, length: 5678 }, 1234, 6912],
  [{ offset: 9999 }, 9999, SIZE],
  [{ offset: 9999, length: 1 }, 9999, SIZE],
  [{ offset: 9000, length: 1000 }, 9000, SIZE],
  [{ offset: 9000, length: 1001 }, 9000, SIZE],
  [{ offset: 0, length: 1_000_000 }, 0, SIZE],
  [{ offset: 5000, length: Number.MAX_SAFE_INTEGER }, 5000, SIZE],
  [{ suffixLength: 1 }, 9999, SIZE],
  [{ suffixLength: 1234 }, 8766, SIZE],
  [{ suffixLength: SIZE }, 0, SIZE],
  [{ suffixLength: SIZE + 1 }, 0, SIZE],
  [{ suffixLength: Number.MAX_SAFE_INTEGER }, 0, SIZE],
];

const WRONG: readonly ByteRange[] = [
  { offset: -1 },
  { offset: 0.5 },
  { offset: NaN },
  { offset: Infinity },
  { offset: 2 ** 53 },
  { offset: 0, length: -1 },
  { offset: 0, length: 0 },
  { offset: 0, length: 1.5 },
  { offset: 0, length: NaN },
  { suffixLength: -1 },
  { suffixLength: 0 },
  { suffixLength: NaN },
];

/** Ranges of `get`. */
export const rangeCases: readonly ConformanceCase[] = [
  {
    name: "get() gives exactly the range asked for, cut at the object's end",
    async run({ store }) {
      const data = sampleBytes(SIZE);
      await store.put("object", data);
      for (const [range, start, end] of RANGES) {
        const what = `range ${JSON.stringify(range)}`;
        const result = await store.get("object", { range });
        expectEqual(result.range, { offset: start, length: end - start }, what);
        expectBytes(await readAll(result), data.subarray(start, end), what);
      }
    },
  },
  {
    name: "get() of a range tells of the whole object",
    async run({ store }) {
      const { etag } = await store.put("object", sampleBytes(SIZE));
      await using result = await store.get("object", { range: { offset: 10, length: 5 } });
      const whole = await store.head("object");
      expectEqual(result.info.size, SIZE, "info.size");
      expectEqual(result.info.etag, whole.etag, "info.etag");
      if (etag !== undefined) expectEqual(result.info.etag, etag, "info.etag and that of put()");
      expectEqual(result.info.key, "object", "info.key");
    },
  },
  {
    name: "get() of a range streams it",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      const { body } = await store.get("object", { range: { offset: 100, length: 5000 } });
      expectBytes(await readStream(body), sampleBytes(SIZE).subarray(100, 5100), "the stream");
    },
  },
  {
    name: "get() of a range that starts at or past the end is a RangeNotSatisfiableError",
    async run({ store }) {
      await store.put("object", sampleBytes(100));
      for (const offset of [100, 101, 100_000]) {
        for (const range of [{ offset }, { offset, length: 1 }]) {
          const what = `range ${JSON.stringify(range)}`;
          const error = await expectError(
            () => store.get("object", { range }),
            RangeNotSatisfiableError,
            what,
          );
          expect(error.uri.endsWith("/object"), `${what}: the error names ${error.uri}`);
        }
      }
    },
  },
  {
    name: "get() of offset 0 or any suffix of an empty object gives no bytes",
    async run({ store }) {
      await store.put("empty", new Uint8Array());
      const ranges: ByteRange[] = [{ offset: 0 }, { offset: 0, length: 1 }, { suffixLength: 1 }, {
        suffixLength: 99,
      }];
      for (const range of ranges) {
        const result = await store.get("empty", { range });
        expectEqual(result.range, { offset: 0, length: 0 }, `range ${JSON.stringify(range)}`);
        expectBytes(await readAll(result), new Uint8Array(), "the bytes");
      }
      await expectError(
        () => store.get("empty", { range: { offset: 1 } }),
        RangeNotSatisfiableError,
        "offset 1 of an empty object",
      );
    },
  },
  {
    name: "get() with a range that is none is a RangeError",
    async run({ store }) {
      await store.put("object", sampleBytes(100));
      for (const range of WRONG) {
        const shown = "suffixLength" in range
          ? `suffixLength ${range.suffixLength}`
          : `offset ${range.offset}, length ${range.length}`;
        await expectError(() => store.get("object", { range }), RangeError, shown);
      }
    },
  },
  {
    name: "get() of a range of a missing object is a NotFoundError",
    async run({ store }) {
      for (const range of [{ offset: 0 }, { offset: 5, length: 5 }, { suffixLength: 5 }]) {
        await expectError(() => store.get("missing", { range }), NotFoundError, JSON.stringify(range));
      }
    },
  },
  {
    name: "a read in chunks of an object that is replaced meanwhile fails, and says that it changed",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      const read = await readChunks(store, "object", { chunkSize: 1000, concurrency: 1 });
      let replaced = false;
      const reading = async () => {
        for await (const _ of read) {
          if (!replaced) await store.put("object", sampleBytes(SIZE).reverse());
          replaced = true;
        }
      };
      const error = await expectError(reading, PreconditionFailedError, "reading on");
      expect(/changed while it was read/.test(error.message), `the message is ${error.message}`);
    },
  },
  {
    name: "a read tells whether a checksum was compared, and if not, why",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      const reads = [{}, { range: { offset: 1, length: 5 } }, { checksum: "none" }, {
        chunkSize: 1000,
      }] as const;
      for (const options of reads) {
        const { bytes, verified, unverified } = await getBytes(store, "object", options);
        const range = "range" in options ? options.range : { offset: 0, length: SIZE };
        const wanted = sampleBytes(SIZE).subarray(range.offset, range.offset + range.length);
        expectBytes(bytes, wanted, JSON.stringify(options));
        expectEqual(
          unverified === undefined,
          verified,
          `a reason without a comparison, ${JSON.stringify(options)}`,
        );
      }
    },
  },
  {
    name: "ranges read at once make up the object",
    async run({ store }) {
      const data = sampleBytes(100_000);
      await store.put("object", data);
      const whole = new Uint8Array(data.length);
      const offsets = Array.from({ length: 34 }, (_, i) => i * 3000);
      await Promise.all(offsets.map(async (offset) => {
        const piece = await bytesIn(store, "object", { range: { offset, length: 3000 } });
        whole.set(piece, offset);
      }));
      expectBytes(whole, data, "the pieces together");
    },
  },
];
