import { assert, assertEquals, assertLessOrEqual, assertRejects, assertThrows } from "@std/assert";
import { ByteBudget } from "../context/byte_budget.ts";
import { ChecksumMismatchError, UnsupportedError } from "../errors/errors.ts";
import { continuedHeader, createZstdPool, parseFrameHeader, WorkerPool } from "@lade/codec/zstd";
import { FailingWorker } from "../../codec/testing/failing_worker.ts";
import { decompressZstd } from "./decompress_zstd.ts";
import {
  concat,
  drain,
  frameOf,
  jsonSample,
  randomSample,
  repeatingFrame,
  skippableFrame,
} from "../../codec/testing/samples.ts";

const MIB = 2 ** 20;

/** A stream of `bytes` in chunks, which counts the chunks that were asked for and notes how it was given up. */
function cut(bytes: Uint8Array, chunkSize: number) {
  const state = { chunks: 0, cancelled: undefined as unknown };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const start = state.chunks * chunkSize;
      if (start >= bytes.length) return controller.close();
      state.chunks++;
      controller.enqueue(bytes.slice(start, start + chunkSize));
    },
    cancel: (reason) => void (state.cancelled = reason),
  }, { highWaterMark: 0 });
  return { state, stream };
}

function marked(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(continuedHeader(frame), frame.subarray(parseFrameHeader(frame).length));
}

const small = jsonSample(5000, 1);
const medium = concat(jsonSample(3 * MIB, 2), randomSample(MIB, 3));

const streams: [string, Uint8Array, Uint8Array[]][] = [
  ["one small frame", frameOf(small), [small]],
  ["an empty frame", frameOf(new Uint8Array(0)), []],
  ["only a skippable frame", skippableFrame(40), []],
  ["a frame of unknown size", frameOf(medium, false), [medium]],
  ["frames of one job each", concat(marked(frameOf(medium)), marked(frameOf(medium)), frameOf(small)), [
    medium,
    medium,
    small,
  ]],
  [
    "a frame above 16 MiB",
    concat(frameOf(small), frameOf(concat(medium, medium, medium, medium, small)), frameOf(small)),
    [
      small,
      medium,
      medium,
      medium,
      medium,
      small,
      small,
    ],
  ],
  [
    "a frame of unknown size above 16 MiB after small ones",
    concat(
      frameOf(small, false),
      skippableFrame(200),
      frameOf(concat(medium, medium, medium, medium, small), false),
      skippableFrame(0),
      frameOf(small, false),
    ),
    [small, medium, medium, medium, medium, small, small],
  ],
  [
    "many tiny frames",
    concat(...Array.from({ length: 500 }, () => frameOf(small.subarray(0, 9), false))),
    Array.from({ length: 500 }, () => small.subarray(0, 9)),
  ],
];

for (const [name, stream, contents] of streams) {
  Deno.test(`decompressZstd() reads ${name}`, async () => {
    for (const [workers, chunkSize] of [[1, 65_536], [3, 100_003]] as const) {
      const { bytes, longest } = await drain(decompressZstd(cut(stream, chunkSize).stream, { workers }));
      assertEquals(bytes, concat(...contents));
      assertLessOrEqual(longest, 16 * MIB);
    }
  });
}

Deno.test("decompressZstd() reads async iterables that reuse their chunk", async () => {
  const stream = concat(frameOf(small), frameOf(medium));
  async function* chunks() {
    const chunk = new Uint8Array(1000);
    for (let offset = 0; offset < stream.length; offset += 1000) {
      const part = stream.subarray(offset, offset + 1000);
      chunk.set(part);
      yield chunk.subarray(0, part.length);
    }
  }
  assertEquals((await drain(decompressZstd(chunks()))).bytes, concat(small, medium));
});

Deno.test("decompressZstd() fails after the content before a cut, at every byte of several frames", async () => {
  const frames = [
    marked(frameOf(small)),
    marked(frameOf(randomSample(50, 1))),
    frameOf(small.subarray(0, 70)),
  ];
  const stream = concat(...frames);
  for (let length = 0; length < stream.length; length++) {
    const chunks: Uint8Array[] = [];
    const error = await assertRejects(async () => {
      for await (const chunk of decompressZstd(cut(stream.subarray(0, length), 500).stream)) {
        chunks.push(chunk);
      }
    }, ChecksumMismatchError);
    assert(error.message.includes("compressed data ends early"), error.message);
    if (length >= (frames[0]?.length ?? 0)) assertEquals(concat(...chunks).subarray(0, small.length), small);
  }
});

