import { assertEquals, assertRejects } from "@std/assert";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { StoreError } from "@lade/core/errors";
import { type CompressedObject, type Compression, compressionOfMagic, decompress } from "./decompress.ts";

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3);
const COMPRESS = { gzip: gzipSync, zstd: zstdCompressSync } as const;

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

function object(bytes: Uint8Array, compression: Compression, stored = piecesOf(bytes)) {
  return { stored, compression, uri: "memory://k" };
}

async function whole(object: CompressedObject, signal?: AbortSignal): Promise<Uint8Array> {
  return joined(...await Array.fromAsync(decompress(object, { ...(signal && { signal }) })));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

for (const compression of ["gzip", "zstd"] as const) {
  const stored = new Uint8Array(COMPRESS[compression](CONTENT));

  Deno.test(`decompress(): ${compression}, one member and several`, async () => {
    assertEquals(await whole(object(stored, compression)), CONTENT);
    const twice = joined(stored, stored);
    assertEquals(await whole(object(twice, compression)), joined(CONTENT, CONTENT));
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
      await assertRejects(() => whole(object(bytes, compression)), StoreError);
    }
  });

  Deno.test(`decompress(): ${compression}: what its source fails with is told`, async () => {
    const failing = async function* () {
      yield stored.subarray(0, 100);
      throw new RangeError("the source's own");
    };
    await assertRejects(
      () => whole(object(stored, compression, failing())),
      RangeError,
      "the source's own",
    );
    // A reader that stops early leaves nothing behind.
    for await (const piece of decompress(object(stored, compression))) {
      assertEquals(piece[0], CONTENT[0]);
      break;
    }
    const ended = AbortSignal.abort(new Error("enough"));
    await assertRejects(() => whole(object(stored, compression), ended), Error, "enough");
  });
}

Deno.test("compressionOfMagic() tells what is compressed, also behind frames that are skipped", () => {
  assertEquals(compressionOfMagic(new Uint8Array(gzipSync("a"))), "gzip");
  assertEquals(compressionOfMagic(new Uint8Array(zstdCompressSync("a"))), "zstd");
  assertEquals(compressionOfMagic(Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0)), "zstd");
  for (const start of [[], [0x1f, 0x8b], [0x28, 0xb5, 0x2f], [0x60, 0x2a, 0x4d, 0x18]]) {
    assertEquals(compressionOfMagic(Uint8Array.from(start)), undefined);
  }
});

Deno.test("decompress() tells of each frame of zstd whether it bears a checksum", async () => {
  const bare = new Uint8Array(zstdCompressSync(CONTENT));
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  const summed = new Uint8Array(zstdCompressSync(CONTENT, { params }));
  const told: boolean[] = [];
  const onFrame = ({ hasChecksum }: { hasChecksum: boolean }) => told.push(hasChecksum);
  for await (const _ of decompress(object(joined(bare, summed, bare), "zstd"), { onFrame }));
  assertEquals(told, [false, true, false]);
});
