import { COMBINABLE_CHECKSUMS, type CombinableName } from "@lade/codec/checksum";
import { sampleBytes } from "@lade/testing/conformance";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BufferPool } from "../buffers/buffer_pool.ts";
import type { FileRegion, PourTarget } from "../contract/pour.ts";
import { PreconditionFailedError } from "../errors/errors.ts";
import { POUR_STEP, pourBody } from "./pour_body.ts";

const SUMS: readonly CombinableName[] = ["crc32c", "crc64nvme", "crc32"];
const DATA = sampleBytes(2 ** 21 + 5);
const sumOf = (name: CombinableName, bytes: Uint8Array) => {
  const { toBase64, update, zero } = COMBINABLE_CHECKSUMS[name];
  return toBase64(update(bytes, zero));
};
const sumsOf = (bytes: Uint8Array) => Object.fromEntries(SUMS.map((name) => [name, sumOf(name, bytes)]));

/** Gives `bytes` in pieces, every other one without a promise, and fails where they end if there is an error. */
function sourceOf(bytes: Uint8Array, piece: number, error?: Error) {
  let done = 0;
  return {
    read(target: Uint8Array): number | Promise<number> {
      if (error && done === bytes.length) return Promise.reject(error);
      const count = Math.min(piece, target.length, bytes.length - done);
      target.set(bytes.subarray(done, done + count));
      done += count;
      return done % 2 === 0 ? count : Promise.resolve(count);
    },
  };
}

class Counted {
  readonly buffers = new BufferPool({ maxIdleBytes: 2 ** 24 });
  readonly seen: number[] = [];

  target(to: PourTarget["to"]): PourTarget {
    return { to, sums: SUMS, buffers: this.buffers, onBytes: (count) => this.seen.push(count) };
  }
}

async function withFile(test: (region: FileRegion) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, new Uint8Array(100));
    const { dev, ino } = await Deno.stat(path);
    await test({ path, identity: { dev, ino: ino ?? 0 }, offset: 40, length: DATA.length });
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("pourBody() puts bytes into their place in a file and nowhere else, with their checksums", async () => {
  await withFile(async (region) => {
    const counted = new Counted();
    const { writingMs = -1, ...poured } = await pourBody(sourceOf(DATA, 70_001), counted.target(region));
    assert(writingMs >= 0);
    assertEquals(poured, { bytes: DATA.length, sums: sumsOf(DATA) });
    const written = await Deno.readFile(region.path);
    assertEquals(written.length, 40 + DATA.length);
    assert(written.subarray(0, 40).every((byte) => byte === 0));
    assertEquals(written.subarray(40), DATA);
    assertEquals(counted.seen, [2 ** 20, 2 ** 20, 5]);
    assertEquals(counted.buffers.idleBytes, 2 ** 20);
  });
});

Deno.test("pourBody() leaves what lies behind a place in a file as it is", async () => {
  await withFile(async (region) => {
    const place = { ...region, length: 10 };
    const { writingMs: _, ...poured } = await pourBody(sourceOf(DATA, 4), new Counted().target(place));
    assertEquals(poured, { bytes: 10, sums: sumsOf(DATA.subarray(0, 10)) });
    const written = await Deno.readFile(region.path);
    assertEquals(written.subarray(40, 50), DATA.subarray(0, 10));
    assertEquals(written.subarray(50), new Uint8Array(50));
  });
});

Deno.test("pourBody() fills shared memory", async () => {
  const memory = new Uint8Array(new SharedArrayBuffer(DATA.length));
  const counted = new Counted();
  const poured = await pourBody(sourceOf(DATA, 300_000), counted.target(memory));
  assertEquals(poured, { bytes: DATA.length, sums: sumsOf(DATA) });
  assertEquals(new Uint8Array(memory), DATA);
  assertEquals(counted.seen.reduce((sum, count) => sum + count), DATA.length);
});

for (const error of [new Error("it broke off"), undefined]) {
  Deno.test(`pourBody() keeps what came before ${error ? "a failure" : "an early end"}`, async () => {
    await withFile(async (region) => {
      const came = DATA.subarray(0, 2 ** 20 + 77);
      const pouring = pourBody(sourceOf(came, 50_000, error), new Counted().target(region));
      const { writingMs: _, ...poured } = await pouring;
      assertEquals(poured, {
        bytes: came.length,
        sums: sumsOf(came),
        ...(error && { failure: { error } }),
      });
      assertEquals((await Deno.readFile(region.path)).subarray(40), came);
    });
  });
}

Deno.test("pourBody() writes nothing to a file that is not the one of the place, and reads nothing for it", async () => {
  await withFile(async (region) => {
    const { path, identity } = region;
    const source = { read: () => Promise.reject(new Error("it was read")) };
    for (const other of [{ ...identity, ino: identity.ino + 1 }, { ...identity, dev: identity.dev + 1 }]) {
      await assertRejects(
        () => pourBody(source, new Counted().target({ ...region, identity: other })),
        PreconditionFailedError,
        `Cannot write to ${JSON.stringify(path)}: another file has taken its place while it was written`,
      );
    }
    assertEquals(await Deno.readFile(path), new Uint8Array(100));
    const gone = { ...region, path: `${path}.gone` };
    await assertRejects(() => pourBody(source, new Counted().target(gone)), Deno.errors.NotFound);
  });
});

Deno.test("pourBody() ends with what its listener throws", async () => {
  await withFile(async (region) => {
    const { buffers } = new Counted();
    const onBytes = () => {
      throw new Error("enough");
    };
    const pouring = pourBody(sourceOf(DATA, 2 ** 20), { to: region, sums: [], buffers, onBytes });
    await assertRejects(() => pouring, Error, "enough");
    assertEquals(buffers.idleBytes, 2 ** 20);
  });
});

Deno.test("pourBody() writes by another thread for a while after a slow write, and every byte once", async () => {
  const steps = 12;
  const data = sampleBytes(steps * POUR_STEP);
  const { now } = performance;
  const { write, writeSync } = Deno.FsFile.prototype;
  let nowMs = 0;
  const log: string[] = [];
  performance.now = () => nowMs;
  // The first write takes long. Each takes less than it is given.
  Deno.FsFile.prototype.writeSync = function (bytes) {
    log.push("here");
    nowMs += log.length === 1 ? 26 : 1;
    return writeSync.call(this, bytes.subarray(0, 700_000));
  };
  Deno.FsFile.prototype.write = function (bytes) {
    log.push("aside");
    nowMs += 10;
    return write.call(this, bytes.subarray(0, 700_000));
  };
  try {
    await withFile(async (region) => {
      const place = { ...region, length: data.length };
      const poured = await pourBody(sourceOf(data, POUR_STEP), { ...new Counted().target(place), sums: [] });
      assertEquals(poured, { bytes: data.length, sums: {}, writingMs: 26 + 1 + 8 * 20 + 3 * 2 });
      const two = (word: string, count: number) => Array(2 * count).fill(word);
      assertEquals(log, [...two("here", 1), ...two("aside", 8), ...two("here", 3)]);
      const written = (await Deno.readFile(region.path)).subarray(40);
      assertEquals(sumOf("crc32c", written), sumOf("crc32c", data));
    });
  } finally {
    performance.now = now;
    Object.assign(Deno.FsFile.prototype, { write, writeSync });
  }
});
