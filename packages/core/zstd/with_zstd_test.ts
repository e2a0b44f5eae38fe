import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
  assertThrows,
  fail,
} from "@std/assert";
import { ByteBudget } from "../context/byte_budget.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import { seededRandom } from "@lade/testing";
import { withCrc32c } from "../write/with_crc32c.ts";
import { decompressZstdBytes } from "./decompress_zstd_bytes.ts";
import { FrameWriter } from "./frame_writer.ts";
import { CountedWorkers } from "../../codec/testing/counted_workers.ts";
import { FailingWorker } from "../../codec/testing/failing_worker.ts";
import { RecordingWriter } from "./recording_writer_test.ts";
import { concat, jsonSample, randomSample } from "../../codec/testing/samples.ts";
import { faultOf } from "./fault_of.ts";
import { withZstd } from "./with_zstd.ts";
import type { ZstdOptions } from "./zstd_options.ts";
import { createZstdPool, WorkerPool } from "@lade/codec/zstd";
import { ZstdFrameScanner } from "../../codec/zstd/zstd_frame_scanner.ts";
import { resolveZstdOptions } from "./resolve_zstd_options.ts";

const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** Writes `content` in chunks of `chunkSize`, in one buffer that is used again and again. */
async function writeAll(
  writer: { write(chunk: Uint8Array): Promise<void> },
  content: Uint8Array,
  chunkSize: number,
): Promise<void> {
  const chunk = new Uint8Array(chunkSize);
  for (let offset = 0; offset < content.length; offset += chunkSize) {
    const part = content.subarray(offset, offset + chunkSize);
    chunk.set(part);
    await writer.write(chunk.subarray(0, part.length));
    chunk.fill(0xaa);
  }
}

const text = jsonSample(2 * MIB, 1);
const content = concat(text, randomSample(MIB / 2, 2), new Uint8Array(MIB));

const runs: [string, Uint8Array, ZstdOptions][] = [
  ["nothing", new Uint8Array(0), {}],
  ["one byte", text.subarray(0, 1), {}],
  ["one byte at level 22", text.subarray(0, 1), { level: 22 }],
  ["what fits the event loop", text.subarray(0, 128 * KIB), {}],
  ["one byte more than fits the event loop", text.subarray(0, 128 * KIB + 1), {}],
  ["exactly one frame", text.subarray(0, 128 * KIB), { frameSize: 128 * KIB, level: 11 }],
  ["exactly four frames", text.subarray(0, 512 * KIB), { frameSize: 128 * KIB }],
  ["one byte more than four frames", text.subarray(0, 512 * KIB + 1), { frameSize: 128 * KIB }],
  ["frames of no round size, by one Worker", content, { frameSize: 200_001, workers: 1 }],
  ["frames by three Workers", content, { frameSize: 256 * KIB, workers: 3 }],
  ["level 1", content, { level: 1 }],
  ["level 12", text, { level: 12, frameSize: MIB }],
  ["level 19", text.subarray(0, 200 * KIB), { level: 19, frameSize: 128 * KIB }],
];

for (const [name, bytes, options] of runs) {
  Deno.test(`withZstd() gives back ${name}`, async () => {
    const inner = new RecordingWriter();
    const writer = withZstd(inner, options);
    await writeAll(writer, bytes, 70_001);
    assertEquals(writer.bytesWritten, bytes.length);
    const result = await writer.close();
    assertEquals(result.size, inner.bytesWritten);
    assertEquals(writer.compressedBytes, inner.bytesWritten);
    assertEquals(writer.ratio, bytes.length / inner.bytesWritten);
    assertEquals(await decompressZstdBytes(inner.bytes), bytes);
  });
}

Deno.test("withZstd() writes as few frames as hold the content, and a cut after any of them is found", async () => {
  const inner = new RecordingWriter();
  const writer = withZstd(inner, { frameSize: 128 * KIB, workers: 2 });
  await writer.write(text.subarray(0, 640 * KIB));
  await writer.close();
  const scanner = new ZstdFrameScanner({ fault: faultOf("zstd data"), maxWindowLog: 27 });
  const ends: number[] = [];
  for (let offset = 0; offset < inner.bytes.length;) {
    offset = scanner.scan(inner.bytes, offset);
    if (scanner.place === "magic number") ends.push(offset);
  }
  scanner.finish();
  assertEquals(ends.length, 5);
  for (const end of ends.slice(0, -1)) {
    await assertRejects(
      () => decompressZstdBytes(inner.bytes.subarray(0, end)),
      ChecksumMismatchError,
      "where another frame must follow",
    );
  }
});

