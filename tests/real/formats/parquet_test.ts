import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { StoreError, UnsupportedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { createParquetWriter, openParquet } from "@lade/formats/parquet";
import type { Column, TableBatch } from "@lade/formats/table";
import { bytesAt, hasValue, itemRange, valueAt } from "@lade/formats/table";
import { testWithPython } from "./python.ts";

/** Values that Python and JavaScript can compare as JSON: numbers as text, floats and bytes as hex, structs as lists. */
function plain(column: Column, row: number): unknown {
  if (!hasValue(column, row)) return null;
  const { type } = column.field;
  switch (type.kind) {
    case "float16":
    case "float32":
    case "float64": {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, Number(column.values?.[row]));
      return "f" + new Uint8Array(view.buffer).toHex();
    }
    case "binary":
    case "fixed-binary":
      return "b" + bytesAt(column, row).toHex();
    case "string":
      return "s" + valueAt(column, row);
    case "bool":
    case "decimal":
      return valueAt(column, row);
    case "list": {
      const [from, to] = itemRange(column, row);
      const [items] = column.children ?? [];
      return items ? Array.from({ length: to - from }, (_, index) => plain(items, from + index)) : [];
    }
    case "struct":
      return column.children?.map((child) => plain(child, row));
    default:
      return String(column.values?.[row]);
  }
}

async function allOf(batches: AsyncIterable<TableBatch>): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for await (const { columns } of batches) {
    for (const column of columns) {
      const values = all[column.field.name] ??= [];
      for (let row = 0; row < column.length; row++) values.push(plain(column, row));
    }
  }
  return all;
}

const PREAMBLE = `
import sys, json, struct, datetime, decimal, random
import pyarrow as pa, pyarrow.parquet as pq
def plain(v):
    if v is None or isinstance(v, bool): return v
    if isinstance(v, int): return str(v)
    if isinstance(v, float): return "f" + struct.pack(">d", v).hex()
    if isinstance(v, bytes): return "b" + v.hex()
    if isinstance(v, str): return "s" + v
    if isinstance(v, decimal.Decimal): return format(v, "f")
    if isinstance(v, dict): return [plain(x) for x in v.values()]
    if isinstance(v, (list, tuple)): return [plain(x) for x in v]
    raise TypeError(type(v))
def column(c):
    if pa.types.is_timestamp(c.type) or pa.types.is_time64(c.type): c = c.cast(pa.int64())
    elif pa.types.is_date32(c.type) or pa.types.is_time32(c.type): c = c.cast(pa.int32())
    elif pa.types.is_float16(c.type): c = c.cast(pa.float32())
    return [plain(v) for v in c.to_pylist()]
def dump(table): print(json.dumps({n: column(table.column(n)) for n in table.column_names}))
random.seed(7)
def some(make, n, nulls=True): return [None if nulls and random.random() < 0.2 else make(i) for i in range(n)]
def table(n):
    D = decimal.Decimal
    decimal.getcontext().prec = 60
    ints = lambda bits, signed: (lambda i: random.choice([-(1 << bits - 1), (1 << bits - 1) - 1, i % 100]) if signed else random.choice([0, (1 << bits) - 1, i % 100]))
    cols = {}
    for bits in (8, 16, 32, 64):
        cols[f"i{bits}"] = pa.array(some(ints(bits, True), n), getattr(pa, f"int{bits}")())
        cols[f"u{bits}"] = pa.array(some(ints(bits, False), n), getattr(pa, f"uint{bits}")())
    cols["f16"] = pa.array(some(lambda i: i / 8, n), pa.float16())
    cols["f32"] = pa.array(some(lambda i: random.random(), n), pa.float32())
    cols["f64"] = pa.array(some(lambda i: random.choice([random.random(), float("inf"), -0.0]), n), pa.float64())
    cols["bool"] = pa.array(some(lambda i: random.random() < 0.5, n), pa.bool_())
    cols["text"] = pa.array(some(lambda i: random.choice(["", "é☃", "x" * 40, f"row {i}"]), n), pa.string())
    cols["bytes"] = pa.array(some(lambda i: random.randbytes(i % 30), n), pa.binary())
    cols["fixed"] = pa.array(some(lambda i: random.randbytes(5), n), pa.binary(5))
    cols["few"] = pa.array(some(lambda i: random.choice(["red", "green", "blue"]), n), pa.string())
    cols["d9"] = pa.array(some(lambda i: D(random.randrange(-10**9 + 1, 10**9)).scaleb(-2), n), pa.decimal128(9, 2))
    cols["d18"] = pa.array(some(lambda i: D(random.randrange(-10**18 + 1, 10**18)).scaleb(-7), n), pa.decimal128(18, 7))
    cols["d38"] = pa.array(some(lambda i: D(random.randrange(-10**38 + 1, 10**38)).scaleb(-20), n), pa.decimal128(38, 20))
    cols["date"] = pa.array(some(lambda i: i * 37 - 10000, n), pa.int32()).cast(pa.date32())
    for unit in ("ms", "us", "ns"):
        cols["t_" + unit] = pa.array(some(lambda i: i * 1000003 - 5 * 10**9, n), pa.int64()).cast(pa.timestamp(unit))
        cols["z_" + unit] = pa.array(some(lambda i: i * 1000003 - 5 * 10**9, n), pa.int64()).cast(pa.timestamp(unit, "UTC"))
    cols["time32"] = pa.array(some(lambda i: i * 997 % 86400000, n), pa.int32()).cast(pa.time32("ms"))
    cols["time64"] = pa.array(some(lambda i: i * 997 % 86400000, n), pa.int64()).cast(pa.time64("us"))
    cols["timens"] = pa.array(some(lambda i: i * 997 % 86400000, n), pa.int64()).cast(pa.time64("ns"))
    cols["list"] = pa.array(some(lambda i: some(lambda j: j, i % 5), n), pa.list_(pa.int32()))
    cols["lists"] = pa.array(some(lambda i: some(lambda j: some(lambda k: f"{i}{j}{k}", j % 3), i % 4), n), pa.list_(pa.list_(pa.string())))
    point = pa.struct([pa.field("x", pa.float64(), nullable=False), ("name", pa.string()), ("tags", pa.list_(pa.int8()))])
    make = lambda i: {"x": float(i), "name": None if i % 3 else f"n{i}", "tags": None if i % 4 == 1 else [i % 7] * (i % 3)}
    cols["struct"] = pa.array(some(make, n), point)
    cols["structs"] = pa.array(some(lambda i: some(make, i % 4), n), pa.list_(point))
    cols["map"] = pa.array(some(lambda i: [(f"k{j % 2}", None if j == 1 else j) for j in range(i % 4)], n), pa.map_(pa.string(), pa.int64()))
    cols["nulls"] = pa.array([None] * n, pa.int32())
    schema = pa.schema([pa.field(k, v.type) for k, v in cols.items()] + [
        pa.field("req_i64", pa.int64(), nullable=False), pa.field("req_f32", pa.float32(), nullable=False),
        pa.field("req_text", pa.string(), nullable=False), pa.field("req_bool", pa.bool_(), nullable=False),
        pa.field("req_list", pa.list_(pa.field("element", pa.int16(), nullable=False)), nullable=False)])
    return pa.table(list(cols.values()) + [
        pa.array(range(n), pa.int64()), pa.array([i / 3 for i in range(n)], pa.float32()),
        pa.array([f"t{i}" for i in range(n)]), pa.array([i % 3 == 0 for i in range(n)]),
        pa.array([[i] * (i % 3) for i in range(n)], pa.list_(pa.int16()))], schema=schema)
`;

