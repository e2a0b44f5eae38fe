import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import { TarWriter } from "../tar/tar_writer.ts";
import { indexSamples, sampleIndexKey, writeSampleIndex } from "./index_samples.ts";
import { formatSampleIndex, parseSampleIndex } from "./index_text.ts";
import { SampleReader } from "./sample_reader.ts";
import { streamSamples } from "./stream_samples.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A shard whose files have their names as data, unless other data is given. */
async function shard(
  names: readonly (string | [string, Uint8Array])[],
  key = "s-0.tar",
  store: ObjectStore = new MemoryStore(),
) {
  await using writer = await TarWriter.create(store, key);
  for (const entry of names) {
    const [name, data] = typeof entry === "string" ? [entry, encode(entry)] : entry;
    await writer.add({ name }, data);
  }
  await writer.close();
  return store;
}

async function textsOf(
  samples: AsyncIterable<{ key: string; fields: Readonly<Record<string, Uint8Array>> }>,
) {
  const found = [];
  for await (const { key, fields } of samples) {
    found.push([
      key,
      Object.fromEntries(Object.entries(fields).map(([name, bytes]) => [name, decode(bytes)])),
    ]);
  }
  return found;
}

async function* eachOf(reader: SampleReader) {
  for (let index = 0; index < reader.length; index++) yield await reader.read(index);
}

const NAMES = [
  "__meta__/x.json",
  "a/1.JPG",
  "a/1.cls",
  "README",
  "a/1.seg.png",
  "a/2.jpg",
  ".hidden.jpg",
  "a/2.cls",
];
const SAMPLES = [
  ["a/1", { jpg: "a/1.JPG", cls: "a/1.cls", "seg.png": "a/1.seg.png" }],
  ["a/2", { jpg: "a/2.jpg", cls: "a/2.cls" }],
];

Deno.test("webdataset: samples in order, and by an index, stored or not", async () => {
  await using store = await shard(NAMES);
  assertEquals(await textsOf(streamSamples(store, "s-0.tar")), SAMPLES);
  await using walked = injectFaults(store, []);
  const reader = await SampleReader.open(walked, "s-0.tar");
  assertEquals([reader.length, reader.isIndexStored], [2, false]);
  assertEquals(await textsOf(eachOf(reader)), SAMPLES);
  await writeSampleIndex(store, "s-0.tar");
  const indexed = await SampleReader.open(store, "s-0.tar");
  assertEquals([indexed.length, indexed.isIndexStored], [2, true]);
  assertEquals(await textsOf(eachOf(indexed)), SAMPLES);
  assertEquals((await indexed.readMany([1, 0, 1])).map(({ key }) => key), ["a/2", "a/1", "a/2"]);
  assertEquals(indexed.index.fields(), ["jpg", "cls", "seg.png"]);
  await assertRejects(() => indexed.read(2), RangeError, "there are 2");
});

Deno.test("webdataset: only the fields that are wanted", async () => {
  await using store = await shard([...NAMES, "a/3.txt"]);
  assertEquals(await textsOf(streamSamples(store, "s-0.tar", { fields: ["CLS"] })), [
    ["a/1", { cls: "a/1.cls" }],
    ["a/2", { cls: "a/2.cls" }],
  ]);
});

Deno.test("webdataset: the text of an index is DALI's", async () => {
  await using store = await shard(NAMES);
  await writeSampleIndex(store, "s-0.tar");
  const { bytes } = await getBytes(store, "s-0.idx");
  assertEquals(
    decode(bytes),
    "v1.2 2\n" +
      "JPG 1536 7 a/1.JPG cls 2560 7 a/1.cls seg.png 4608 11 a/1.seg.png\n" +
      "jpg 5632 7 a/2.jpg cls 7680 7 a/2.cls\n",
  );
  assertEquals(["x/a.b.tar", "a.TAR", "a"].map(sampleIndexKey), ["x/a.b.idx", "a.idx", "a.idx"]);
});

