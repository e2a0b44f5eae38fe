import { COMBINABLE_CHECKSUMS } from "@lade/codec/checksum";
import type {
  FileRegion,
  GetResult,
  ObjectStore,
  PartFill,
  PartWriter,
  PourTarget,
} from "@lade/core/backend";
import { PreconditionFailedError } from "@lade/core/errors";
import { readInto, resumePartWriter } from "@lade/core/operations";
import { pourBody } from "@lade/core/pour";
import { system } from "@lade/core/system";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, rejectionOf } from "../expect.ts";
import { bytesIn, isThere, sampleBytes } from "../samples.ts";
import { detached, indexesOf, partOf, writeMissing } from "../upload_samples.ts";

/** Bytes of the object that is poured: more than are gathered at a time. */
const SIZE = 2 ** 20 + 1234;

/** Answers that are poured, and parts that are filled. */
export const pourCases: readonly ConformanceCase[] = [
  {
    name: "pour() puts a range into its place in a file, and nothing elsewhere, with its checksums",
    async run({ store }) {
      const data = sampleBytes(SIZE);
      await store.put("object", data);
      await inFile(store, async (target, region) => {
        const range = { offset: 10, length: SIZE - 20 };
        await using result = await store.get("object", { range, pours: range.length });
        const counts: number[] = [];
        const onBytes = (count: number) => counts.push(count);
        const place = { ...region, offset: 3, length: range.length };
        const { bytes, sums, failure } = await pourOf(result)({ ...target(place), onBytes });
        const want = data.subarray(10, SIZE - 10);
        expectEqual(failure, undefined, "the failure");
        expectEqual([bytes, result.bytesRead, sumOf(counts)], Array(3).fill(want.length), "the bytes");
        expectEqual(sums, sumsOf(want), "the checksums");
        const written = await system.readFile(region.path);
        expectBytes(written.subarray(0, 3), new Uint8Array(3), "what lies before the place");
        expectBytes(written.subarray(3), want, "the place");
      });
    },
  },
  {
    name: "pour() takes what is left after a read, and an object of no bytes",
    async run({ store }) {
      const data = sampleBytes(1000);
      await store.put("object", data);
      await store.put("empty", new Uint8Array());
      await inFile(store, async (target, region) => {
        await using result = await store.get("object");
        await result.readInto(new Uint8Array(400));
        const { bytes } = await pourOf(result)(target({ ...region, length: 600 }));
        expectEqual(bytes, 600, "the bytes");
        expectBytes(await system.readFile(region.path), data.subarray(400), "the file");
        await using empty = await store.get("empty");
        expectEqual((await pourOf(empty)(target({ ...region, length: 0 }))).bytes, 0, "the bytes of none");
      });
    },
  },
  {
    name: "pour() fills shared memory",
    async run({ store }) {
      const data = sampleBytes(SIZE);
      await store.put("object", data);
      await inFile(store, async (target) => {
        const memory = new Uint8Array(new SharedArrayBuffer(SIZE));
        await using result = await store.get("object");
        const { bytes, sums } = await pourOf(result)(target(memory));
        expectEqual(bytes, SIZE, "the bytes");
        expectEqual(sums, sumsOf(data), "the checksums");
        expectBytes(memory, data, "the memory");
      });
    },
  },
  {
    name: "pour() writes nothing to another file than the one that is named",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      await inFile(store, async (target, region) => {
        const { dev, ino } = region.identity;
        await using result = await store.get("object");
        const place = { ...region, identity: { dev, ino: ino + 1 }, length: SIZE };
        const pouring = () => pourOf(result)(target(place));
        await expectError(pouring, PreconditionFailedError, "pour() to another file");
        expectEqual((await system.stat(region.path)).size, 0, "the size of the file");
        await rejectionOf(() => result.readInto(new Uint8Array(1)), "readInto() afterwards");
      });
    },
  },
  {
    name: "pour() of a result that was cancelled says so and moves nothing",
    async run({ store }) {
      await store.put("object", sampleBytes(SIZE));
      await inFile(store, async (target, region) => {
        const result = await store.get("object");
        const reason = new Error("enough");
        await result.cancel(reason);
        const { bytes, failure } = await pourOf(result)(target({ ...region, length: SIZE }));
        expectEqual(bytes, 0, "the bytes");
        expect(failure?.error === reason, `the failure is ${failure?.error}`);
        expectEqual((await system.stat(region.path)).size, 0, "the size of the file");
      });
    },
  },
  {
    name: "readInto() fills shared memory, in one request or in several",
    async run({ store }) {
      const data = sampleBytes(SIZE);
      await store.put("object", data);
      for (const chunkSize of ["auto", 2 ** 19] as const) {
        const memory = new Uint8Array(new SharedArrayBuffer(SIZE + 2)).subarray(1, SIZE + 1);
        const { range } = await readInto(store, "object", memory, { chunkSize, checksum: "crc32c" });
        expectEqual(range.length, SIZE, "the bytes");
        expectBytes(memory, data, `the memory by chunks of ${chunkSize}`);
      }
    },
  },
  {
    name: "fillPart() has parts written by others, in any order, beside those of writePart()",
    async run({ store, partSize }) {
      const data = sampleBytes(3 * partSize + 7);
      await using writer = await store.createPartWriter("dir/object", data.length, { partSize });
      if (!writer.fillPart) return;
      for (const index of indexesOf(writer).reverse()) {
        if (index === 1) await writer.writePart(index, partOf(writer, data, index));
        else await writer.fillPart(index, fillFrom(store, partOf(writer, data, index)));
        expect(writer.isWritten(index), `part ${index} is not written`);
      }
      expectEqual(writer.bytesWritten, data.length, "the bytes written");
      expect(!await isThere(store, "dir/object"), "the object is there before close()");
      expectEqual((await writer.close()).size, data.length, "the size that close() tells");
      expectBytes(await bytesIn(store, "dir/object"), data, "the object");
    },
  },
  {
    name: "fillSize is the part size of a writer with fillPart() where no other is given",
    async run({ store, partSize }) {
      const fillSize = 2 * partSize;
      const data = sampleBytes(2 * fillSize + 1);
      await using writer = await store.createPartWriter("object", data.length, { fillSize });
      if (writer.fillPart) expectEqual(writer.partSize, fillSize, "the part size");
      await writeMissing(writer, data);
      await writer.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
      await using given = await store.createPartWriter("other", data.length, { partSize, fillSize });
      if (given.fillPart) expectEqual(given.partSize, partSize, "the part size that was given");
    },
  },
  {
    name: "a part that is not filled is not written, and ends the writer",
    async run({ store, partSize }) {
      const reason = new Error("it broke off");
      const faults: readonly PartFill[] = [
        () => Promise.reject(reason),
        () => Promise.resolve({ bytes: 1, sums: {}, failure: { error: reason } }),
        () => Promise.resolve({ bytes: partSize - 1, sums: {} }),
      ];
      for (const [number, fault] of faults.entries()) {
        await using writer = await store.createPartWriter("object", partSize, { partSize });
        const { fillPart } = writer;
        if (!fillPart) return;
        const failure = await rejectionOf(
          () => writer.fillPart?.(0, fault) ?? Promise.resolve(),
          "fillPart()",
        );
        expect(number === 2 || failure === reason, `fillPart() rejects with ${failure}`);
        expect(!writer.isWritten(0), "the part counts as written");
        expect(await rejectionOf(() => writer.close(), "close()") === failure, "close() says something else");
        expect(!await isThere(store, "object"), "the object is there");
      }
    },
  },
  {
    name: "a part that was filled is there for who resumes the write",
    needs: ["resumableWrites"],
    async run({ store, partSize }) {
      const data = sampleBytes(3 * partSize + 7);
      const writer = await store.createPartWriter("object", data.length, { partSize, resumable: true });
      if (!writer.fillPart) return await writer.abort();
      await fill(store, writer, data, 1);
      await fill(store, writer, data, 3);
      const token = await detached(writer);
      await using resumed = await resumePartWriter(store, "object", data.length, token);
      expectEqual(indexesOf(resumed).filter((index) => resumed.isWritten(index)), [1, 3], "the parts there");
      for (const index of [0, 2]) await fill(store, resumed, data, index);
      await resumed.close();
      expectBytes(await bytesIn(store, "object"), data, "the object");
    },
  },
];

