import { assert, assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { NotFoundError, PreconditionFailedError, UnsupportedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { injectFaults } from "@lade/testing";
import fc from "fast-check";
import { FormatError } from "../errors/format_error.ts";
import { scanTar } from "../tar/scan_tar.ts";
import { TarWriter } from "../tar/tar_writer.ts";
import { SampleReader } from "../webdataset/sample_reader.ts";
import { readShardList } from "../webdataset/shard_list.ts";
import { filesToTar } from "./files_to_tar.ts";
import { tarToFiles } from "./tar_to_files.ts";

async function tree(files: readonly (string | [string, Uint8Array])[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const file of files) {
    const [name, data] = typeof file === "string" ? [file, new TextEncoder().encode(file)] : file;
    await store.put(`in/${name}`, data);
  }
  return store;
}

async function namesIn(store: ObjectStore, key: string): Promise<string[]> {
  return (await Array.fromAsync(scanTar(store, key))).map(({ name }) => name);
}

const keysIn = async (store: ObjectStore) => (await Array.fromAsync(store.list())).map(({ key }) => key);

Deno.test("filesToTar(): files of a sample are adjacent, whatever lies in folders that are called like it", async () => {
  const names = [
    "a/1.jpg",
    "a/1.d/b.txt",
    "a/1.d/b.x/c",
    "a/1.d/b.y",
    "a/1.e/f",
    "a/1.txt",
    "a/1-.jpg",
    "z",
    "a/10.x",
  ];
  await using from = await tree(names);
  await using to = new MemoryStore();
  const written = await filesToTar(from, "in", to, "out.tar");
  assertEquals(await namesIn(to, "out.tar"), [
    ...[
      "a/1-.jpg",
      "a/1.d/b.txt",
      "a/1.d/b.y",
      "a/1.d/b.x/c",
      "a/1.e/f",
      "a/1.jpg",
      "a/1.txt",
      "a/10.x",
      "z",
    ],
  ]);
  assertEquals(written, [{ key: "out.tar", size: (await to.head("out.tar")).size, files: 9, samples: 4 }]);
  const reader = await SampleReader.open(to, "out.tar");
  assert(reader.isIndexStored);
  const keys = Array.from({ length: reader.length }, (_, index) => reader.index.at(index).key);
  assertEquals(keys, ["a/1-", "a/1.d/b", "a/1", "a/10"]);
});

Deno.test("filesToTar(): shards of a largest size, whole samples in each, with indexes and a list", async () => {
  const files = Array.from({ length: 12 }, (_, index) =>
    [
      [`${String(index).padStart(2, "0")}.jpg`, new Uint8Array(2000).fill(index)],
      [`${String(index).padStart(2, "0")}.cls`, new Uint8Array(1).fill(index)],
    ] as [string, Uint8Array][]).flat();
  await using from = await tree([...files, ["99.jpg", new Uint8Array(50_000)]]);
  await using to = new MemoryStore();
  const maxBytes = 3 * (2560 + 1024) + 1024;
  const sizes: number[] = [];
  const written = await filesToTar(from, "in/", to, "train/s-%03d.tar", {
    maxBytes,
    shardList: "train/list.json",
    onFile: (_, bytes) => sizes.push(bytes),
  });
  assertEquals(written.map(({ key, samples }) => [key, samples]), [
    ["train/s-000.tar", 3],
    ["train/s-001.tar", 3],
    ["train/s-002.tar", 3],
    ["train/s-003.tar", 3],
    ["train/s-004.tar", 1],
  ]);
  assertEquals(written.map(({ size }) => size <= maxBytes), [true, true, true, true, false]);
  assertEquals(sizes.length, 25);
  assertEquals(await readShardList(to, "train/list.json"), {
    shardlist: written.map(({ key, size, samples = 0 }) => ({
      url: key.slice(6),
      nsamples: samples,
      filesize: size,
    })),
  });
  const reader = await SampleReader.open(to, "train/s-002.tar");
  const { key, fields } = await reader.read(1);
  assertEquals([key, fields.cls, fields.jpg], ["07", Uint8Array.of(7), new Uint8Array(2000).fill(7)]);
  await using plain = new MemoryStore();
  await filesToTar(from, "in/", plain, "s.tar", { maxBytes: 20_000, index: false });
  assertEquals(await keysIn(plain), ["s-000000.tar", "s-000001.tar", "s-000002.tar", "s-000003.tar"]);
});

Deno.test("filesToTar(): equal trees make equal archives, and files are dated where that is asked for", async () => {
  await using from = await tree(["a.x", "b.x"]);
  await using to = new MemoryStore();
  for (const key of ["1.tar", "2.tar"]) await filesToTar(from, "in", to, key);
  assertEquals((await getBytes(to, "1.tar")).bytes, (await getBytes(to, "2.tar")).bytes);
  await filesToTar(from, "in", to, "3.tar", { keepTimes: true });
  const [member] = await Array.fromAsync(scanTar(to, "3.tar"));
  assertEquals(member?.mtime, Math.floor((await from.head("in/a.x")).lastModified.getTime() / 1000));
});

Deno.test("filesToTar(): what cannot be written leaves nothing", async () => {
  await using to = new MemoryStore();
  await using twice = await tree(["a.jpg", "a.JPG"]);
  await assertRejects(() => filesToTar(twice, "in", to, "a.tar"), FormatError, 'the field "jpg" twice');
  await using empty = new MemoryStore();
  await assertRejects(() => filesToTar(empty, "in", to, "a.tar"), NotFoundError, "no objects are below it");
  await using itself = await tree(["a.x"]);
  await assertRejects(() => filesToTar(itself, "in", itself, "in/a.tar"), TypeError, "among the files");
  await assertRejects(() => filesToTar(itself, "in", to, "a.tar", { maxBytes: 0 }), RangeError);
  await using failing = injectFaults(await tree(["a.x", ["b.x", new Uint8Array(2 ** 21)]]), [
    {
      operation: "get",
      key: "in/b.x",
      fault: {
        kind: "throw",
        error: new NotFoundError({ operation: "get", uri: "memory://b", detail: "gone" }),
      },
    },
  ]);
  await assertRejects(() => filesToTar(failing, "in", to, "a.tar"), NotFoundError);
  assertEquals(await keysIn(to), []);
  await filesToTar(twice, "in", to, "a.tar", { index: false });
  assertEquals(await keysIn(to), ["a.tar"]);
});

Deno.test("filesToTar(): a file that changes after it was listed is an error", async () => {
  for (const size of [10, 2 ** 21]) {
    await using from = await tree(["a.x", ["b.x", new Uint8Array(size)]]);
    await using to = new MemoryStore();
    const changing = from.list.bind(from);
    from.list = async function* (...args: Parameters<typeof changing>) {
      for await (const meta of changing(...args)) yield { ...meta, etag: "another" };
    };
    await assertRejects(
      () => filesToTar(from, "in", to, "a.tar"),
      PreconditionFailedError,
      "changed since it was listed",
    );
    assertEquals(await keysIn(to), []);
  }
});

Deno.test("tarToFiles(): a tree comes back as it was, whatever the names", async () => {
  const part = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).map((text) =>
    text.replace(/[\0/\\]/g, "_")
  )
    .filter((text) => text !== "." && text !== ".." && text.isWellFormed());
  const file = fc.tuple(
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
    fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.constant(new Uint8Array(2 ** 20 + 3).fill(9))),
  );
  const files = fc.uniqueArray(file, { minLength: 1, maxLength: 8, selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      await using from = await tree(given);
      await using to = new MemoryStore();
      await filesToTar(from, "in", to, "a.tar", { index: false });
      await using back = new MemoryStore();
      const { files, bytes } = await tarToFiles(to, "a.tar", back, "in");
      assertEquals([files, bytes], [given.length, given.reduce((sum, [, { length }]) => sum + length, 0)]);
      assertEquals(await keysIn(back), await keysIn(from));
      for (const [name, data] of given) assertEquals((await getBytes(back, `in/${name}`)).bytes, data);
    }),
    { numRuns: 30 },
  );
});

