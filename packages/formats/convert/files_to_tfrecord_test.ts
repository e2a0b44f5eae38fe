import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { AlreadyExistsError, InvalidNameError, NotFoundError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { injectFaults } from "@lade/testing";
import { FormatError } from "../errors/format_error.ts";
import { encodeExample } from "../example/encode_example.ts";
import { parseExample } from "../example/parse_example.ts";
import { gatherRecords, putRecords } from "../testing/gather_records.ts";
import { openRecords } from "../tfrecord/record_file.ts";
import { filesToTfrecord } from "./files_to_tfrecord.ts";
import { nameFault } from "./name_fault.ts";
import { tfrecordToFiles } from "./tfrecord_to_files.ts";

async function contentOf(store: ObjectStore, prefix = ""): Promise<Record<string, Uint8Array>> {
  const content: Record<string, Uint8Array> = {};
  for await (const { key } of store.list(prefix)) {
    content[key.slice(prefix.length)] = (await getBytes(store, key)).bytes;
  }
  return content;
}

async function storeOf(content: Readonly<Record<string, Uint8Array>>): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, bytes] of Object.entries(content)) await store.put(key, bytes);
  return store;
}

Deno.test("filesToTfrecord: a tree of files there and back, with its index", async () => {
  const name = fc.stringMatching(/^[a-zé☃]{1,4}(\/[a-z0-9.]{1,3}[a-z]){0,2}$/);
  const trees = fc.dictionary(name, fc.uint8Array({ maxLength: 2000 }), { minKeys: 1, maxKeys: 12 });
  await fc.assert(
    fc.asyncProperty(trees, fc.constantFrom("none", "gzip"), async (tree, compression) => {
      const below = Object.fromEntries(Object.entries(tree).map(([key, bytes]) => [`in/${key}`, bytes]));
      await using from = await storeOf({ ...below, beside: new Uint8Array(1) });
      await using to = new MemoryStore();
      const names: string[] = [];
      const [written, ...others] = await filesToTfrecord(from, "in", to, "a.tfrecord", {
        compression: compression as "none" | "gzip",
        onFile: (name) => names.push(name),
      });
      assertEquals(names, Object.keys(await contentOf(from, "in/")));
      assertEquals(others, []);
      assertEquals([written?.records, written?.size], [names.length, (await to.head("a.tfrecord")).size]);
      assertEquals(written?.indexKey, compression === "none" ? "a.tfrecord.idx" : undefined);
      if (written?.indexKey) {
        const [record = new Uint8Array(0)] = await (await openRecords(to, "a.tfrecord")).read([
          names.length - 1,
        ]);
        assertEquals(
          new TextDecoder().decode(parseExample(record).features["name"]?.[0] as Uint8Array),
          names.at(-1),
        );
      }
      await using back = new MemoryStore();
      const unpacked = await tfrecordToFiles(to, "a.tfrecord", back, "out");
      assertEquals(await contentOf(back, "out/"), tree);
      assertEquals(unpacked.files, names.length);
    }),
    { numRuns: 30 },
  );
});

Deno.test("filesToTfrecord: the bytes alone, named by number on the way back", async () => {
  await using from = await storeOf({ "a.jpg": Uint8Array.of(1), "b.jpg": Uint8Array.of(2, 3) });
  await using to = new MemoryStore();
  const written = await filesToTfrecord(from, "", to, "k", { records: "bytes", index: false });
  assertEquals(written, [{ key: "k", records: 2, size: 35 }]);
  assertEquals(await gatherRecords(to, "k"), [Uint8Array.of(1), Uint8Array.of(2, 3)]);
  await tfrecordToFiles(to, "k", to, "out/", { records: "bytes", suffix: ".jpg" });
  assertEquals(await contentOf(to, "out/"), {
    "00000000.jpg": Uint8Array.of(1),
    "00000001.jpg": Uint8Array.of(2, 3),
  });
});

Deno.test("filesToTfrecord: several objects, none larger than it may be, each with its index", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`f${index}`, new Uint8Array(index === 4 ? 500 : 84)]),
  );
  await using from = await storeOf(files);
  for (const [key, first] of [["s.tfrecord", "s-000000.tfrecord"], ["s/%02d.tfr", "s/00.tfr"]] as const) {
    await using to = new MemoryStore();
    const written = await filesToTfrecord(from, "", to, key, { records: "bytes", maxBytes: 300 });
    assertEquals(written.map(({ records, size }) => [records, size]), [
      [3, 300],
      [1, 100],
      [1, 516],
      [3, 300],
      [2, 200],
    ]);
    assertEquals(written[0]?.key, first);
    for (const { key, records, indexKey } of written) {
      assertEquals([(await openRecords(to, key)).length, indexKey], [records, `${key}.idx`]);
    }
  }
  await assertRejects(() => filesToTfrecord(from, "", new MemoryStore(), "k", { maxBytes: 0 }), RangeError);
});

