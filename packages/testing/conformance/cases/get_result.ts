import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError, rejectionOf } from "../expect.ts";
import { bytesIn, bytesOf, readAll, readStream, sampleBytes } from "../samples.ts";

/** Ways to read the body of a `get`. */
export const getResultCases: readonly ConformanceCase[] = [
  {
    name: "body streams all bytes in order",
    async run({ store }) {
      for (const size of [0, 1, 100_003, 2 ** 20 + 7]) {
        await store.put("object", sampleBytes(size));
        const { body } = await store.get("object");
        expectBytes(await readStream(body), sampleBytes(size), `the stream of ${size} bytes`);
      }
    },
  },
  {
    name: "body has no empty chunks",
    async run({ store }) {
      await store.put("object", sampleBytes(100_000));
      for await (const chunk of (await store.get("object")).body) {
        expect(chunk.length > 0, "a chunk is empty");
      }
    },
  },
  {
    name: "body is a byte stream that fills the reader's own buffer",
    async run({ store }) {
      const data = sampleBytes(50_021);
      await store.put("object", data);
      const reader = (await store.get("object")).body.getReader({ mode: "byob" });
      const pieces: number[] = [];
      let buffer = new ArrayBuffer(7777);
      let at = 0;
      for (;;) {
        const { done, value } = await reader.read(new Uint8Array(buffer, 77, 7000));
        if (done) break;
        expectEqual(value.byteOffset, 77, "the place of the bytes in the buffer");
        expectBytes(value, data.subarray(at, at + value.length), `the bytes from ${at} on`);
        at += value.length;
        pieces.push(value.length);
        buffer = value.buffer;
      }
      expectEqual(at, data.length, `the bytes in pieces of ${pieces}`);
    },
  },
  {
    name: "body of an empty object ends at once for a reader with its own buffer",
    async run({ store }) {
      await store.put("object", new Uint8Array());
      const reader = (await store.get("object")).body.getReader({ mode: "byob" });
      const { done } = await reader.read(new Uint8Array(10));
      expect(done, "the stream goes on");
    },
  },
  {
    name: "body is the same stream each time it is asked for",
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      await using result = await store.get("object");
      expect(result.body === result.body, "body is another stream the second time");
    },
  },
  {
    name: "readInto() gives all bytes in odd pieces",
    async run({ store }) {
      const data = sampleBytes(100_003);
      await store.put("object", data);
      const result = await store.get("object");
      const target = new Uint8Array(data.length);
      let at = 0;
      for (let size = 1; at < data.length; size = size * 3 + 1) {
        const count = await result.readInto(target.subarray(at, at + size));
        expectEqual(count, Math.min(size, data.length - at), `readInto() of ${size} bytes at ${at}`);
        at += count;
        expectEqual(result.bytesRead, at, "bytesRead");
      }
      expectBytes(target, data, "the bytes");
      expectEqual(await result.readInto(new Uint8Array(5)), 0, "readInto() at the end");
    },
  },
  {
    name: "readInto() of a larger target leaves its rest alone",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      const target = new Uint8Array(3000).fill(0xaa);
      const count = await (await store.get("object")).readInto(target.subarray(500));
      expectEqual(count, 1000, "readInto()");
      expectBytes(target.subarray(500, 1500), sampleBytes(1000), "the bytes");
      expect(target.subarray(0, 500).every((byte) => byte === 0xaa), "bytes before the target are changed");
      expect(target.subarray(1500).every((byte) => byte === 0xaa), "bytes behind the end are changed");
    },
  },
  {
    name: "readInto() of an empty target gives nothing and loses nothing",
    async run({ store }) {
      await store.put("object", sampleBytes(100));
      const result = await store.get("object");
      expectEqual(await result.readInto(new Uint8Array()), 0, "readInto() of an empty target");
      expectBytes(await readAll(result), sampleBytes(100), "the bytes");
    },
  },
  {
    name: "readInto() takes one call at a time and refuses a second one",
    async run({ store }) {
      await store.put("object", sampleBytes(200_000));
      const result = await store.get("object");
      const target = new Uint8Array(200_000);
      const first = result.readInto(target);
      await expectError(
        () => result.readInto(new Uint8Array(10)),
        TypeError,
        "a readInto() while another runs",
      );
      expectEqual(await first, 200_000, "the first readInto()");
      expectBytes(target, sampleBytes(200_000), "the bytes");
    },
  },
  {
    name: "readInto() is refused where the body is read as a stream",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      const result = await store.get("object");
      const { body } = result;
      await expectError(() => result.readInto(new Uint8Array(10)), TypeError, "readInto() beside a stream");
      expectBytes(await readStream(body), sampleBytes(1000), "the stream");
    },
  },
  {
    name: "cancel() half-way ends the read with its reason",
    async run({ store }) {
      await store.put("object", sampleBytes(300_000));
      const result = await store.get("object");
      await result.readInto(new Uint8Array(1000));
      const reason = new Error("enough");
      await result.cancel(reason);
      await result.cancel();
      const error = await rejectionOf(() => result.readInto(new Uint8Array(10)), "readInto() after cancel()");
      expect(error === reason, "readInto() after cancel(reason) rejects with something else");
      expectEqual(result.bytesRead, 1000, "bytesRead");
    },
  },
  {
    name: "cancel() does nothing where all is read, and may come before anything is",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      const read = await store.get("object");
      expectBytes(await readAll(read), sampleBytes(1000), "the bytes");
      await read.cancel();
      expectEqual(read.bytesRead, 1000, "bytesRead after cancel()");
      const unread = await store.get("object");
      await unread.cancel();
      await rejectionOf(() => unread.readInto(new Uint8Array(1)), "readInto() after cancel()");
    },
  },
  {
    name: "a stream that is cancelled half-way frees what holds it",
    async run({ store }) {
      await store.put("object", sampleBytes(300_000));
      for (let i = 0; i < 50; i++) {
        const { body } = await store.get("object");
        const reader = body.getReader({ mode: "byob" });
        await reader.read(new Uint8Array(100));
        await reader.cancel();
      }
      expectBytes(await bytesIn(store, "object"), sampleBytes(300_000), "the object");
    },
  },
  {
    name: "disposing a result frees it, read or not",
    async run({ store }) {
      await store.put("object", sampleBytes(1000));
      for (let i = 0; i < 50; i++) {
        await using result = await store.get("object");
        if (i % 2 === 0) await result.readInto(new Uint8Array(i * 10));
      }
      const result = await store.get("object");
      await result[Symbol.asyncDispose]();
      await result[Symbol.asyncDispose]();
      await rejectionOf(() => result.readInto(new Uint8Array(1)), "readInto() after disposal");
    },
  },
  {
    name: "etagMd5(), where it is certain, is the MD5 of the whole object, whatever range was asked for",
    async run({ store }) {
      for (const size of [1, 100_003]) {
        await store.put("object", sampleBytes(size));
        for (const options of [{}, { range: { offset: 0, length: 1 } }]) {
          await using result = await store.get("object", options);
          const told = result.etagMd5?.();
          if (!told) return;
          const { createHash } = await import("node:crypto");
          const md5 = createHash("md5").update(sampleBytes(size)).digest("base64");
          if (told.md5 === md5) told.learn(true);
          if (told.certain) expectEqual(told.md5, md5, `etagMd5() of ${size} bytes`);
        }
      }
    },
  },
  {
    name: "a checksum that a result takes itself is that of the whole object, once all bytes are given out",
    async run({ store }) {
      for (const size of [0, 1, 100_003]) {
        await store.put("object", sampleBytes(size));
        for (const options of [{}, { range: { offset: 0, length: size + 1 } }]) {
          await using result = await store.get("object", options);
          const { sum } = result;
          if (!sum) continue;
          if (size > 0) expectEqual(sum.value, undefined, "the checksum before the last byte");
          await result.readInto(new Uint8Array(Math.max(size, 1)));
          expectEqual(
            sum.value,
            result.info.checksums?.[sum.algorithm],
            `the ${sum.algorithm} of ${size} bytes`,
          );
        }
        if (size > 1) {
          await using part = await store.get("object", { range: { offset: 1 } });
          expectEqual(part.sum, undefined, "the checksum of a part");
        }
      }
    },
  },
];