Deno.test("tarToFiles(): names that lead elsewhere, clashes and links are refused", async () => {
  await using store = new MemoryStore();
  /** Names that no writer of ours writes. */
  const named = async (names: readonly string[]) => {
    await using writer = await TarWriter.create(store, "a.tar");
    for (const name of names) {
      await writer.add({ name: "x".repeat(name.length) }, new TextEncoder().encode(name));
    }
    await writer.close();
    const { bytes } = await getBytes(store, "a.tar");
    let at = 0;
    for (const name of names) {
      new TextEncoder().encodeInto(name, bytes.subarray(at));
      bytes.fill(0x20, at + 148, at + 156);
      const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
      new TextEncoder().encodeInto(sum.toString(8).padStart(6, "0") + "\0", bytes.subarray(at + 148));
      at += 1024;
    }
    await store.put("a.tar", bytes);
  };
  for (
    const name of ["../a", "a/../../b", "/etc/passwd", "..", "a/..", ".", "./."]
  ) {
    await using to = new MemoryStore();
    await named(["first", name]);
    await assertRejects(() => tarToFiles(store, "a.tar", to, "out"), FormatError, "is not unpacked");
    assert((await keysIn(to)).every((key) => key === "out/first"));
  }
  await named(["./a", "b//c"]);
  await using plain = new MemoryStore();
  await tarToFiles(store, "a.tar", plain, "out/");
  assertEquals(await keysIn(plain), ["out/a", "out/b/c"]);
  await named(["a", "./a"]);
  await assertRejects(
    () => tarToFiles(store, "a.tar", new MemoryStore(), ""),
    FormatError,
    "two members are unpacked to",
  );
  for (const type of ["symlink", "hardlink", "fifo"] as const) {
    await using writer = await TarWriter.create(store, "a.tar");
    await writer.add({ name: "d", type: "directory" });
    await writer.add({ name: "link", type, ...(type !== "fifo" && { linkName: "../secret" }) });
    await writer.add({ name: "a.txt" }, new Uint8Array(3));
    await writer.close();
    await using to = new MemoryStore();
    await assertRejects(
      () => tarToFiles(store, "a.tar", to, ""),
      UnsupportedError,
      `member "link" is a ${type}`,
    );
    const passed: string[] = [];
    const { files } = await tarToFiles(store, "a.tar", to, "", {
      onPassedOver: ({ name }) => passed.push(name),
    });
    assertEquals([files, passed, await keysIn(to)], [1, ["link"], ["a.txt"]]);
    assertEquals((await to.head("a.txt")).contentType, "text/plain");
  }
});