Deno.test("webdataset: what DALI's form has no words for is in Lade's own", async () => {
  const cases: [string, string][] = [
    ["a b.jpg", "jpg 512 7 a%20b.jpg"],
    ["a.", "% 512 2 a."],
    ["a\\b.c", "c 512 5 a%5Cb.c"],
    ["50%\u2028.j\tpg", "j%09pg 1536 11 50%25%E2%80%A8.j%09pg"],
  ];
  for (const [name, line] of cases) {
    await using store = await shard([name]);
    await writeSampleIndex(store, "s-0.tar");
    assertEquals(decode((await getBytes(store, "s-0.idx")).bytes), `lade-tar-1 1\n${line}\n`);
    const read = await textsOf(eachOf(await SampleReader.open(store, "s-0.tar")));
    assertEquals(read, await textsOf(streamSamples(store, "s-0.tar")));
  }
  await using empty = await shard(["README"]);
  await writeSampleIndex(empty, "s-0.tar");
  assertEquals(decode((await getBytes(empty, "s-0.idx")).bytes), "lade-tar-1 0\n");
  assertEquals((await SampleReader.open(empty, "s-0.tar")).length, 0);
  assertEquals(await textsOf(streamSamples(empty, "s-0.tar")), []);
});

Deno.test("webdataset: torn samples, fields that come twice and names that are kept are errors", async () => {
  const cases: [string[], string][] = [
    [
      ["a.x", "b.x", "a.y"],
      'sample "a" comes back after another one: it is torn (member "a.y" at byte 2560)',
    ],
    [["a.x", "a.X"], 'sample "a" has the field "x" twice'],
    [["a.__key__"], 'the field "__key__" is kept'],
  ];
  for (const [names, message] of cases) {
    await using store = await shard(names);
    await assertRejects(() => textsOf(streamSamples(store, "s-0.tar")), FormatError, message);
    await assertRejects(() => indexSamples(store, "s-0.tar"), FormatError, message);
    await assertRejects(() => SampleReader.open(store, "s-0.tar"), FormatError, message);
  }
  await using store = await shard(["a.x", "b.x", ["b.y", new Uint8Array(3000)]]);
  const { bytes } = await getBytes(store, "s-0.tar");
  await store.put("s-0.tar", bytes.slice(0, 4000));
  const before: string[] = [];
  await assertRejects(
    async () => {
      for await (const { key } of streamSamples(store, "s-0.tar")) before.push(key);
    },
    FormatError,
    'member "b.y" of 3000 bytes is cut',
  );
  assertEquals(before, ["a"]);
});

Deno.test("webdataset: names that objects have of their own are fields like others", async () => {
  await using store = await shard(["a.__proto__", "a.constructor"]);
  const [sample] = await Array.fromAsync(streamSamples(store, "s-0.tar"));
  assertEquals(Object.keys(sample?.fields ?? {}), ["__proto__", "constructor"]);
});

