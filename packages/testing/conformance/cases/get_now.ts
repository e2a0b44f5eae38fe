import type { ByteRange } from "@lade/core/backend";
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

/** What `getNow` gives, in stores that have it: what `get` gives, or nothing. */
export const getNowCases: readonly ConformanceCase[] = [
  {
    name: "getNow() gives what get() gives, in the memory it is given, or nothing",
    async run({ store }) {
      for (const size of [0, 1, 1000, 70_000, 2 ** 24]) {
        await store.put("object", sampleBytes(size, size));
        for (const range of size < 1000 ? [undefined] : RANGES) {
          const options = range && { range };
          const memory: Uint8Array[] = [];
          const allocate = (length: number) => memory[memory.length] = memoryOf(length);
          const ready = store.getNow?.("object", allocate, options);
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
    name: "getNow() gives nothing where there is no memory",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      expectEqual(store.getNow?.("object", () => undefined), undefined, "getNow()");
    },
  },
  {
    name: "getNow() throws what get() rejects with, or gives nothing",
    async run({ store }) {
      await store.put("object", sampleBytes(10));
      const { etag = "" } = await store.head("object");
      const getNow = async (...[key, options]: Parameters<typeof store.get>) => {
        if (!store.getNow?.(key, memoryOf, options)) await (await store.get(key, options)).cancel();
      };
      await expectError(() => getNow("none"), NotFoundError, "getNow() of a missing object");
      await expectError(() => getNow(""), InvalidNameError, "getNow() of no key");
      const unmet = { ifMatch: `${etag}x` };
      await expectError(() => getNow("object", unmet), PreconditionFailedError, "getNow() with ifMatch");
      const past = { range: { offset: 10 } };
      await expectError(() => getNow("object", past), RangeNotSatisfiableError, "getNow() past the end");
      const senseless = { range: { offset: -1 } };
      await expectError(() => getNow("object", senseless), RangeError, "getNow() of a negative offset");
      const reason = new Error("enough");
      const aborted = { signal: AbortSignal.abort(reason) };
      await expectReason(() => getNow("object", aborted), reason, "getNow() with an aborted signal");
    },
  },
  {
    name: "getNow() refuses memory of another length than it asked for",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      for (const other of [-1, 1]) {
        let asked = false;
        const allocate = (length: number) => {
          asked = true;
          return memoryOf(length + other);
        };
        const getNow = async () => await Promise.resolve(store.getNow?.("object", allocate));
        const failure = await getNow().then(() => undefined, (error) => error);
        expect(!asked || failure instanceof RangeError, `memory of ${1000 + other} bytes gave ${failure}`);
      }
    },
  },
  {
    name: "getNow() throws what allocate throws",
    async run({ store }) {
      await store.put("object", sampleBytes(10));
      const reason = new RangeError("no memory");
      let asked = false;
      const allocate = () => {
        asked = true;
        throw reason;
      };
      const getNow = async () => await Promise.resolve(store.getNow?.("object", allocate));
      const got = await getNow().catch((error) => error);
      expect(!asked || got === reason, `allocate() threw ${reason}, getNow() gave ${got}`);
    },
  },
  {
    name: "getNow() sees every write that came before it",
    async run({ store }) {
      for (let i = 0; i < 20; i++) {
        const data = sampleBytes(100, i);
        await store.put("object", data);
        const ready = store.getNow?.("object", memoryOf);
        if (ready) expectBytes(ready.bytes, data, `the bytes of write ${i}`);
        await store.delete("object");
        const gone = async () => await Promise.resolve(store.getNow?.("object", memoryOf));
        const got = await gone().catch((error) => error);
        expect(got === undefined || got instanceof NotFoundError, "a deleted object is still there");
      }
    },
  },
];
