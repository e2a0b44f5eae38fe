import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  ChecksumMismatchError,
  getBytes,
  NotFoundError,
  PreconditionFailedError,
  readInto,
  ServiceError,
  StoreError,
  UnavailableError,
} from "@lade/core";
import type { FaultAction } from "../fakes/s3/mod.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";
import { noise } from "./noise.ts";

const CHUNK = 4096;
const QUICK: OpenFakeOptions = { context: { random: () => 0 } };

/** Opens a fake with an object of `size` bytes of noise under `object`. */
async function openWith(size: number, options: OpenFakeOptions = QUICK): Promise<
  Awaited<ReturnType<typeof openFake>> & { readonly data: Uint8Array }
> {
  const opened = await openFake(options);
  const data = noise(size);
  opened.fake.putObject("bucket", "object", data);
  return { ...opened, data };
}

for (const how of ["fin", "rst"] as const) {
  Deno.test(`getBytes() resumes a body that is cut by ${how} around every chunk boundary`, async () => {
    await using opened = await openWith(5 * CHUNK + 7);
    const { fake, store, data } = opened;
    for (let chunk = 0; chunk < 5; chunk++) {
      for (const off of [-1, 0, 1]) {
        const at = Math.max(0, CHUNK + off - (chunk === 0 ? 1 : 0));
        const fault = fake.faults.add({
          match: { operation: "GetObject", nth: chunk + 1 },
          action: { kind: "cut", afterBytes: at, how },
        });
        const { bytes } = await getBytes(store, "object", { chunkSize: CHUNK, concurrency: 2 });
        assertEquals(bytes, data, `chunk ${chunk}, byte ${at}`);
        fake.faults.remove(fault);
      }
    }
  });
}

Deno.test("getBytes() resumes a body that is cut in its middle, time and again, and asks for no byte twice", async () => {
  await using opened = await openWith(100_000);
  const { fake, store, data } = opened;
  fake.faults.add({
    match: { operation: "GetObject", times: 4 },
    action: { kind: "cut", afterBytes: 10_000, how: "fin" },
  });
  const { bytes } = await getBytes(store, "object");
  assertEquals(bytes, data);
  assertEquals(fake.requests.map(({ headers }) => headers["range"]), [
    undefined,
    "bytes=10000-99999",
    "bytes=20000-99999",
    "bytes=30000-99999",
    "bytes=40000-99999",
  ]);
});

const LIES: Readonly<Record<string, FaultAction>> = {
  "a Content-Range of other bytes": { kind: "content-range", value: `bytes 1-${CHUNK}/20480` },
  "a Content-Range that is longer": { kind: "content-range", value: `bytes ${CHUNK}-${2 * CHUNK}/20480` },
  "a Content-Range of another size": {
    kind: "content-range",
    value: `bytes ${CHUNK}-${2 * CHUNK - 1}/99999`,
  },
  "a Content-Range that is none": { kind: "content-range", value: "bytes */20480" },
  "no Content-Range": { kind: "content-range", value: undefined },
  "a shorter body": { kind: "resize", delta: -1 },
  "a longer body": { kind: "resize", delta: 1 },
  "the whole object": { kind: "ignore-range" },
};

for (const [what, action] of Object.entries(LIES)) {
  Deno.test(`getBytes() takes no bytes from an answer with ${what}`, async () => {
    await using opened = await openWith(5 * CHUNK);
    const { fake, store } = opened;
    fake.faults.add({ match: { operation: "GetObject", nth: 2, times: Infinity }, action });
    const error = await assertRejects(
      () => getBytes(store, "object", { chunkSize: CHUNK, concurrency: 1 }),
      StoreError,
    );
    assert(
      error instanceof ServiceError || error instanceof UnavailableError ||
        error instanceof PreconditionFailedError,
      String(error),
    );
  });
}

Deno.test("get() uses an answer that ignores a range of all bytes, and refuses one that ignores part", async () => {
  await using opened = await openWith(1000);
  const { fake, store, data } = opened;
  fake.faults.add({ match: { times: Infinity }, action: { kind: "ignore-range" } });
  const whole = await store.get("object", { range: { offset: 0, length: 5000 } });
  const target = new Uint8Array(1000);
  assertEquals(await whole.readInto(target), 1000);
  assertEquals(target, data);
  for (const range of [{ offset: 0, length: 10 }, { offset: 10 }, { suffixLength: 10 }]) {
    const error = await assertRejects(() => store.get("object", { range }), ServiceError);
    assert(error.message.includes("ignored the range"), error.message);
  }
});

Deno.test("getBytes() fails when the object is replaced between ranges, and never mixes versions", async () => {
  await using opened = await openWith(5 * CHUNK);
  const { fake, store } = opened;
  fake.faults.add({
    match: { operation: "GetObject", nth: 3 },
    action: { kind: "before", run: () => void fake.putObject("bucket", "object", noise(5 * CHUNK, 2)) },
  });
  await assertRejects(
    () => getBytes(store, "object", { chunkSize: CHUNK, concurrency: 1 }),
    PreconditionFailedError,
  );
});