Deno.test("webdataset: an index that does not fit its shard is stale, and says what renews it", async () => {
  await using store = await shard(["a.x", "b.x"]);
  await writeSampleIndex(store, "s-0.tar");
  const { bytes: index } = await getBytes(store, "s-0.idx");
  const staleAt = async (names: (string | [string, Uint8Array])[], message: string) => {
    await shard(names, "s-0.tar", store);
    const error = await assertRejects(
      async () => {
        const reader = await SampleReader.open(store, "s-0.tar");
        for await (const _ of eachOf(reader));
      },
      StaleIndexError,
      message,
    );
    assertEquals([error.uri, error.advice], [
      `${store.uri}/s-0.idx`,
      `lade index ${store.uri}/s-0.tar renews it`,
    ]);
  };
  await staleAt(["a.x", "b.x", "c.x"], '"c.x" comes after the last file');
  await staleAt(["a.x"], "sample 1: no member has its data at byte 1536");
  await staleAt(["a.x", ["b.x", new Uint8Array(3000).fill(7)]], "the shard does not end where it does");
  await staleAt([], "line 3 has");
  await staleAt(["a.x", "c.x"], 'sample 1: "c.x" has its data, not "b.x" at byte 1536');
  await staleAt(["a.x", ["b.x", encode("longer")]], "sample 1: no file of 3 bytes has its data at byte 1536");
  await shard(["a.x", "b.x"], "s-0.tar", store);
  const texts: [string, string][] = [
    ["", "its first line is"],
    ["v1.2 3\na", "its first line is"],
    ["v1.3 1\nx 512 3 a.x\n", "its first line is"],
    ["v1.2 1\nx 512 3\n", "line 2 has 3 words"],
    ["v1.2 1\n\n", "line 2 has 0 words"],
    ["v1.2 1\nx 511 3 a.x\n", "line 2 has"],
    ["v1.2 1\nx 512 3000 a.x\n", "line 2 has"],
    ["v1.2 2\nx 1536 3 b.x\nx 512 3 a.x\n", "line 3 has"],
    ["v1.2 1\nx 512 -3 a.x\n", "line 2 has"],
    ["v1.2 1\nx 512 3e0 a.x\n", "line 2 has"],
    ["v1.2 2\nx 0 3 a.x\nx 1536 3 b.x\n", "line 2 has"],
    ["lade-tar-1 1\nx 512 3 a%2.x\n", "line 2 has"],
    ["v1.2 2\ny 512 3 a.y\nx 1536 3 b.x\n", '"a.x" has its data, not "a.y"'],
  ];
  for (const [text, message] of texts) {
    await store.put("s-0.idx", encode(text));
    await staleAt(["a.x", "b.x"], message);
  }
  await store.put("s-0.idx", encode("v1.2 3\nx 512 3 a.x\nx 1536 3 b.x\nx 2560 0 a.y\n"));
  await shard(["a.x", "b.x", ["a.y", new Uint8Array(0)]], "s-0.tar", store);
  await assertRejects(() => SampleReader.open(store, "s-0.tar"), FormatError, "torn");
  await store.put("s-0.idx", index.map((byte) => byte ^ 0x80));
  await staleAt(["a.x", "b.x"], "no UTF-8");
});

Deno.test("webdataset: DALI's index as its tool writes it: rows of what is no sample, octal escapes, no names before v1.2", async () => {
  await using store = await shard(["README", "é.jpg", "é.cls", "b.jpg"]);
  await store.put(
    "s-0.idx",
    encode(
      "v1.2 3\nREADME 512 6 README\njpg 1536 6 \\303\\251.jpg cls 4096 6 \\303\\251.cls\njpg 6656 5 b.jpg\n",
    ),
  );
  const index = await indexSamples(store, "s-0.tar");
  const told = index.at(0).fields.map(({ offset }) => offset);
  await store.put(
    "s-0.idx",
    encode(
      `v1.2 3\nREADME 512 6 README\njpg ${told[0]} 6 \\303\\251.jpg cls ${told[1]} 6 \\303\\251.cls\njpg ${
        index.at(1).fields[0]?.offset
      } 5 b.jpg\n`,
    ),
  );
  const reader = await SampleReader.open(store, "s-0.tar");
  assertEquals(await textsOf(eachOf(reader)), await textsOf(streamSamples(store, "s-0.tar")));
  await shard(["\ufeffa.jpg"], "s-0.tar", store);
  await store.put("s-0.idx", encode("v1.2 1\njpg 1536 8 \\357\\273\\277a.jpg\n"));
  const marked = await SampleReader.open(store, "s-0.tar");
  assertEquals((await marked.read(0)).key, "\ufeffa");
  await shard(["a.JPG", "a.cls", "b.JPG"], "s-0.tar", store);
  await store.put("s-0.idx", encode("v1.1 2\nJPG 512 5 cls 1536 5\nJPG 2560 5\n"));
  const old = await SampleReader.open(store, "s-0.tar");
  assertEquals(old.index.at(0), {
    fields: [{ field: "jpg", offset: 512, size: 5 }, { field: "cls", offset: 1536, size: 5 }],
  });
  assertEquals(await textsOf(eachOf(old)), await textsOf(streamSamples(store, "s-0.tar")));
  await store.put("s-0.idx", encode("v1.1 2\nJPG 512 5 png 1536 5\nJPG 2560 5\n"));
  const wrong = await SampleReader.open(store, "s-0.tar");
  await assertRejects(() => wrong.read(0), StaleIndexError, '"a.cls" has its data, not a .png');
  assertThrows(() => formatSampleIndex(old.index), TypeError, "without the names");
});