const CODECS = ["none", "snappy", "gzip", "brotli", "lz4", "zstd"];

testWithPython(
  "parquet: files of pyarrow in all types, codecs, page versions and encodings",
  async (python) => {
    const script = `${PREAMBLE}
t = table(1500)
for codec in ${JSON.stringify(CODECS)}:
    for version in ("1.0", "2.0"):
        for dictionary in (True, False):
            pq.write_table(t, f"{codec}-{version}-{dictionary}.parquet", compression=codec, data_page_version=version,
                use_dictionary=dictionary, row_group_size=400, data_page_size=700, write_page_checksum=dictionary,
                write_page_index=not dictionary, use_deprecated_int96_timestamps=False, store_schema=False)
dump(t)
`;
    const due = JSON.parse(await python.run(script));
    await using store = await openFileStore(python.directory);
    for (const codec of CODECS) {
      for (const version of ["1.0", "2.0"]) {
        for (const dictionary of ["True", "False"]) {
          const name = `${codec}-${version}-${dictionary}.parquet`;
          await using table = await openParquet(store, name);
          assertEquals(table.rows, 1500, name);
          assertEquals(table.footer.groups.length, 4, name);
          const all = await allOf(table.scan());
          for (const [column, values] of Object.entries(due)) {
            assertEquals(
              all[column],
              values,
              `${name} ${column}`,
            );
          }
          assertEquals(Object.keys(all), Object.keys(due));
          const some = await allOf(
            table.scan({ columns: ["structs", "text", "req_f32"], rows: { from: 390, to: 811 } }),
          );
          assertEquals(Object.keys(some), ["structs", "text", "req_f32"]);
          for (const [column, values] of Object.entries(some)) {
            assertEquals(values, due[column].slice(390, 811), `${name} ${column}`);
          }
        }
      }
    }
  },
);