Deno.test("withZstd() gives back contents cut at random", async () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * most);
  for (let run = 0; run < 6; run++) {
    const size = upTo(content.length);
    const inner = new RecordingWriter();
    const options = { level: 1 + upTo(6), workers: 1 + upTo(3), frameSize: 128 * KIB + upTo(MIB) };
    const writer = withZstd(inner, options);
    for (let offset = 0; offset < size;) {
      const length = Math.min(1 + upTo(random() < 0.5 ? 5000 : 2 * MIB), size - offset);
      await writer.write(content.subarray(offset, offset + length));
      offset += length;
    }
    await writer.close();
    const restored = await decompressZstdBytes(inner.bytes, { workers: 1 + upTo(3) });
    assertEquals(restored, content.subarray(0, size), `seed ${seed}, run ${run}`);
  }
});

Deno.test("withZstd() takes a chunk of many frames, and calls that do not wait for one another", async () => {
  const inner = new RecordingWriter();
  const writer = withZstd(inner, { frameSize: 128 * KIB, workers: 2 });
  const writes = [writer.write(text), writer.write(new Uint8Array(0)), writer.write(content)];
  const closed = writer.close();
  await Promise.all(writes);
  await closed;
  assertEquals(await decompressZstdBytes(inner.bytes), concat(text, content));
});

Deno.test("withZstd() compresses small objects without a Worker", async () => {
  const start = () => {
    throw new Error("a Worker was started");
  };
  for (const [level, size] of [[1, 128], [10, 128], [12, 64], [17, 16], [22, 4]] as const) {
    const config = resolveZstdOptions({ level });
    const inner = new RecordingWriter();
    const writer = new FrameWriter(inner, { ...config, pool: new WorkerPool(2, start) });
    await writer.write(text.subarray(0, size * KIB));
    await writer.close();
    assertEquals(await decompressZstdBytes(inner.bytes), text.subarray(0, size * KIB));
  }
});

Deno.test("withZstd() leaves the event loop free at level 19", async () => {
  const inner = new RecordingWriter();
  const writer = withZstd(inner, { level: 19 });
  await writer.write(text.subarray(0, 300 * KIB));
  const { port1, port2 } = new MessageChannel();
  let turns = 0;
  let isClosed = false;
  port1.onmessage = () => {
    turns++;
    // A port that is closed while it has a message may go on forever.
    if (!isClosed) port2.postMessage(0);
  };
  port2.postMessage(0);
  await writer.close();
  isClosed = true;
  port1.close();
  port2.close();
  // Compressed on this event loop, there would be next to none.
  assertGreater(turns, 20);
});

Deno.test("withZstd() holds no more than workers + 1 frames in each form, and goes on when there is room", async () => {
  const gate = Promise.withResolvers<void>();
  const inner = new RecordingWriter({ beforeWrite: () => gate.promise });
  const budget = new ByteBudget(64 * MIB);
  const frameSize = 128 * KIB;
  const writer = withZstd(inner, { frameSize, workers: 2, budget });
  let resolved = 0;
  const writes: Promise<void>[] = [];
  for (let index = 0; index < 12; index++) {
    writes.push(
      writer.write(text.subarray(index * frameSize, (index + 1) * frameSize)).then(() => void resolved++),
    );
  }
  // Three frames compressed and waiting, one gathered; the next finds no room.
  await Promise.all(writes.slice(0, 4));
  await new Promise((resolve) => setTimeout(resolve));
  assertLessOrEqual(budget.held, 3 * frameSize);
  assertLessOrEqual(resolved, 5);
  gate.resolve();
  await Promise.all(writes);
  await writer.close();
  assertEquals(await decompressZstdBytes(inner.bytes), text.subarray(0, 12 * frameSize));
  assertEquals(budget.held, 0);
});

