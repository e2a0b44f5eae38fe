import { assertEquals, assertRejects } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { QuotaExceededError, StoreError } from "@lade/core/errors";
import { type Compression, decompress } from "../source/decompress.ts";
import { decompressWhole } from "./decompress.ts";

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3);
const COMPRESS = { gzip: gzipSync, zstd: zstdCompressSync } as const;

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

function object(bytes: Uint8Array, compression: Compression, stored = piecesOf(bytes)) {
  return { stored, size: bytes.length, compression, uri: "memory://k" };
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

for (const compression of ["gzip", "zstd"] as const) {
  const stored = new Uint8Array(COMPRESS[compression](CONTENT));

  Deno.test(`decompress(): ${compression}, one member and several`, async () => {
    assertEquals(await decompressWhole(object(stored, compression), 1e6), CONTENT);
    const twice = joined(stored, stored);
    assertEquals(await decompressWhole(object(twice, compression), 1e6), joined(CONTENT, CONTENT));
  });

  Deno.test(`decompress(): ${compression} that is cut, lengthened or damaged is an error`, async () => {
    const flipped = stored.slice();
    flipped[stored.length - 6] = (flipped[stored.length - 6] ?? 0) ^ 1;
    const faulty = [
      stored.slice(0, 5),
      stored.slice(0, stored.length >> 1),
      stored.slice(0, -1),
      joined(stored, stored.slice(0, 20)),
      joined(stored, new Uint8Array(512)),
      joined(stored, Uint8Array.of(1, 2, 3)),
      new Uint8Array(0),
      // The checksum, which a frame of zstd has not where node writes it.
      ...(compression === "gzip" ? [flipped] : []),
    ];
    for (const bytes of faulty) {
      await assertRejects(() => decompressWhole(object(bytes, compression), 1e6), StoreError);
    }
  });

  Deno.test(`decompress(): ${compression}: what its source fails with is told, and a bound is held to`, async () => {
    const failing = async function* () {
      yield stored.subarray(0, 100);
      throw new RangeError("the source's own");
    };
    await assertRejects(
      () => decompressWhole(object(stored, compression, failing()), 1e6),
      RangeError,
      "the source's own",
    );
    await assertRejects(() => decompressWhole(object(stored, compression), 299_999), QuotaExceededError);
    // A reader that stops early leaves nothing behind.
    for await (const piece of decompress(object(stored, compression))) {
      assertEquals(piece[0], CONTENT[0]);
      break;
    }
    const ended = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => decompressWhole(object(stored, compression), 1e6, ended), Error, "enough");
  });
}
