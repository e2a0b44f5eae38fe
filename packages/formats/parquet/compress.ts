import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import type { CompressionCodec } from "hyparquet";
import { snappyCompressor } from "hysnappy";

/** How pages are compressed. */
export interface Compressor {
  /** By the format's name. */
  readonly codec: CompressionCodec;
  /** By its number. */
  readonly number: number;
  /** Compresses a page. */
  readonly compress: (page: Uint8Array) => Uint8Array;
}

/** Codecs that pages are written with, each with the levels that it has. */
const MAKE: Readonly<Record<string, { levels?: readonly [least: number, most: number]; make: Make }>> = {
  none: { make: () => ({ codec: "UNCOMPRESSED", number: 0, compress: (page) => page }) },
  snappy: { make: () => ({ codec: "SNAPPY", number: 1, compress: snappyCompressor() }) },
  gzip: {
    levels: [1, 9],
    make: (level = 6) => ({ codec: "GZIP", number: 2, compress: (page) => gzipSync(page, { level }) }),
  },
  brotli: {
    levels: [0, 11],
    make: (level = 4) => {
      const params = { [constants.BROTLI_PARAM_QUALITY]: level };
      return { codec: "BROTLI", number: 4, compress: (page) => brotliCompressSync(page, { params }) };
    },
  },
  zstd: {
    levels: [1, 22],
    make: (level = 3) => {
      const params = { [constants.ZSTD_c_compressionLevel]: level };
      return { codec: "ZSTD", number: 6, compress: (page) => zstdCompressSync(page, { params }) };
    },
  },
};

type Make = (level?: number) => Compressor;

/** The compressor of a name, with a level where one follows a colon: `zstd`, `zstd:9`. A `TypeError` for any other. */
export function compressorOf(name: string): Compressor {
  const [, codec = "", told] = /^([a-z]+)(?::(\d{1,2}))?$/.exec(name.toLowerCase()) ?? [];
  const known = Object.hasOwn(MAKE, codec) ? MAKE[codec] : undefined;
  const level = told === undefined ? undefined : Number(told);
  const [least = 1, most = 0] = known?.levels ?? [];
  if (known && (level === undefined || level >= least && level <= most)) return known.make(level);
  const names = Object.entries(MAKE).map(([name, { levels }]) =>
    levels ? `${name}[:${levels.join("..")}]` : name
  );
  throw new TypeError(
    `Cannot compress Parquet by ${JSON.stringify(name)}: it is none of ${names.join(", ")}`,
  );
}
