import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { MemoryStore } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import { FormatError, UnknownFormatError } from "../errors/format_error.ts";
import type { FormatName } from "../registry/format.ts";
import { detectFormat } from "./detect_format.ts";
import { formatOfName } from "./format_names.ts";

/** The first or last bytes of each format that has some to tell it by, as others write them. */
const SAMPLES: Readonly<Record<string, Uint8Array>> = {
  npy: latin("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"),
  npz: latin(
    "PK\x03\x04\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.npy" + "PK\x05\x06".padEnd(22, "\0"),
  ),
  safetensors: latin('\x10\0\0\0\0\0\0\0{"__metadata__":{}}      '),
  tfrecord: latin("\0\0\0\0\0\0\0\0\x29\x03\x98\x07\xd8\xea\x82\xa2"),
  tar: latin("a.txt".padEnd(257, "\0") + "ustar\x0000".padEnd(255, "\0")),
  parquet: latin("PAR1abcdPAR1"),
  arrow: latin("ARROW1\0\0abcdefghARROW1"),
  "arrow-stream": latin("\xff\xff\xff\xff\x10\0\0\0" + "\0".repeat(16)),
  hdf5: latin("\x89HDF\r\n\x1a\n\0\0"),
};

function latin(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

async function detect(key: string, bytes: Uint8Array, format?: FormatName) {
  await using store = injectFaults(new MemoryStore(), []);
  await store.put(key, bytes);
  const found = await detectFormat(store, key, format && { format });
  const gets = store.calls.filter(({ operation }) => operation === "get").length;
  return { format: found.format, compression: found.compression, gets };
}

Deno.test("formatOfName() goes by suffixes, in any case, before .gz and .zst, and before a shard's number", () => {
  for (
    const [name, format, compression] of [
      ["a/b.npy", "npy"],
      ["B.NPZ", "npz"],
      ["model-00001-of-00002.safetensors", "safetensors"],
      ["train.tfrecord-00000-of-00016", "tfrecord"],
      ["train.tfrecord-00000-of-00016.gz", "tfrecord", "gzip"],
      ["train.tfrecord.gz-00000-of-00016", "tfrecord", "gzip"],
      ["shard-000.tgz", "tar", "gzip"],
      ["x.csv.zst", "csv", "zstd"],
      ["x.feather", "arrow"],
      ["x.zarr/", "zarr"],
      ["x.gz", undefined, "gzip"],
      ["npy", undefined],
      ["x.npy.txt", undefined],
      ["x-00000-of-00016", undefined],
      ["", undefined],
    ] as const
  ) {
    assertEquals(
      formatOfName(name),
      { ...(format && { format }), ...(compression && { compression }) },
      name,
    );
  }
});

for (const [name, bytes] of Object.entries(SAMPLES)) {
  const format = name as FormatName;
  Deno.test(`detectFormat(): ${format} by its bytes, by its name, and by one request`, async () => {
    assertEquals(await detect("object", bytes), { format, compression: undefined, gets: 1 });
    const key = `x.${format === "arrow-stream" ? "arrows" : format}`;
    assertEquals(await detect(key, bytes), { format, compression: undefined, gets: 1 });
    assertEquals((await detect("x.gz", gzipSync(bytes))).format, format);
    assertEquals((await detect("x.zst", zstdCompressSync(bytes))).format, format);
    assertEquals(await detect("object", gzipSync(bytes)), { format, compression: "gzip", gets: 1 });
  });

  Deno.test(`detectFormat(): ${format} under the name of another is an error that names both`, async () => {
    for (const other of ["csv", "npy", "parquet", "tar", "jsonl"]) {
      if (other === format) continue;
      const error = await assertRejects(() => detect(`x.${other}`, bytes), FormatError);
      assert(error.message.includes(`its name says ${other}, its bytes say ${format}`), error.message);
    }
    const named = await detect("x.csv", bytes, format);
    assertEquals(named.format, format);
  });

  Deno.test(`detectFormat(): of ${format} no cut or flipped sample is another format`, async () => {
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0xff;
      for (const damaged of [flipped, bytes.slice(0, at)]) {
        const told = await detect("object", damaged).then((found) => found.format, (error) => {
          assert(error instanceof FormatError, String(error));
        });
        assert(told === undefined || told === format, `byte ${at}: ${told}`);
      }
    }
  });
}

Deno.test("detectFormat(): text is told by its name alone", async () => {
  for (const format of ["csv", "tsv", "jsonl"]) {
    assertEquals((await detect(`x.${format}`, latin('{"a":1}\n'))).format, format);
    assertEquals((await detect(`x.${format}`, new Uint8Array(0))).format, format);
    assertEquals((await detect(`x.${format}`, gzipSync(latin("a,b\n")))).compression, "gzip");
  }
  await assertRejects(() => detect("x", latin("a,b\n1,2\n")), UnknownFormatError, "csv, tsv or jsonl");
  await assertRejects(() => detect("x", new Uint8Array(0)), UnknownFormatError, "it is empty");
  await assertRejects(() => detect("x.csv.gz", latin("a,b\n")), FormatError, "its name says gzip");
});

Deno.test("detectFormat(): Arrow's formats share their suffixes", async () => {
  assertEquals((await detect("x.arrow", SAMPLES["arrow-stream"] ?? latin(""))).format, "arrow-stream");
  assertEquals((await detect("x.arrows", SAMPLES.arrow ?? latin(""))).format, "arrow");
});

Deno.test("detectFormat(): Zarr is a prefix, with or without its slash", async () => {
  await using store = new MemoryStore();
  await store.put("a.zarr/.zarray", latin("{}"));
  await store.put("b/zarr.json", latin("{}"));
  await store.put("c/x.txt", latin("{}"));
  for (const key of ["a.zarr", "a.zarr/", "b", "b/"]) {
    assertEquals((await detectFormat(store, key)).format, "zarr");
  }
  await assertRejects(() => detectFormat(store, "c/"), NotFoundError, "no Zarr array or group");
  await assertRejects(() => detectFormat(store, "c"), NotFoundError, "no such object");
  await assertRejects(() => detectFormat(store, "b/", { format: "npy" }), FormatError, "a prefix is no npy");
});

Deno.test("the manifest of a data set is of no format, whatever its name ends in", () => {
  for (const name of ["lade-manifest.tsv", "a/lade-manifest.tsv"]) assertEquals(formatOfName(name), {});
  for (const name of ["my-lade-manifest.tsv", "lade-manifest.tsv/a.tsv"]) {
    assertEquals(formatOfName(name), { format: "tsv" });
  }
});