Deno.test("tarToFiles(): what is there is kept where that is asked for, and a fault ends it", async () => {
  await using from = await tree(["a.x", "b.x"]);
  await using to = new MemoryStore();
  await filesToTar(from, "in", to, "a.tar");
  await assertRejects(() => tarToFiles(to, "a.tar", from, "in", { ifNoneMatch: "*" }));
  assertEquals(await tarToFiles(to, "a.tar", from, "in"), { files: 2, bytes: 6 });
  const { bytes } = await getBytes(to, "a.tar");
  await to.put("a.tar", bytes.slice(0, 1200));
  await assertRejects(
    () => tarToFiles(to, "a.tar", new MemoryStore(), ""),
    FormatError,
    "it ends 176 bytes into a block",
  );
  const ended = AbortSignal.abort(new Error("enough"));
  await assertRejects(
    () => tarToFiles(to, "a.tar", new MemoryStore(), "", { signal: ended }),
    Error,
    "enough",
  );
});

Deno.test("tarToFiles: names that stand for a media type, on a store of files, which keep none", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using files = await openFileStore(directory);
    await using store = new MemoryStore();
    await store.put("in/a.txt", Uint8Array.of(1));
    await filesToTar(store, "in", store, "a.tar");
    assertEquals((await tarToFiles(store, "a.tar", files, "out")).files, 1);
    assertEquals(await Deno.readFile(`${directory}/out/a.txt`), Uint8Array.of(1));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("tarToFiles(), filesToTar(): an archive is never replaced by its own member, nor lies among its files", async () => {
  const directory = await Deno.makeTempDir({ prefix: "lade-own-" });
  try {
    await Deno.mkdir(`${directory}/in`);
    await Deno.symlink(`${directory}/in`, `${directory}/link`);
    await using store = await openFileStore(directory);
    await using linked = await openFileStore(`${directory}/link`);
    {
      await using writer = await TarWriter.create(store, "in/a.tar");
      await writer.add({ name: "a.tar" }, new TextEncoder().encode("lost"));
      await writer.close();
    }
    const { bytes } = await getBytes(store, "in/a.tar");
    for (const [to, prefix] of [[store, "in/"], [linked, ""]] as const) {
      await assertRejects(
        () => tarToFiles(store, "in/a.tar", to, prefix),
        FormatError,
        'member "a.tar" is not unpacked: it would replace the archive itself',
      );
      assertEquals((await getBytes(store, "in/a.tar")).bytes, bytes);
    }
    await assertRejects(() => filesToTar(store, "in/", linked, "b.tar"), TypeError, "among the files");
    await tarToFiles(store, "in/a.tar", store, "out");
    assertEquals(new TextDecoder().decode((await getBytes(store, "out/a.tar")).bytes), "lost");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