Deno.test("getBytes() fails when a range comes with another etag", async () => {
  await using opened = await openWith(5 * CHUNK);
  const { fake, store } = opened;
  fake.faults.add({ match: { operation: "GetObject", nth: 3 }, action: { kind: "etag", value: '"other"' } });
  await assertRejects(
    () => getBytes(store, "object", { chunkSize: CHUNK, concurrency: 1 }),
    PreconditionFailedError,
  );
});

Deno.test("getBytes() tells an object that vanishes while it is read", async () => {
  await using opened = await openWith(5 * CHUNK);
  const { fake, store } = opened;
  fake.faults.add({
    match: { operation: "GetObject", nth: 2 },
    action: { kind: "before", run: () => fake.removeObject("bucket", "object") },
  });
  await assertRejects(() => getBytes(store, "object", { chunkSize: CHUNK, concurrency: 1 }), NotFoundError);
});

for (const [where, size] of [["one answer", 1000], ["one of many ranges", 20 * 2 ** 20]] as const) {
  Deno.test(`getBytes() finds a flipped bit in ${where}`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    await store.put("object", noise(size));
    fake.faults.add({
      match: { operation: "GetObject", nth: size > 1000 ? 2 : 1 },
      action: { kind: "flip", atByte: 500 },
    });
    const error = await assertRejects(() => getBytes(store, "object"), ChecksumMismatchError);
    assert(/crc-?32c/i.test(error.message), error.message);
  });
}

Deno.test("get() verifies the checksums that others store: CRC-64/NVME, CRC-32, SHA-256", async () => {
  await using opened = await openFake({ ...QUICK });
  const { fake, store } = opened;
  for (const algorithm of ["crc64nvme", "crc32", "sha256", "crc32c"] as const) {
    fake.putSynthetic("bucket", algorithm, { size: 70_000, checksum: algorithm });
    const good = await store.get(algorithm);
    assertEquals(Object.keys(good.info.checksums ?? {}), [algorithm]);
    await good.readInto(new Uint8Array(70_000));
    const fault = fake.faults.add({ action: { kind: "flip", atByte: 69_999 } });
    const bad = await store.get(algorithm);
    await assertRejects(() => bad.readInto(new Uint8Array(70_000)), ChecksumMismatchError);
    fake.faults.remove(fault);
  }
});

Deno.test("get() with verifyDownloads off asks for no checksum", async () => {
  await using opened = await openFake({ ...QUICK, config: { verifyDownloads: false } });
  const { fake, store } = opened;
  await store.put("object", noise(1000));
  const { info } = await getBytes(store, "object");
  assertEquals(info.checksums, undefined);
  assertEquals(fake.requests.at(-1)?.headers["x-amz-checksum-mode"], undefined);
});

Deno.test("getBytes() of a small object is one request, and of a large one one per chunk, none of them a HEAD", async () => {
  await using opened = await openWith(9 * 2 ** 20);
  const { fake, store, data } = opened;
  fake.putObject("bucket", "small", noise(1000));
  await getBytes(store, "small");
  assertEquals(fake.requests.map(({ method }) => method), ["GET"]);
  const { bytes } = await getBytes(store, "object");
  assertEquals(bytes, data);
  assertEquals(fake.requests.map(({ method }) => method), ["GET", "GET", "GET"]);
});

Deno.test("readInto() gets on after a stalled body", async () => {
  await using opened = await openWith(50_000, { ...QUICK, transport: { stallTimeoutMs: 50 } });
  const { fake, store, data } = opened;
  fake.faults.add({ action: { kind: "stall", at: "body", afterBytes: 20_000 } });
  const target = new Uint8Array(50_000);
  await readInto(store, "object", target);
  assertEquals(target, data);
});

Deno.test("get() of a stalled service is an UnavailableError", async () => {
  await using opened = await openWith(1000, {
    ...QUICK,
    transport: { firstByteTimeoutMs: 50, retry: { maxAttempts: 2 } },
  });
  const { fake, store } = opened;
  fake.faults.add({ match: { times: Infinity }, action: { kind: "stall", at: "answer" } });
  const error = await assertRejects(() => store.get("object"), UnavailableError);
  assert(error.retryable);
});

Deno.test("get() of an answer that is no S3 answer is a ServiceError", async () => {
  await using opened = await openWith(1000);
  const { fake, store } = opened;
  fake.faults.add({ action: { kind: "headers", set: { "Last-Modified": undefined } } });
  const error = await assertRejects(() => store.get("object"), ServiceError);
  assertInstanceOf(error, ServiceError);
  assert(error.message.includes("no valid Last-Modified"), error.message);
});

Deno.test("get() gives up its connection when it is cancelled half-way", async () => {
  await using opened = await openWith(20 * 2 ** 20);
  const { fake, store } = opened;
  const result = await store.get("object");
  await result.readInto(new Uint8Array(1000));
  await result.cancel();
  assertEquals((await getBytes(store, "object", { range: { offset: 5, length: 10 } })).bytes.length, 10);
  assertEquals(fake.connectionCount, 2);
});