Deno.test("withZstd() works with one buffer while the budget is full", async () => {
  const budget = new ByteBudget(1);
  using _other = budget.overdraw(1);
  const inner = new RecordingWriter();
  const writer = withZstd(inner, { frameSize: 128 * KIB, workers: 3, budget });
  await writeAll(writer, text, 100_000);
  assertLessOrEqual(budget.held, 1 + 128 * KIB);
  await writer.close();
  assertEquals(await decompressZstdBytes(inner.bytes), text);
  assertEquals(budget.held, 1);
});

Deno.test("withZstd() aborts at every stage, ends its Workers, and leaves nothing of the budget", async () => {
  const reason = new Error("no more");
  for (let size = 0; size <= 20; size++) {
    const budget = new ByteBudget(64 * MIB);
    const inner = new RecordingWriter();
    const workers = new CountedWorkers();
    const config = resolveZstdOptions({ frameSize: 128 * KIB, level: 9, budget });
    const writer = new FrameWriter(inner, { ...config, pool: new WorkerPool(2, workers.start) });
    const pending = writer.write(text.subarray(0, size * 50 * KIB)).catch((error) => error);
    if (size % 3 === 0) await pending;
    const closing = size % 4 === 0 ? writer.close().catch((error) => error) : undefined;
    if (size % 5 === 0) await new Promise((resolve) => setTimeout(resolve));
    await writer.abort(reason);
    await writer.abort(new Error("again"));
    assertEquals(workers.running, 0);
    if (closing && inner.calls.includes("close")) continue;
    assertEquals(inner.abortReasons, [reason]);
    assertEquals(budget.held, 0);
    assertStrictEquals(await closing ?? reason, reason);
    assertStrictEquals(await assertRejects(() => writer.close()), reason);
    assertStrictEquals(await assertRejects(() => writer.write(text)), reason);
    await pending;
    assertEquals(inner.calls.at(-1), "abort");
  }
});

Deno.test("withZstd() ends its Workers when it is closed", async () => {
  const workers = new CountedWorkers();
  const config = resolveZstdOptions({ frameSize: 128 * KIB });
  const writer = new FrameWriter(new RecordingWriter(), {
    ...config,
    pool: new WorkerPool(2, workers.start),
  });
  await writer.write(text);
  await writer.close();
  assertEquals([workers.started, workers.running], [2, 0]);
});

Deno.test("withZstd() is aborted when it is disposed unclosed, and not when it is closed", async () => {
  const unclosed = new RecordingWriter();
  {
    await using writer = withZstd(unclosed);
    await writer.write(text);
  }
  assertEquals(unclosed.calls, ["abort"]);
  const closed = new RecordingWriter();
  {
    await using writer = withZstd(closed);
    await writer.close();
    await assertRejects(() => writer.write(text), TypeError, "closed already");
    await assertRejects(() => writer.close(), TypeError, "closed already");
  }
  assertEquals(closed.calls, ["write", "close"]);
});

Deno.test("withZstd() aborts with the signal's reason", async () => {
  const reason = new Error("stop");
  const aborter = new AbortController();
  const never = new Promise<void>(() => {});
  const inner = new RecordingWriter({ beforeWrite: () => never });
  const writer = withZstd(inner, { signal: aborter.signal, frameSize: 128 * KIB, workers: 1 });
  const pending = writer.write(text);
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => pending), reason);
  assertEquals(inner.abortReasons, [reason]);

  const late = new RecordingWriter();
  const dead = withZstd(late, { signal: AbortSignal.abort(reason) });
  assertStrictEquals(await assertRejects(() => dead.write(text)), reason);
  assertStrictEquals(await assertRejects(() => dead.close()), reason);
  assertEquals(late.calls, ["abort"]);
});

Deno.test("withZstd() fails with what the writer below fails with", async () => {
  const reason = new Error("disk full");
  const failing = new RecordingWriter({
    beforeWrite: (bytesWritten) => bytesWritten > 0 ? Promise.reject(reason) : undefined,
  });
  const writer = withZstd(failing, { frameSize: 128 * KIB, workers: 2 });
  assertStrictEquals(await assertRejects(() => writeAll(writer, text, 50_000)), reason);
  assertStrictEquals(await assertRejects(() => writer.close()), reason);
  assertEquals(failing.abortReasons, [reason]);

  const unclosable = new RecordingWriter({ beforeClose: () => Promise.reject(reason) });
  const closing = withZstd(unclosable);
  assertStrictEquals(await assertRejects(() => closing.close()), reason);
  assertStrictEquals(await assertRejects(() => closing.close()), reason);
});