Deno.test("decompressZstd() gives the whole frames of a chunk before what is wrong in it", async () => {
  for (const rest of [Uint8Array.of(1, 2, 3, 4), frameOf(small).subarray(0, 9)]) {
    for (const content of [small, medium]) {
      const chunks: Uint8Array[] = [];
      const stream = concat(frameOf(content), frameOf(content), rest);
      await assertRejects(async () => {
        for await (const chunk of decompressZstd(cut(stream, stream.length).stream)) chunks.push(chunk);
      }, ChecksumMismatchError);
      assertEquals(concat(...chunks), concat(content, content));
    }
  }
});

Deno.test("decompressZstd() fails at a cut of a long frame", async () => {
  const stream = frameOf(concat(medium, medium, medium, medium, small), false);
  for (const length of [stream.length - 1, stream.length - 4, stream.length >> 1]) {
    const cutStream = decompressZstd(cut(stream.subarray(0, length), MIB).stream);
    await assertRejects(() => drain(cutStream), ChecksumMismatchError, "compressed data ends early");
  }
});

Deno.test("decompressZstd() never gives other content when a byte is changed", async () => {
  const stream = concat(marked(frameOf(small.subarray(0, 300))), frameOf(randomSample(40, 5)));
  const content = concat(small.subarray(0, 300), randomSample(40, 5));
  let refused = 0;
  for (let position = 0; position < stream.length; position++) {
    for (const bit of [0x01, 0x10, 0x80]) {
      const changed = stream.slice();
      changed[position] = (changed[position] ?? 0) ^ bit;
      try {
        const { bytes } = await drain(decompressZstd(cut(changed, stream.length).stream));
        assertEquals(bytes, content, `byte ${position} changed by ${bit}`);
      } catch (error) {
        refused++;
        assert(error instanceof ChecksumMismatchError || error instanceof UnsupportedError, `${error}`);
      }
    }
  }
  assert(refused > stream.length * 2.5, `${refused} of ${stream.length * 3}`);
});

Deno.test("decompressZstd() tells a wrong checksum in a Worker", async () => {
  for (const frame of [frameOf(medium), frameOf(concat(medium, medium, medium, medium, small), false)]) {
    frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
    const stream = decompressZstd(cut(frame, MIB).stream, { uri: "s3://b/k.zst" });
    const error = await assertRejects(() => drain(stream), ChecksumMismatchError);
    assertEquals(
      error.message,
      `Cannot decompress "s3://b/k.zst": the decoder refuses it: Zstd decompress error: Restored data doesn't match checksum`,
    );
  }
});

Deno.test("decompressZstd() expands a bomb no further than its reader reads", async () => {
  const blocks = Array.from({ length: 100_000 }, () => ({ byte: 0, count: 2 ** 17 }));
  const { stream, state } = cut(repeatingFrame(...blocks), 4096);
  const reader = decompressZstd(stream, { workers: 1 }).getReader();
  for (let read = 0; read < 3; read++) {
    const { value } = await reader.read();
    assertLessOrEqual(value?.length ?? 0, 16 * MIB);
  }
  await reader.cancel("enough");
  assertEquals(state.cancelled, "enough");
  // A chunk of 4096 bytes holds 1024 blocks of 128 KiB.
  assertLessOrEqual(state.chunks, 2);
});

Deno.test("decompressZstd() reads no further ahead than workers + 1 jobs", async () => {
  const frame = frameOf(randomSample(4 * MIB, 6));
  const { stream, state } = cut(concat(...Array.from({ length: 12 }, () => frame)), frame.length);
  const reader = decompressZstd(stream, { workers: 2 }).getReader();
  await reader.read();
  // One is read, three wait to be read, and one waits for room.
  assertLessOrEqual(state.chunks, 5);
  await reader.cancel();
});

Deno.test("decompressZstd() reads one job at a time when the budget is full, and gives it back", async () => {
  const budget = new ByteBudget(1);
  const stream = concat(frameOf(medium), frameOf(medium), frameOf(small));
  const { bytes } = await drain(decompressZstd(cut(stream, MIB).stream, { budget }));
  assertEquals(bytes, concat(medium, medium, small));
  assertEquals(budget.held, 0);

  const reader = decompressZstd(cut(stream, MIB).stream, { budget }).getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(budget.held, 0);
});

Deno.test("decompressZstd() gives whole frames while the source waits for more", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* source() {
    yield concat(frameOf(small), frameOf(small).subarray(0, 20));
    await promise;
    yield frameOf(small).subarray(20);
  }
  const reader = decompressZstd(source()).getReader();
  assertEquals((await reader.read()).value, small);
  resolve();
  assertEquals((await reader.read()).value, small);
  assertEquals((await reader.read()).done, true);
});

