import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { getBytes, MemoryStore, type ObjectMeta } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { FormatError } from "@lade/formats/errors";
import { injectFaults } from "@lade/testing";
import { isMapDataset } from "../datasets/dataset.ts";
import { ObjectTable } from "../datasets/object_table.ts";
import { createLoader } from "../loader/create_loader.ts";
import { listDataset, openDataset } from "../open/open_dataset.ts";
import { SAMPLE_FILES } from "../testing/sample_files.ts";
import { ascending, epoch } from "../testing/range_dataset.ts";
import { MANIFEST_NAME, parseManifest, readManifest, writeManifest } from "./manifest.ts";

Deno.test("a manifest brings back every name, size and tag", async () => {
  await using store = new MemoryStore();
  for (const name of ["a", "tab\there", "line\nfeed", "back\\slash", "\\t", "é☃", "x/y"]) {
    await store.put(`p/${name}`, new Uint8Array(name.length));
  }
  const listed = await listDataset(store, "p/");
  const key = await writeManifest(store, "p/", listed);
  assertEquals(key, `p/${MANIFEST_NAME}`);
  const { bytes } = await getBytes(store, key);
  const read = parseManifest(bytes, { prefix: "p/", uri: "memory://p" });
  assertEquals(read.kind, "files");
  const all = ({ objects }: typeof read) => ascending(objects.length).map((index) => objects.at(index));
  assertEquals(all(read), all(listed));
  // A prefix that was moved elsewhere is still right.
  const moved = parseManifest(bytes, { prefix: "q/", uri: "memory://q" });
  assertEquals(all(moved).map(({ key }) => key), all(listed).map(({ key }) => key.replace("p/", "q/")));
});

Deno.test("a manifest that is cut or altered is an error, with its line", async () => {
  await using store = new MemoryStore();
  for (const name of ["a", "b", "c"]) await store.put(`p/${name}`, new Uint8Array(1));
  const { bytes } = await getBytes(store, await writeManifest(store, "p/", await listDataset(store, "p/")));
  const text = new TextDecoder().decode(bytes);
  const parse = (text: string) => () =>
    parseManifest(new TextEncoder().encode(text), { prefix: "p/", uri: "memory://p/m" });
  for (let length = 0; length < text.length; length++) {
    assertThrows(parse(text.slice(0, length)), FormatError);
  }
  assertThrows(parse(`${text}1\tx\td\n`), FormatError, "lists 3 objects");
  assertThrows(parse(text.replace('"version":1', '"version":2')), FormatError, "version 2");
  assertThrows(parse(text.replace('"files"', '"filez"')), FormatError, "filez");
  assertThrows(parse(text.replace("\n1\t", "\n-1\t")), FormatError, "line 2");
  for (
    const line of [
      "1",
      "1\tx",
      "1\tx\t",
      "1\tx\ta\tb",
      "\tx\ta",
      "1.5\tx\ta",
      "12345678901234567\tx\ta",
    ]
  ) {
    const other = text.replace(/\n1\t.*\n/, `\n${line}\n`);
    assertThrows(parse(other), FormatError, "line 2: size, etag and name", JSON.stringify(line));
  }
  for (const kind of ["1", "null", '["files"]']) {
    assertThrows(parse(text.replace('"files"', kind)), FormatError, "line 1: the manifest's kind");
  }
  for (const count of ["null", '"3"', "2.5"]) {
    assertThrows(parse(text.replace('"objects":3', `"objects":${count}`)), FormatError, "line 1: ");
  }
  assertThrows(parse("null\n"), FormatError, "another format");
  assertThrows(
    () => parseManifest(Uint8Array.of(0xff), { prefix: "", uri: "memory://p/m" }),
    FormatError,
    "no UTF-8",
  );
});

Deno.test("a manifest of many pieces is read as one, wherever the pieces are cut", async () => {
  const names = ascending(6000).map((i) => `${"é☃𝄞".repeat(1 + i % 5)}${i}`);
  const objects = await ObjectTable.of(
    names.map((name, size) => ({ key: `p/${name}`, size })) as ObjectMeta[],
  );
  await using store = new MemoryStore();
  await writeManifest(store, "p/", { kind: "files", objects });
  const all = ({ objects }: { readonly objects: ObjectTable }) =>
    ascending(objects.length).map((index) => objects.at(index));
  for (const chunkSize of [2 ** 15, 2 ** 16 + 1]) {
    const cut = new ForwardingStore(store);
    Object.defineProperty(cut, "readHints", { value: { ...store.readHints, chunkSize } });
    assertEquals(all(await readManifest(cut, "p/")), all({ objects }));
  }
  await store.put(`p/${MANIFEST_NAME}`, (await getBytes(store, `p/${MANIFEST_NAME}`)).bytes.subarray(0, -2));
  await assertRejects(() => readManifest(store, "p/"), FormatError, "line 6001: the manifest ends here");
  await assertRejects(() => readManifest(store, "q/"), NotFoundError);
  assertEquals(store.context.budget.held, 0);
});