Deno.test("filesToTfrecord: no file, a place among the files, a name that leads out, and a failure leave nothing", async () => {
  await using to = new MemoryStore();
  await using from = await storeOf({
    "in/a": Uint8Array.of(1),
    "in/b": Uint8Array.of(2),
    "bad/../x": Uint8Array.of(3),
  });
  await assertRejects(() => filesToTfrecord(from, "none", to, "k"), NotFoundError, "no objects are below it");
  await assertRejects(() => filesToTfrecord(from, "in", from, "in/k"), TypeError, "among the files");
  await assertRejects(() => filesToTfrecord(from, "bad", to, "k"), InvalidNameError, 'holds a ".."');
  const fault = { kind: "throw", error: new Error("gone") } as const;
  await using faulty = injectFaults(from, [{ operation: "get", key: "in/b", fault }]);
  await assertRejects(() => filesToTfrecord(faulty, "in", to, "k"), Error, "gone");
  assertEquals(await contentOf(to), {});
});

Deno.test("tfrecordToFiles: records that are no files, and names that lead out, are refused on every store", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using files = await openFileStore(`${directory}/root`);
    await Deno.mkdir(`${directory}/root`);
    await using from = new MemoryStore();
    // A name with a type, which files do not keep.
    await putRecords(from, "k", [encodeExample({ name: { bytes: ["a/b.txt"] }, data: { bytes: ["x"] } })]);
    await tfrecordToFiles(from, "k", files, "typed");
    assertEquals(Object.keys(await contentOf(files, "typed/")), ["a/b.txt"]);
    const file = (name: string) => encodeExample({ name: { bytes: [name] }, data: { bytes: ["x"] } });
    const cases: [Uint8Array, string][] = [
      ...["../x", "a/../../x", "/x", "a\\..\\x", "a//b", "./a", "a/", "", "C:/x", "a\0b"].map((name) =>
        [file(name), `record 1 at byte`] as [Uint8Array, string]
      ),
      [file("sound"), 'two records are named "sound"'],
      [encodeExample({ data: { bytes: ["x"] } }), "it has not one value of bytes as its name"],
      [encodeExample({ name: { ints: [1] }, data: { bytes: ["x"] } }), "as its name"],
      [encodeExample({ name: { bytes: ["a"] }, data: { bytes: ["x", "y"] } }), "as its data"],
      [
        encodeExample({ name: { bytes: ["a"] }, data: { bytes: ["x"] }, label: { ints: [1] } }),
        'a feature "label"',
      ],
      [encodeExample({ name: { bytes: [Uint8Array.of(0xff)] }, data: { bytes: ["x"] } }), "no UTF-8"],
      [new TextEncoder().encode("text"), "Cannot read tf.Example of"],
    ];
    for (const [record, message] of cases) {
      await putRecords(from, "k", [file("sound"), record]);
      for (const to of [new MemoryStore(), files]) {
        await assertRejects(() => tfrecordToFiles(from, "k", to, "out"), FormatError, message);
        const written = Object.keys(await contentOf(to, "out/"));
        assertEquals(written.filter((name) => name !== "sound"), []);
      }
    }
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["root"]);
    await putRecords(from, "k", [file("sound")]);
    await tfrecordToFiles(from, "k", files, "out");
    const kept = { ifNoneMatch: "*" };
    await assertRejects(() => tfrecordToFiles(from, "k", files, "out", kept), AlreadyExistsError);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("nameFault: names of files below a place, and no others", () => {
  for (const name of ["a", "a/b.c", "...", "a b", "é/☃", "-", "ab:c"]) {
    assertEquals(nameFault(name), undefined, name);
  }
  for (
    const name of [
      "",
      ".",
      "..",
      "a/..",
      "../a",
      "/a",
      "a/",
      "a//b",
      "\\a",
      "a\0",
      "\ud800",
      "C:a",
      "x".repeat(256),
    ]
  ) {
    assertEquals(typeof nameFault(name), "string", name);
  }
});

Deno.test("tfrecordToFiles: an object is never replaced by its own record", async () => {
  await using store = new MemoryStore();
  await store.put("in/d/a.tfrecord", new TextEncoder().encode("lost"));
  await filesToTfrecord(store, "in/", store, "d/a.tfrecord", { index: false });
  const { bytes } = await getBytes(store, "d/a.tfrecord");
  await assertRejects(
    () => tfrecordToFiles(store, "d/a.tfrecord", store, ""),
    FormatError,
    '"d/a.tfrecord" is not written: it would replace the object itself',
  );
  assertEquals((await getBytes(store, "d/a.tfrecord")).bytes, bytes);
});