Deno.test("webdataset: a sample is one request with an index, and near ones together", async () => {
  const data = new Uint8Array(200_000).fill(7);
  const names = Array.from({ length: 20 }, (_, index) => [[`${index}.jpg`, data], `${index}.cls`] as const)
    .flat();
  await using memory = await shard(names as (string | [string, Uint8Array])[]);
  await writeSampleIndex(memory, "s-0.tar");
  await using store = injectFaults(memory, []);
  const gets = () => store.calls.filter(({ operation }) => operation === "get").length;
  const reader = await SampleReader.open(store, "s-0.tar");
  // The index, and the shard's end.
  assertEquals(gets(), 2);
  const sample = await reader.read(7);
  assertEquals([sample.key, sample.fields.jpg, decode(sample.fields.cls ?? data)], ["7", data, "7.cls"]);
  assertEquals(gets(), 3);
  assertEquals(reader.ranges(7).length, 1);
  assertThrows(() => reader.decode(7, []), TypeError, "bytes of other ranges");
});

Deno.test("webdataset: much between two files of a sample is not read with them", async () => {
  await using store = await shard(["a.x", ["README", new Uint8Array(100_000)], "a.y"]);
  const reader = await SampleReader.open(store, "s-0.tar");
  assertEquals(reader.ranges(0).map(({ length }) => length), [515, 515]);
  assertEquals(await textsOf(eachOf(reader)), [["a", { x: "a.x", y: "a.y" }]]);
});

Deno.test("webdataset: compressed shards are read in order, and have no index", async () => {
  await using store = await shard(NAMES);
  const { bytes } = await getBytes(store, "s-0.tar");
  for (const [key, compress] of [["s.tar.gz", gzipSync], ["s.tar.zst", zstdCompressSync]] as const) {
    await store.put(key, new Uint8Array(compress(bytes)));
    assertEquals(await textsOf(streamSamples(store, key)), SAMPLES);
    await assertRejects(() => indexSamples(store, key), UnsupportedError, "read it by streamSamples()");
    await assertRejects(() => SampleReader.open(store, key), UnsupportedError);
  }
});

Deno.test("webdataset: an index comes back as it was, whatever the names", async () => {
  const part = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replace(/[\0/.]/g, "_"));
  const file = fc.record({
    extension: fc.string({ unit: "grapheme", maxLength: 8 }).map((text) =>
      text.replace(/[\0/]/g, "_").toLowerCase()
    ),
    size: fc.nat(2000),
  });
  const sample = fc.record({
    key: fc.tuple(part, part.filter((text) => text !== "")).map((parts) =>
      parts.filter((text) => text !== "").join("/")
    ),
    files: fc.uniqueArray(file, { minLength: 1, maxLength: 4, selector: ({ extension }) => extension }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(sample, { maxLength: 5, selector: ({ key }) => key }),
      async (samples) => {
        const names = samples.flatMap(({ key, files }) =>
          files.map(({ extension, size }) =>
            [`${key}.${extension}`, new Uint8Array(size)] as [string, Uint8Array]
          )
        );
        await using store = await shard(names);
        const index = await indexSamples(store, "s-0.tar");
        const { info } = await getBytes(store, "s-0.tar");
        const shardOf = { uri: "memory://s", size: info.size, indexUri: "memory://i" };
        const again = parseSampleIndex(formatSampleIndex(index), shardOf);
        const layouts = (of: typeof index) => Array.from({ length: of.length }, (_, place) => of.at(place));
        assertEquals(layouts(again), layouts(index));
        assertEquals(again.end, index.end);
        await writeSampleIndex(store, "s-0.tar");
        const reader = await SampleReader.open(store, "s-0.tar");
        assert(reader.isIndexStored);
        assertEquals(await textsOf(eachOf(reader)), await textsOf(streamSamples(store, "s-0.tar")));
      },
    ),
    { numRuns: 60 },
  );
});