Deno.test("a manifest lists nothing from elsewhere, and is not there where it would", async () => {
  await using store = new MemoryStore();
  await store.put("p/a", new Uint8Array(1));
  await store.put("q/a", new Uint8Array(1));
  const elsewhere = await listDataset(store, "q/");
  await assertRejects(() => writeManifest(store, "p/", elsewhere), TypeError, 'Cannot list "q/a" below "p/"');
  await assertRejects(() => store.head(`p/${MANIFEST_NAME}`));
});

for (const { name, write, idOf } of SAMPLE_FILES) {
  Deno.test(`${name}: what lies under a prefix is known by its names, and a manifest spares the listing`, async () => {
    const plain = new MemoryStore();
    await write(plain, 40);
    const store = injectFaults(plain, []);
    const ids = async (prefix: string) => {
      await using dataset = await openDataset(store, prefix);
      const transform = (sample: unknown) => idOf(sample);
      await using loader = createLoader<unknown, number>(dataset, { batchSize: 9, transform });
      return {
        ids: (await epoch(loader)).flat().toSorted((a, b) => a - b),
        fingerprint: dataset.fingerprint,
      };
    };
    const [prefix] = (await firstKey(plain)).split("/");
    const listed = await ids(`${prefix}/`);
    assertEquals(listed.ids, ascending(40));
    assertEquals(await ids(`${prefix}`), listed);
    await writeManifest(store, `${prefix}/`, await listDataset(store, `${prefix}/`));
    const before = store.calls.filter(({ operation }) => operation === "list").length;
    assertEquals(await ids(`${prefix}/`), listed);
    assertEquals(store.calls.filter(({ operation }) => operation === "list").length, before);
  });
}

Deno.test("openDataset(): shards beside others are refused until a kind is said, and nothing is an error", async () => {
  await using store = new MemoryStore();
  await store.put("p/a.tar", new Uint8Array(1024));
  await store.put("p/readme.txt", new Uint8Array(3));
  await assertRejects(
    () => openDataset(store, "p/"),
    TypeError,
    'samples in "p/a.tar" and files in "p/readme.txt"',
  );
  await using files = await openDataset(store, "p/", { kind: "files" });
  assertEquals(isMapDataset(files) && files.length, 2);
  await using one = await openDataset(store, "p/readme.txt");
  assertEquals(isMapDataset(one) && one.length, 1);
  await assertRejects(() => openDataset(store, "none/"), Error, "no object lies there");
});

async function firstKey(store: MemoryStore): Promise<string> {
  for await (const { key } of store.list("")) return key;
  throw new TypeError("there is no object");
}

Deno.test("what has no lines is given up at once, and a size that no object has is told", () => {
  const ground = { prefix: "p/", uri: "memory://p/lade-manifest.tsv" };
  const head = `{"format":"lade-manifest","version":1,"kind":"files","objects":1}\n`;
  const wrong: [string, string][] = [
    ["<", "line 1: the line has more than 65536 characters"],
    [head, "line 2: the line has more than 65536 characters"],
  ];
  for (const [begin, words] of wrong) {
    const bytes = new Uint8Array(2 ** 27).fill(97);
    bytes.set(new TextEncoder().encode(begin));
    assertThrows(() => parseManifest(bytes, ground), FormatError, words);
  }
  const huge = new TextEncoder().encode(`${head}9007199254740993\t\ta\n`);
  assertThrows(
    () => parseManifest(huge, ground),
    FormatError,
    "line 2: no object has 9007199254740993 bytes",
  );
});

Deno.test("a manifest that names an object twice is refused with both lines, side by side or not", async () => {
  const head = (objects: number) =>
    `{"format":"lade-manifest","version":1,"kind":"files","objects":${objects}}\n`;
  const parse = (names: readonly string[]) => () => {
    const lines = names.map((name, size) => `${size}\t\t${name}\n`).join("");
    const bytes = new TextEncoder().encode(head(names.length) + lines);
    return parseManifest(bytes, { prefix: "p/", uri: "memory://p/m" });
  };
  assertThrows(
    parse(["a", "b", "b", "c"]),
    FormatError,
    'line 4: "p/b" is named a second time, after line 3',
  );
  assertThrows(
    parse(["b", "a", "c", "a"]),
    FormatError,
    'line 5: "p/a" is named a second time, after line 3',
  );
  // The first of several is told, and escapes are no other names.
  assertThrows(parse(["z", "x", "y", "x", "y", "z"]), FormatError, 'line 5: "p/x"');
  assertThrows(parse(["t\\\\", "a", "t\\\\"]), FormatError, "after line 2");
  assertEquals(parse(["z", "y", "é", "x"])().objects.length, 4);
  const many = ascending(5000).map((i) => `${i * 7919 % 5000}`);
  assertEquals(parse(many)().objects.length, 5000);
  assertThrows(parse([...many, "4321"]), FormatError, 'line 5002: "p/4321"');
  const objects = await ObjectTable.of(
    ["p/b", "p/a", "p/b"].map((key) => ({ key, size: 1 })) as ObjectMeta[],
  );
  await using store = new MemoryStore();
  await assertRejects(() => writeManifest(store, "p/", { kind: "files", objects }), TypeError, '"p/b" twice');
  await assertRejects(() => store.head(`p/${MANIFEST_NAME}`), NotFoundError);
});
