import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { PutResult } from "../contract/types.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";
import { injectFaults } from "@lade/testing";
import { observe } from "../layers/observe.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { RecordingWriter } from "../zstd/recording_writer_test.ts";
import { withZstd } from "../zstd/with_zstd.ts";
import { withCrc32c } from "./with_crc32c.ts";

const encoder = new TextEncoder();

Deno.test("withCrc32c() gives the published checksum of what was written, at every moment and after close", async () => {
  const inner = new RecordingWriter({ result: { etag: "e", checksums: { md5: "m" } } });
  const writer = withCrc32c(inner);
  assertEquals(writer.crc32c, "AAAAAA==");
  await writer.write(encoder.encode("12345"));
  await writer.write(encoder.encode(""));
  await writer.write(encoder.encode("6789"));
  // RFC 3720, appendix B.4, and the check value 0xe3069283 of the algorithm.
  assertEquals(writer.crc32c, "4waSgw==");
  assertEquals(writer.bytesWritten, 9);
  assertEquals(await writer.close(), { size: 9, etag: "e", checksums: { md5: "m", crc32c: "4waSgw==" } });
  assertEquals(writer.crc32c, "4waSgw==");
  assertEquals(inner.bytes, encoder.encode("123456789"));
});

Deno.test("withCrc32c() gives the checksum of an empty object", async () => {
  const writer = withCrc32c(new RecordingWriter());
  assertEquals(await writer.close(), { size: 0, checksums: { crc32c: "AAAAAA==" } });
});

Deno.test("withCrc32c() keeps the order of writes that do not wait for one another", async () => {
  const store = new MemoryStore();
  const writer = withCrc32c(await store.createWriter("k"));
  await Promise.all(["12", "345", "6789"].map((text) => writer.write(encoder.encode(text))));
  assertEquals((await writer.close()).checksums?.crc32c, "4waSgw==");
});

const reports: [string, Partial<PutResult>, string | undefined][] = [
  ["the same checksum", { checksums: { crc32c: "4waSgw==" } }, undefined],
  ["other checksums only", { checksums: { sha256: "x" } }, undefined],
  [
    "another checksum",
    { checksums: { crc32c: "AAAAAA==" } },
    "the store reports the CRC-32C AAAAAA==, 4waSgw== was sent",
  ],
  [
    "a checksum of checksums",
    { checksums: { crc32c: "4waSgw==-2" } },
    "the store reports the CRC-32C 4waSgw==-2",
  ],
  ["another size", { size: 8, checksums: { crc32c: "4waSgw==" } }, "the store reports 8 bytes, 9 were sent"],
];

for (const [name, result, mismatch] of reports) {
  Deno.test(`withCrc32c() ${mismatch ? "refuses" : "accepts"} a store that reports ${name}`, async () => {
    const writer = withCrc32c(new RecordingWriter({ result }), { uri: "s3://b/k" });
    await writer.write(encoder.encode("123456789"));
    if (!mismatch) return assertEquals((await writer.close()).checksums?.crc32c, "4waSgw==");
    const error = await assertRejects(() => writer.close(), ChecksumMismatchError);
    assertEquals(error.message.startsWith(`Cannot write to "s3://b/k": ${mismatch}`), true, error.message);
  });
}

Deno.test("withCrc32c() finds a byte that changed on the way to the store", async () => {
  const store = new MemoryStore();
  const inner = await store.createWriter("k");
  const checked = withCrc32c({
    bytesWritten: 0,
    write: (chunk) => inner.write(chunk.map((byte) => byte ^ 1)),
    close: async () => {
      const { size } = await inner.close();
      const stored = withCrc32c(new RecordingWriter());
      const body = (await store.get("k")).body;
      for await (const chunk of body) await stored.write(chunk);
      return { size, checksums: { crc32c: stored.crc32c } };
    },
    abort: (reason) => inner.abort(reason),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  });
  await checked.write(encoder.encode("payload"));
  await assertRejects(() => checked.close(), ChecksumMismatchError, 'Cannot write to "the object"');
});

Deno.test("withCrc32c() passes failures, aborts and disposals on", async () => {
  const reason = new Error("disk full");
  const failing = withCrc32c(new RecordingWriter({ beforeWrite: () => Promise.reject(reason) }));
  assertStrictEquals(await assertRejects(() => failing.write(encoder.encode("x"))), reason);
  const inner = new RecordingWriter();
  await withCrc32c(inner).abort(reason);
  assertEquals(inner.abortReasons, [reason]);
  {
    await using _writer = withCrc32c(inner);
  }
  assertEquals(inner.calls, ["abort", "abort"]);
  const store = new MemoryStore();
  const typed = withCrc32c(await store.createWriter("k"));
  await assertRejects(() => typed.write("text" as unknown as Uint8Array), TypeError);
  await assertRejects(() => typed.close(), TypeError);
});

Deno.test("withCrc32c() around withZstd() tells the checksum of the content and leaves the result alone", async () => {
  const inner = new RecordingWriter({ result: { checksums: { crc32c: "stored==" } } });
  const writer = withCrc32c(withZstd(inner));
  await writer.write(encoder.encode("123456789"));
  const result = await writer.close();
  assertEquals(writer.crc32c, "4waSgw==");
  assertEquals(result, { size: inner.bytesWritten, checksums: { crc32c: "stored==" } });
});

Deno.test("withCrc32c() leaves the result alone of any writer that stores other bytes, through other writers too", async () => {
  const store = new MemoryStore();
  const createWriter = store.createWriter.bind(store);
  store.createWriter = async (key, options) => withZstd(await createWriter(key, options));
  for (const above of [observe(store, () => {}), injectFaults(store, [])]) {
    const writer = withCrc32c(withCrc32c(await above.createWriter("k")));
    await writer.write(encoder.encode("123456789"));
    const { size, checksums } = await writer.close();
    assertEquals([writer.changesBytes, writer.crc32c, checksums], [true, "4waSgw==", undefined]);
    assertEquals(size, (await store.head("k")).size);
  }
});