async function fill(store: ObjectStore, writer: PartWriter, data: Uint8Array, index: number): Promise<void> {
  await writer.fillPart?.(index, fillFrom(store, partOf(writer, data, index)));
}

/** Fills a part with bytes that are there. */
function fillFrom(store: ObjectStore, bytes: Uint8Array): PartFill {
  let done = 0;
  const source = {
    read(target: Uint8Array): number {
      const piece = bytes.subarray(done, done + target.length);
      target.set(piece);
      done += piece.length;
      return piece.length;
    },
  };
  return (to, sums) => pourBody(source, { to, sums, buffers: store.context.buffers });
}

/** Pours in the result's own way, or by reading where it has none. */
function pourOf(result: GetResult): NonNullable<GetResult["pour"]> {
  return result.pour?.bind(result) ??
    ((target) => pourBody({ read: (memory) => result.readInto(memory) }, target));
}

type Targets = (to: PourTarget["to"]) => PourTarget;

/** Runs with an empty file, which is removed afterwards. */
async function inFile(store: ObjectStore, run: (target: Targets, region: FileRegion) => Promise<void>) {
  const path = await system.makeTempFile();
  try {
    const { dev, ino } = await system.stat(path);
    const sums = ["crc32c", "crc64nvme", "crc32"] as const;
    const { buffers } = store.context;
    await run((to) => ({ to, sums, buffers }), {
      path,
      identity: { dev, ino: ino ?? 0 },
      offset: 0,
      length: 0,
    });
  } finally {
    await system.remove(path);
  }
}

function sumsOf(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(
    Object.entries(COMBINABLE_CHECKSUMS).map(([name, { toBase64, update, zero }]) => [
      name,
      toBase64(update(bytes, zero)),
    ]),
  );
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