testWithPython(
  "parquet: what is written is read by pyarrow, page checksums and all, in every type and codec",
  async (python) => {
    await python.run(`${PREAMBLE}
pq.write_table(table(1500), "from.parquet", store_schema=False)
pq.write_table(table(0), "empty.parquet", store_schema=False)
`);
    await using store = await openFileStore(python.directory);
    const written: string[] = [];
    for (const name of ["from", "empty"]) {
      for (const compression of ["none", "snappy", "gzip", "brotli", "zstd", "zstd:12"]) {
        await using table = await openParquet(store, `${name}.parquet`);
        const to = `${name}-${compression.replace(":", "-")}.parquet`;
        const options = { schema: { ...table.schema, metadata: { "é": "☃" } }, compression, groupRows: 401 };
        await using writer = await createParquetWriter(store, to, options);
        for await (const batch of table.scan({ batchRows: 333 })) await writer.write(batch);
        await writer.close();
        written.push(to);
      }
    }
    const script = `${PREAMBLE}
for name in sys.argv[1:]:
    due = pq.read_table(name.split("-")[0] + ".parquet")
    with pq.ParquetFile(name, page_checksum_verification=True) as f:
        got = f.read()
        assert f.metadata.num_row_groups == (4 if due.num_rows else 0), f.metadata
        assert f.schema_arrow.metadata == {"é".encode(): "☃".encode()}, f.schema_arrow.metadata
    assert got.column_names == due.column_names
    for field in due.schema:
        other = got.schema.field(field.name)
        # Arrow's maps are lists of structs to everyone else.
        if not pa.types.is_map(field.type): assert other.type == field.type and other.nullable == field.nullable, (field, other)
        a, b = column(due.column(field.name)), column(got.column(field.name))
        assert a == b, (name, field)
    if due.num_rows:
        with pq.ParquetFile(name) as f:
            c = f.metadata.row_group(0).column(f.metadata.schema.names.index("i64"))
            values = [v for v in due.column("i64").to_pylist()[:401] if v is not None]
            assert (c.statistics.min, c.statistics.max, c.statistics.null_count) == (min(values), max(values), 401 - len(values)), c
            assert f.read_row_group(2, columns=["text"]).num_rows == 401
print("ok")
`;
    assertEquals(await python.run(script, ...written), "ok");
  },
);

testWithPython("parquet: encodings that pyarrow writes on request", async (python) => {
  const script = `${PREAMBLE}
n = 3000
cols = {
    "i32_DELTA_BINARY_PACKED": pa.array(some(lambda i: random.choice([i, -(1 << 31), (1 << 31) - 1]), n), pa.int32()),
    "i64_DELTA_BINARY_PACKED": pa.array(some(lambda i: random.choice([i, -(1 << 63), (1 << 63) - 1]), n), pa.int64()),
    "seq_DELTA_BINARY_PACKED": pa.array(range(n), pa.int64()),
    "small_DELTA_BINARY_PACKED": pa.array([i % 7 * 3 for i in range(n)], pa.int32()),
    "text_DELTA_LENGTH_BYTE_ARRAY": pa.array(some(lambda i: "x" * (i % 9) + str(i), n), pa.string()),
    "text_DELTA_BYTE_ARRAY": pa.array(some(lambda i: f"prefix/{i // 10}/{i}", n), pa.string()),
    "fixed_DELTA_BYTE_ARRAY": pa.array(some(lambda i: b"%06d" % i, n), pa.binary(6)),
    "f32_BYTE_STREAM_SPLIT": pa.array(some(lambda i: random.random(), n), pa.float32()),
    "f64_BYTE_STREAM_SPLIT": pa.array(some(lambda i: random.random(), n), pa.float64()),
    "i32_BYTE_STREAM_SPLIT": pa.array(some(lambda i: i * 977, n), pa.int32()),
    "i64_BYTE_STREAM_SPLIT": pa.array(some(lambda i: i * 977 << 30, n), pa.int64()),
    "fixed_BYTE_STREAM_SPLIT": pa.array(some(lambda i: b"%06d" % i, n), pa.binary(6)),
    "bool_RLE": pa.array(some(lambda i: i % 50 < 30, n), pa.bool_()),
}
t = pa.table(cols)
for version in ("1.0", "2.0"):
    pq.write_table(t, f"{version}.parquet", version="2.6", data_page_version=version, use_dictionary=False, data_page_size=2000,
        column_encoding={name: name.split("_", 1)[1] for name in cols}, write_page_checksum=True, store_schema=False)
dump(t)
`;
  const due = JSON.parse(await python.run(script));
  await using store = await openFileStore(python.directory);
  for (const version of ["1.0", "2.0"]) {
    await using table = await openParquet(store, `${version}.parquet`);
    const all = await allOf(table.scan());
    for (const [column, values] of Object.entries(due)) {
      assertEquals(all[column], values, `${version} ${column}`);
    }
  }
});

