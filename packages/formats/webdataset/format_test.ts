import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { gzipSync } from "node:zlib";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { PermissionDeniedError } from "@lade/core/errors";
import { FormatError, StaleIndexError } from "../errors/format_error.ts";
import { openHead } from "../formats/open_head.ts";
import { openFormat } from "../formats/open_format.ts";
import type { ScanOptions, TableReader } from "../table/table_reader.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { valueAt } from "../table/value_at.ts";
import { BLOCK } from "../tar/tar_member.ts";
import { TarWriter } from "../tar/tar_writer.ts";
import { assertDamageIsFound } from "../testing/damage.ts";
import { scanTar } from "../tar/scan_tar.ts";
import { writeSampleIndex } from "./index_samples.ts";

async function tar(names: readonly string[], key = "a.tar", store: ObjectStore = new MemoryStore()) {
  await using writer = await TarWriter.create(store, key);
  for (const name of names) {
    if (name.endsWith("/")) await writer.add({ name: name.slice(0, -1), type: "directory" });
    else await writer.add({ name, mtime: 5 }, new TextEncoder().encode(name));
  }
  await writer.close();
  return store;
}

async function open(store: ObjectStore, key = "a.tar"): Promise<TableReader> {
  const { format, target } = await openFormat(store, key);
  const reader = await format.openTable?.(target);
  if (!reader) throw new Error("no table");
  return reader;
}

async function rowsOf(reader: TableReader, options?: ScanOptions): Promise<unknown[][]> {
  const rows = [];
  for await (const { columns, rows: count } of reader.scan(options)) {
    for (let row = 0; row < count; row++) {
      rows.push(columns.map((column) => {
        const value = valueAt(column, row);
        return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
      }));
    }
  }
  return rows;
}

const NAMES = ["1.jpg", "1.cls", "README", "2.jpg", "3.cls", "3.jpg"];
const ROWS = [["1", "1.jpg", "1.cls"], ["2", "2.jpg", null], ["3", "3.jpg", "3.cls"]];

for (const kind of ["in order", "by index", "compressed"]) {
  Deno.test(`tar format: samples as a table, ${kind}`, async () => {
    await using store = await tar(NAMES);
    if (kind === "by index") await writeSampleIndex(store, "a.tar");
    if (kind === "compressed") {
      await store.put("a.tar.gz", new Uint8Array(gzipSync((await getBytes(store, "a.tar")).bytes)));
    }
    await using reader = await open(store, kind === "compressed" ? "a.tar.gz" : "a.tar");
    assertEquals(reader.schema.fields.map(({ name }) => name), ["__key__", "jpg", "cls"]);
    assertEquals(reader.rows, kind === "by index" ? 3 : undefined);
    assertEquals(await rowsOf(reader), ROWS);
    assertEquals(await rowsOf(reader, { rows: { from: 1, to: 2 } }), ROWS.slice(1, 2));
    assertEquals(await rowsOf(reader, { rows: { from: 2, to: 9 }, batchRows: 1 }), ROWS.slice(2));
    assertEquals(
      await rowsOf(reader, { columns: ["cls", "__key__"] }),
      ROWS.map(([key, , cls]) => [cls, key]),
    );
    assertEquals(await rowsOf(reader, { columns: ["__key__"], rows: { from: 1 } }), [["2"], ["3"]]);
    await assertRejects(() => rowsOf(reader, { columns: ["png"] }), TypeError, 'no column is called "png"');
  });
}

Deno.test("tar format: a field that the first samples lack is an error, unless columns are chosen", async () => {
  const names = Array.from({ length: 1000 }, (_, index) => `${index}.a`);
  await using store = await tar([...names, "late.a", "late.b"]);
  await using reader = await open(store);
  await assertRejects(() => rowsOf(reader), FormatError, 'sample "late" has the field "b"');
  assertEquals((await rowsOf(reader, { columns: ["a"] })).length, 1001);
  const { format, target } = await openFormat(store, "a.tar");
  assertEquals((await format.describe(target)).metadata, { files: "more than 1000: lade index counts them" });
  await writeSampleIndex(store, "a.tar");
  const indexed = await open(store);
  assertEquals((await rowsOf(indexed)).at(-1), ["late", "late.a", "late.b"]);
});

Deno.test("tar format: what makes up no samples is a table of members", async () => {
  const schema = parseSchema("name: string, type: string, size: int64, mtime: float64, data: binary?");
  for (const names of [["d/", "d/README"], ["a.x", "b.x", "a.y"]]) {
    await using store = await tar(names);
    const { format, target } = await openFormat(store, "a.tar");
    const isSchemaNeeded = names.includes("a.y");
    await using reader = await format.openTable?.(target, isSchemaNeeded ? { schema } : {}) as TableReader;
    assertEquals(
      await rowsOf(reader, { columns: ["name", "type"] }),
      names.map((name) => name.endsWith("/") ? [name.slice(0, -1), "directory"] : [name, "file"]),
    );
    const [, second] = await rowsOf(reader);
    const [, name = ""] = names;
    assertEquals(second, [name, "file", BigInt(name.length), 5, name]);
    assertEquals(await rowsOf(reader, { columns: ["size"], rows: { from: 1, to: 2 } }), [[
      BigInt(name.length),
    ]]);
  }
});