Deno.test("decompressZstd() gives up a source that never answers", async () => {
  const never = new Promise<never>(() => {});
  async function* stalled() {
    yield frameOf(small);
    yield await never;
  }
  const { stream } = cut(frameOf(small), 100);
  const stuck = new ReadableStream<Uint8Array>({ pull: () => never }, { highWaterMark: 0 });
  for (const source of [stalled(), stuck, stream]) {
    const reader = decompressZstd(source).getReader();
    const pending = reader.read();
    await reader.cancel("gone");
    await pending;
  }
});

Deno.test("decompressZstd() fails with the signal's reason", async () => {
  const stuck = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) }, { highWaterMark: 0 });
  const aborter = new AbortController();
  const stream = decompressZstd(stuck, { signal: aborter.signal });
  const pending = stream.getReader().read();
  const reason = new Error("stop");
  aborter.abort(reason);
  assertEquals(await assertRejects(() => pending), reason);

  const { stream: source, state } = cut(frameOf(small), 100);
  const late = decompressZstd(source, { signal: AbortSignal.abort(reason) });
  assertEquals(await assertRejects(() => drain(late)), reason);
  assertEquals(state.cancelled, reason);
});

Deno.test("decompressZstd() passes on what the source fails with", async () => {
  const reason = new Error("no route");
  async function* source() {
    yield frameOf(small);
    throw reason;
  }
  const chunks: Uint8Array[] = [];
  const error = await assertRejects(async () => {
    for await (const chunk of decompressZstd(source())) chunks.push(chunk);
  });
  assertEquals(error, reason);
  assertEquals(concat(...chunks), small);
});

Deno.test("decompressZstd() refuses chunks that are not bytes", async () => {
  const source = ReadableStream.from(["text"]) as unknown as ReadableStream<Uint8Array>;
  await assertRejects(() => drain(decompressZstd(source)), TypeError, "a chunk of type string");
});

Deno.test("decompressZstd() reads several streams at once through one pool", async () => {
  using pool = createZstdPool({ workers: 2 });
  const long = frameOf(concat(medium, medium, medium, medium, small), false);
  const results = await Promise.all(
    [long, frameOf(medium), long, frameOf(small)].map((stream) =>
      drain(decompressZstd(cut(stream, 300_000).stream, { workers: pool }))
    ),
  );
  assertEquals(results[0]?.bytes, concat(medium, medium, medium, medium, small));
  assertEquals(results[1]?.bytes, medium);
  assertEquals(results[2]?.bytes, results[0]?.bytes);
  assertEquals(results[3]?.bytes, small);

  const reader = decompressZstd(cut(long, 300_000).stream, { workers: pool }).getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(
    (await drain(decompressZstd(cut(frameOf(medium), MIB).stream, { workers: pool }))).bytes,
    medium,
  );
});

Deno.test("decompressZstd() refuses wrong options", () => {
  const { stream } = cut(frameOf(small), 100);
  for (const maxWindowLog of [9, 32, 20.5, NaN]) {
    assertThrows(() => decompressZstd(stream, { maxWindowLog }), RangeError, `maxWindowLog ${maxWindowLog}`);
  }
  assertThrows(() => decompressZstd(stream, { workers: 0 }), RangeError, "0 zstd Workers");
  const pool = { workers: 1, [Symbol.dispose]: () => {} };
  assertThrows(() => decompressZstd(stream, { workers: pool }), TypeError, "createZstdPool");
  assertEquals(stream.locked, false);
});

Deno.test("decompressZstd() reads larger windows when they are allowed", async () => {
  // A window of 256 MiB.
  const frame = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x0b, 0, 0, 65]);
  await assertRejects(() => drain(decompressZstd(cut(frame, 9).stream)), UnsupportedError, "maxWindowLog 27");
  const { bytes } = await drain(decompressZstd(cut(frame, 9).stream, { maxWindowLog: 28 }));
  assertEquals(bytes, Uint8Array.of(65));
});

Deno.test("decompressZstd() names the data at which a Worker failed", async () => {
  using workers = new WorkerPool(2, () => new FailingWorker("out of memory"));
  const stream = decompressZstd(ReadableStream.from([frameOf(jsonSample(5 * 2 ** 20, 1))]), {
    workers,
    uri: "a.zst",
  });
  const error = await assertRejects(() => drain(stream), Error);
  assertEquals(error.message, 'Cannot decompress "a.zst": the zstd Worker failed: out of memory');
});