Deno.test("withZstd() refuses what is not bytes, and is then aborted", async () => {
  const inner = new RecordingWriter();
  const writer = withZstd(inner);
  await assertRejects(
    () => writer.write("text" as unknown as Uint8Array),
    TypeError,
    "a value of type string",
  );
  await assertRejects(() => writer.close(), TypeError, "a value of type string");
  assertEquals(inner.calls, ["abort"]);
});

Deno.test("withZstd() fails when a Worker fails, and aborts the writer below", async () => {
  const workers: FailingWorker[] = [];
  const start = () => workers[workers.push(new FailingWorker("out of memory")) - 1] ?? fail();
  const config = resolveZstdOptions({ frameSize: 128 * KIB });
  const inner = new RecordingWriter();
  const writer = new FrameWriter(inner, { ...config, pool: new WorkerPool(2, start) });
  const error = await assertRejects(() => writeAll(writer, text, MIB), Error);
  assertEquals(error.message, "Cannot compress: the zstd Worker failed: out of memory");
  assertStrictEquals(await assertRejects(() => writer.close()), error);
  assertEquals(inner.calls, ["abort"]);
  assert(workers.length > 0 && workers.every((worker) => worker.terminated));
});

Deno.test("withZstd() shares a pool among writers, also after one of them was aborted", async () => {
  using pool = createZstdPool({ workers: 2 });
  const options = { workers: pool, frameSize: 128 * KIB };
  const inners = [new RecordingWriter(), new RecordingWriter(), new RecordingWriter()];
  const slow = withZstd(new RecordingWriter(), { ...options, level: 19 });
  const pending = slow.write(text).catch(() => {});
  const writing = inners.map(async (inner) => {
    const writer = withZstd(inner, options);
    await writeAll(writer, text, 99_999);
    await writer.close();
  });
  await slow.abort();
  await pending;
  await Promise.all(writing);
  for (const inner of inners) assertEquals(await decompressZstdBytes(inner.bytes, { workers: pool }), text);
});

Deno.test("withZstd() fails when its pool is disposed", async () => {
  const pool = createZstdPool({ workers: 1 });
  const inner = new RecordingWriter();
  const writer = withZstd(inner, { workers: pool, frameSize: 128 * KIB, level: 9 });
  const pending = writer.write(text);
  await new Promise((resolve) => setTimeout(resolve));
  pool[Symbol.dispose]();
  await assertRejects(() => pending, TypeError, "it is disposed");
  await assertRejects(() => writer.close(), TypeError, "it is disposed");
  assertEquals(inner.calls.at(-1), "abort");
});

Deno.test("withZstd() composes with withCrc32c, which sees the compressed bytes", async () => {
  const inner = new RecordingWriter();
  const checked = withCrc32c(inner);
  const writer = withZstd(checked);
  await writer.write(text);
  const result = await writer.close();
  const alone = withCrc32c(new RecordingWriter());
  await alone.write(inner.bytes);
  assertEquals(result.checksums?.crc32c, alone.crc32c);
});

Deno.test("withZstd() refuses wrong options and leaves the writer alone", () => {
  const inner = new RecordingWriter();
  for (const level of [0, 23, -1, 3.5, NaN, Infinity]) {
    assertThrows(() => withZstd(inner, { level }), RangeError, `level ${level}`);
  }
  for (const frameSize of [0, 131_071, 2 ** 28 + 1, 200_000.5]) {
    assertThrows(() => withZstd(inner, { frameSize }), RangeError, `frames of ${frameSize}`);
  }
  for (const workers of [0, -1, 1.5]) {
    assertThrows(() => withZstd(inner, { workers }), RangeError, `${workers} zstd Workers`);
  }
  const pool = { workers: 1, [Symbol.dispose]: () => {} };
  assertThrows(() => withZstd(inner, { workers: pool }), TypeError, "createZstdPool");
  assertEquals(inner.calls, []);
});