testWithPython(
  "parquet: INT96, lists of older writers, large texts, and what is encrypted",
  async (python) => {
    const script = `${PREAMBLE}
import pyarrow.parquet.encryption as pe, base64
t = pa.table({"at": pa.array([0, None, 1234567890123456789, -5 * 10**17], pa.timestamp("ns")),
    "list": pa.array([[1, None], [], None, [2]], pa.list_(pa.int32())),
    "large": pa.array(["a", None, "", "b"], pa.large_string())})
pq.write_table(t, "old.parquet", use_deprecated_int96_timestamps=True, use_compliant_nested_type=False, store_schema=False)
class Kms(pe.KmsClient):
    def __init__(self, c): super().__init__()
    def wrap_key(self, key, name): return base64.b64encode(key)
    def unwrap_key(self, key, name): return base64.b64decode(key)
factory = pe.CryptoFactory(Kms)
for open in (True, False):
    config = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["large"]}, plaintext_footer=open)
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), config)
    with pq.ParquetWriter(f"secret-{open}.parquet", t.schema, encryption_properties=properties, store_schema=False) as w: w.write_table(t)
dump(t)
`;
    const due = JSON.parse(await python.run(script));
    await using store = await openFileStore(python.directory);
    await using old = await openParquet(store, "old.parquet");
    assertEquals(await allOf(old.scan()), due);
    await assertRejects(
      () => openParquet(store, "secret-False.parquet"),
      UnsupportedError,
      "its footer is encrypted",
    );
    await using secret = await openParquet(store, "secret-True.parquet");
    await assertRejects(
      () => allOf(secret.scan()),
      UnsupportedError,
      'column "large" is encrypted; name the other columns',
    );
    assertEquals(await allOf(secret.scan({ columns: ["list"] })), { list: due.list });
  },
);

testWithPython("parquet: rows by the page index of pyarrow", async (python) => {
  const script = `${PREAMBLE}
n = 60000
t = pa.table({"id": pa.array(range(n), pa.int64()), "text": pa.array(some(lambda i: f"row {i} " + "x" * (i % 40), n)),
    "few": pa.array(some(lambda i: f"one of few {i % 3000}", n)),
    "list": pa.array(some(lambda i: list(range(i % 9)), n), pa.list_(pa.int64()))})
for version in ("1.0", "2.0"):
    pq.write_table(t, f"{version}.parquet", data_page_version=version, data_page_size=8192, write_page_index=True, compression="none",
        row_group_size=40000, store_schema=False)
dump(t)
`;
  const due = JSON.parse(await python.run(script));
  await using store = await openFileStore(python.directory);
  for (const version of ["1.0", "2.0"]) {
    await using table = await openParquet(store, `${version}.parquet`);
    for (
      const [from, to] of [[0, 1], [39_999, 40_001], [777, 9_000], [59_990, 60_000], [
        12_345,
        12_345,
      ]] as const
    ) {
      const rows = await allOf(table.scan({ rows: { from, to } }));
      for (const [column, values] of Object.entries(rows)) {
        assertEquals(values, due[column].slice(from, to), `${version} ${column} ${from}`);
      }
      assertEquals(Object.keys(rows).length, from < to ? 4 : 0);
    }
  }
});

testWithPython(
  "parquet: copies of small files with some bytes changed are read, or are errors of a store",
  async (python) => {
    const script = `${PREAMBLE}
t = table(40)
encodings = {"i32": "DELTA_BINARY_PACKED", "text": "DELTA_BYTE_ARRAY", "bytes": "DELTA_LENGTH_BYTE_ARRAY", "f64": "BYTE_STREAM_SPLIT"}
for codec in ${JSON.stringify(CODECS.filter((codec) => codec !== "brotli"))}:
    for version in ("1.0", "2.0"):
        pq.write_table(t, f"{codec}-{version}", compression=codec, data_page_version=version, row_group_size=25, store_schema=False)
for version in ("1.0", "2.0"):
    pq.write_table(t, f"encoded-{version}", compression="none", data_page_version=version, use_dictionary=False,
        column_encoding=encodings, store_schema=False)
`;
    await python.run(script);
    const random = (() => {
      let seed = 12345;
      return (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    })();
    for (const { name } of Deno.readDirSync(python.directory)) {
      const whole = await Deno.readFile(`${python.directory}/${name}`);
      for (let copy = 0; copy < 40; copy++) {
        const bytes = whole.slice();
        for (let change = random(4); change >= 0; change--) {
          const at = random(bytes.length);
          bytes[at] = (bytes[at] ?? 0) ^ 1 << random(8);
        }
        await using store = new MemoryStore();
        await store.put(name, bytes);
        try {
          await using table = await openParquet(store, name);
          await allOf(table.scan({ rows: { from: 3, to: 31 } }));
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
        }
      }
    }
  },
);
