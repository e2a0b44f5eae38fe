import type { ByteRange } from "@lade/core/backend";
import { getBytesAtHand } from "@lade/core/seams";
import {
  InvalidNameError,
  NotFoundError,
  PreconditionFailedError,
  RangeNotSatisfiableError,
} from "@lade/core/errors";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, expectReason } from "../expect.ts";
import { readAll, sampleBytes } from "../samples.ts";

const RANGES: readonly (ByteRange | undefined)[] = [
  undefined,
  { offset: 0 },
  { offset: 0, length: 100 },
  { offset: 700 },
  { offset: 10, length: 33 },
  { offset: 990, length: 1000 },
  { suffixLength: 5 },
];

const memoryOf = (length: number) => new Uint8Array(length).fill(7);

/** What stores give that have bytes at hand: what `get` gives, or nothing. */
export const atHandCases: readonly ConformanceCase[] = [
  {
    name: "bytes at hand are what get() gives, in the memory that is given",
    async run({ store }) {
      for (const size of [0, 1, 1000, 70_000, 2 ** 24]) {
        await store.put("object", sampleBytes(size, size));
        for (const range of size < 1000 ? [undefined] : RANGES) {
          const options = range && { range };
          const memory: Uint8Array[] = [];
          const allocate = (length: number) => memory[memory.length] = memoryOf(length);
          const ready = getBytesAtHand(store, "object", allocate, options);
          expect(memory.length <= 1, `allocate() was called ${memory.length} times`);
          if (!ready) continue;
          const plain = await store.get("object", options);
          expectEqual(ready.info, plain.info, "info");
          expectEqual(ready.range, plain.range, "range");
          expect(ready.bytes === memory[0], "the bytes are in other memory");
          expectBytes(ready.bytes, await readAll(plain), "the bytes");
        }
      }
    },
  },
  {
    name: "bytes at hand need memory",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      expectEqual(getBytesAtHand(store, "object", () => undefined), undefined, "bytes at hand");
    },
  },
  {
    name: "bytes at hand fail with what get() rejects with",
    async run({ store }) {
      await store.put("object", sampleBytes(10));
      const { etag = "" } = await store.head("object");
      const getAtHand = async (...[key, options]: Parameters<typeof store.get>) => {
        if (!getBytesAtHand(store, key, memoryOf, options)) await (await store.get(key, options)).cancel();
      };
      await expectError(() => getAtHand("none"), NotFoundError, "bytes at hand of a missing object");
      await expectError(() => getAtHand(""), InvalidNameError, "bytes at hand of no key");
      const unmet = { ifMatch: `${etag}x` };
      await expectError(
        () => getAtHand("object", unmet),
        PreconditionFailedError,
        "bytes at hand with ifMatch",
      );
      const past = { range: { offset: 10 } };
      await expectError(
        () => getAtHand("object", past),
        RangeNotSatisfiableError,
        "bytes at hand past the end",
      );
      const senseless = { range: { offset: -1 } };
      await expectError(
        () => getAtHand("object", senseless),
        RangeError,
        "bytes at hand of a negative offset",
      );
      const reason = new Error("enough");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expectReason(() => getAtHand("object", aborted), reason, "bytes at hand with an aborted signal");
    },
  },
  {
    name: "bytes at hand refuse memory of another length than was asked for",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      for (const other of [-1, 1]) {
        let asked = false;
        const allocate = (length: number) => {
          asked = true;
          return memoryOf(length + other);
        };
        const getAtHand = async () => await Promise.resolve(getBytesAtHand(store, "object", allocate));
        const failure = await getAtHand().then(() => undefined, (error) => error);
        expect(!asked || failure instanceof RangeError, `memory of ${1000 + other} bytes gave ${failure}`);
      }
    },
  },
  {
    name: "bytes at hand fail with what allocate() throws",
    async run({ store }) {
      await store.put("object", sampleBytes(10));
      const reason = new RangeError("no memory");
      let asked = false;
      const allocate = () => {
        asked = true;
        throw reason;
      };
      const getAtHand = async () => await Promise.resolve(getBytesAtHand(store, "object", allocate));
      const got = await getAtHand().catch((error) => error);
      expect(!asked || got === reason, `allocate() threw ${reason}, the store gave ${got}`);
    },
  },
  {
    name: "bytes at hand are those of the last write",
    async run({ store }) {
      for (let i = 0; i < 20; i++) {
        const data = sampleBytes(100, i);
        await store.put("object", data);
        const ready = getBytesAtHand(store, "object", memoryOf);
        if (ready) expectBytes(ready.bytes, data, `the bytes of write ${i}`);
        await store.delete("object");
        const gone = async () => await Promise.resolve(getBytesAtHand(store, "object", memoryOf));
        const got = await gone().catch((error) => error);
        expect(got === undefined || got instanceof NotFoundError, "a deleted object is still there");
      }
    },
  },
];