Deno.test("tar format: a table of samples that are torn or have a field twice is an error", async () => {
  for (
    const [names, fault] of [
      [
        ["a.x", "b.x", "a.y"],
        'sample "a" comes back after another one: it is torn (member "a.y" at byte 2560)',
      ],
      [["a.x", "a.X"], 'sample "a" has the field "x" twice (member "a.X" at byte 1536)'],
    ] as const
  ) {
    await using store = await tar(names);
    const error = await assertRejects(() => open(store), FormatError, fault);
    assertStringIncludes(error.message, `by the schema "name: string, data: binary" each member is a row`);
    const { format, target } = await openFormat(store, "a.tar");
    const schema = parseSchema("name: string, data: binary");
    await using members = await format.openTable?.(target, { schema }) as TableReader;
    assertEquals(await rowsOf(members), names.map((name) => [name, name]));
  }
});

Deno.test("tar format: what an archive is, with an index and without", async () => {
  await using store = await tar(NAMES);
  const describe = async (key = "a.tar") => {
    const { format, target } = await openFormat(store, key);
    const { schema, ...rest } = await format.describe(target);
    return { ...rest, columns: schema?.fields.length };
  };
  const { size } = await store.head("a.tar");
  const base = {
    format: "tar" as const,
    size,
    checksums: ["sum of each header's bytes"],
    records: 3,
    columns: 3,
  };
  assertEquals(await describe(), { ...base, inferred: true, metadata: { files: "6" } });
  await writeSampleIndex(store, "a.tar");
  assertEquals(await describe(), { ...base, metadata: { files: "5" } });
  await tar(["d/", "README"], "b.tar", store);
  assertEquals(await describe("b.tar"), { ...base, size: 2560, records: 2, columns: undefined });
});

Deno.test("tar format: verification compares headers, the end, and the index", async () => {
  await using store = await tar(NAMES);
  const verify = async (key = "a.tar") => {
    const { format, target } = await openFormat(store, key, { format: "tar" });
    return await format.verify(target);
  };
  const { bytes } = await getBytes(store, "a.tar");
  assertEquals(await verify(), {
    checked: { "sum of a header's bytes": 6 },
    unchecked: 31,
    bytes: 6 * BLOCK,
    faults: [],
  });
  await writeSampleIndex(store, "a.tar");
  assertEquals((await verify()).faults, []);
  // A directory is no field of a sample, whatever its name.
  await tar(["1.jpg", "1.d/", "1.cls"], "d.tar", store);
  await writeSampleIndex(store, "d.tar");
  assertEquals((await verify("d.tar")).faults, []);
  await tar(["1.jpg", "1.cls", "2.jpg", "3.cls", "3.png"], "a.tar", store);
  assertEquals(
    (await verify()).faults.map((fault) => [fault.constructor, fault.message.includes("lade index")]),
    [
      [StaleIndexError, true],
    ],
  );
  await tar(["1.jpg", "2.jpg", "1.cls"], "a.tar", store);
  await store.put("a.idx", new TextEncoder().encode("v1.2 1\njpg 512 5 1.jpg\n"));
  assertEquals((await verify()).faults.map(({ message }) => message.includes("torn")), [true]);
  await store.put("b.tar", bytes.slice(0, bytes.length - 1024));
  assertEquals((await verify("b.tar")).faults.map(({ message }) => message.includes("may be cut")), [true]);
  await store.put("c.tar.gz", new Uint8Array(gzipSync(bytes)));
  assertEquals((await verify("c.tar.gz")).faults, []);
});

Deno.test("tar format: one that is compressed is described, shown and verified without being kept in memory", async () => {
  await using store = await tar(NAMES);
  const stored = new Uint8Array(gzipSync((await getBytes(store, "a.tar")).bytes));
  await store.put("c.tar.gz", stored);
  const opened = await openFormat(store, "c.tar.gz", { maxSize: 1 });
  assertEquals((await opened.format.describe(opened.target)).size, stored.length);
  assertEquals((await opened.format.verify(opened.target)).checked, { "sum of a header's bytes": 6 });
  const head = await Array.fromAsync((await openHead(opened, { count: 2 })).rows);
  assertEquals(head.map((row) => row[0]), NAMES.slice(0, 2).map((name) => ["name", name] as const));
});

Deno.test("tar format: an object that may not be read is no fault of it", async () => {
  await using store = await tar(NAMES);
  const { format, target } = await openFormat(store, "a.tar");
  const denied = new PermissionDeniedError({ operation: "get", uri: "memory://a.tar", detail: "no" });
  const open = () => Promise.reject(denied);
  await assertRejects(() => format.verify({ ...target, open }), PermissionDeniedError);
});

Deno.test("tar format: verification finds all damage but to data", async () => {
  await using store = await tar(["a.x", "é.y"]);
  const whole = (await getBytes(store, "a.tar")).bytes;
  const found = await Array.fromAsync(scanTar(store, "a.tar"));
  await assertDamageIsFound(whole, {
    key: "a.tar",
    step: 3,
    read: async (damaged, key) => {
      const { format, target } = await openFormat(damaged, key, { format: "tar" });
      const { faults } = await format.verify(target);
      if (faults[0]) throw faults[0];
    },
    isUndetectable: ({ what }) => {
      const at = Number(/^byte (\d+)/.exec(what)?.[1]);
      // A leading zero of a checksum may as well be a space; data and the records of pax headers have no checksum.
      if (what.endsWith("^ 16") && at % BLOCK === 148) return true;
      const isCovered = found.every(({ offset, headerOffset }) =>
        at < headerOffset + BLOCK || at >= offset + BLOCK || (at >= offset - BLOCK && at < offset)
      );
      return what === "lengthened by 512 zeros" || (!Number.isNaN(at) && !isCovered);
    },
  });
});
