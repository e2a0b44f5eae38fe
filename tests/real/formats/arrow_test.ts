import { assert, assertEquals } from "@std/assert";
import { openFileStore } from "@lade/fs";
import {
  createArrowFileWriter,
  createArrowStreamWriter,
  openArrowFile,
  openArrowStream,
} from "@lade/formats/arrow";
import { checkBatch } from "@lade/formats/table";
import { format, streamFormat } from "../../../packages/formats/arrow/format.ts";
import { ObjectSource } from "@lade/formats/source";
import { testWithPython } from "./python.ts";

/** Makes tables of all types, writes each by pyarrow, and compares them with what Lade makes of that. */
const TABLES = `
import datetime, decimal, json, random, sys
import pyarrow as pa

random.seed(7)
D = decimal.Decimal

def some(make, n=37):
    return [None if random.random() < 0.3 else make() for _ in range(n)]

def word(most=30):
    return "".join(random.choice("aé☃𝄞xyz") for _ in range(random.randrange(most)))

def whole(bits, signed):
    low, high = (-2 ** (bits - 1), 2 ** (bits - 1) - 1) if signed else (0, 2 ** bits - 1)
    return random.choice([low, high, random.randint(low, high)])

def columns():
    c = {}
    for bits in 8, 16, 32, 64:
        c[f"int{bits}"] = pa.array(some(lambda: whole(bits, True)), getattr(pa, f"int{bits}")())
        c[f"uint{bits}"] = pa.array(some(lambda: whole(bits, False)), getattr(pa, f"uint{bits}")())
    for t in pa.float16(), pa.float32(), pa.float64():
        c[str(t)] = pa.array(some(lambda: random.choice([0.5, -0.0, float("inf"), 3.25])), t)
    c["bool"] = pa.array(some(lambda: random.random() < 0.5), pa.bool_())
    for t in pa.string(), pa.large_string(), pa.string_view():
        c[str(t)] = pa.array(some(word), t)
    for t in pa.binary(), pa.large_binary(), pa.binary_view():
        c[str(t)] = pa.array(some(lambda: random.randbytes(random.randrange(40))), t)
    c["fixed"] = pa.array(some(lambda: random.randbytes(5)), pa.binary(5))
    day = lambda: datetime.date(1970, 1, 1) + datetime.timedelta(days=random.randint(-9999, 9999))
    c["date32"] = pa.array(some(day), pa.date32())
    c["date64"] = pa.array(some(day), pa.date64())
    for unit in "s", "ms", "us", "ns":
        stamp = lambda: random.randint(-2 ** 40, 2 ** 40)
        c[f"timestamp {unit}"] = pa.array(some(stamp), pa.timestamp(unit))
        c[f"zoned {unit}"] = pa.array(some(stamp), pa.timestamp(unit, "Europe/Berlin"))
        c[f"duration {unit}"] = pa.array(some(stamp), pa.duration(unit))
        t = pa.time32(unit) if unit in ("s", "ms") else pa.time64(unit)
        c[f"time {unit}"] = pa.array(some(lambda: random.randint(0, 86399)), t)
    digits = lambda p: D(random.randint(-10 ** p + 1, 10 ** p - 1)).scaleb(-2)
    c["decimal32"] = pa.array(some(lambda: digits(7)), pa.decimal32(9, 2))
    c["decimal64"] = pa.array(some(lambda: digits(16)), pa.decimal64(18, 2))
    c["decimal128"] = pa.array(some(lambda: digits(20)), pa.decimal128(38, 2))
    items = lambda: [random.choice([None, 1, 2, 3]) for _ in range(random.randrange(5))]
    c["list"] = pa.array(some(items), pa.list_(pa.int16()))
    c["large list"] = pa.array(some(items), pa.large_list(pa.int16()))
    c["fixed list"] = pa.array(some(lambda: [1.5, None, 2.5]), pa.list_(pa.float32(), 3))
    c["list of list"] = pa.array(some(lambda: [some(word, 3), None]), pa.list_(pa.list_(pa.string())))
    pair = pa.struct([pa.field("a", pa.int8()), pa.field("b", pa.string()), pa.field("c", pa.list_(pa.string_view()))])
    c["struct"] = pa.array(some(lambda: {"a": 3, "b": random.choice([None, word()]), "c": [word(), None]}), pair)
    strict = pa.struct([pa.field("x", pa.int32(), nullable=False)])
    c["strict struct"] = pa.array(some(lambda: {"x": 5}), strict)
    c["map"] = pa.array(some(lambda: [("k", 1), (word(), None)]), pa.map_(pa.string(), pa.int32()))
    c["null"] = pa.nulls(37)
    words = [word() for _ in range(9)]
    c["dictionary"] = pa.array(some(lambda: random.choice(words))).dictionary_encode()
    c["small dictionary"] = c["dictionary"].cast(pa.dictionary(pa.uint8(), pa.large_string()))
    c["wide dictionary"] = c["dictionary"].cast(pa.dictionary(pa.int64(), pa.string()))
    c["dictionary of null"] = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1] * 9 + [0], pa.int8()), pa.array([None, "z"]))
    c["dictionary of list"] = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1] * 9 + [0], pa.int8()),
        pa.array([["a", None, "bcd"], []], pa.list_(pa.string())))
    c["dictionary of fixed list"] = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1] * 9 + [0], pa.int8()),
        pa.array([[1, None], [3, 4]], pa.list_(pa.int32(), 2)))
    c["dictionary of struct"] = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1] * 9 + [0], pa.int8()),
        pa.array([{"a": 1, "b": "q"}, {"a": None, "b": "☃"}]))
    inner = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 1, 0], pa.int8()), pa.array(["u", "v"]))
    c["list of dictionary"] = pa.ListArray.from_arrays(pa.array([0, 2, 2, 5] + [5] * 34, pa.int32()), inner)
    c["dictionary of dictionary"] = pa.DictionaryArray.from_arrays(pa.array([0, 2, None] * 12 + [1], pa.int8()),
        pa.ListArray.from_arrays(pa.array([0, 2, 2, 5], pa.int32()), inner))
    return c

def required():
    return pa.table([pa.array([1, 2, 3]), pa.array(["a", "", "c"])],
        schema=pa.schema([pa.field("a", pa.int64(), nullable=False), pa.field("b", pa.string(), nullable=False)],
            metadata={"made by": "pyarrow é"}))

def large():
    n = 300_000
    return pa.table({"i": pa.array(range(n), pa.int64()), "s": [f"text {i % 1000} " * (i % 7) for i in range(n)],
        "f": pa.array([i * 0.25 for i in range(n)], pa.float32()), "b": [i % 3 == 0 for i in range(n)]})

def tables():
    whole = pa.table(columns())
    yield "all", whole, 37
    yield "cut", whole.slice(5, 21), 8
    yield "no rows", whole.slice(0, 0), 8
    yield "required", required(), 2
    yield "no columns", pa.table({}), 1
    yield "large", large(), 100_000
    parts = [pa.table({"d": pa.array(part).dictionary_encode()}) for part in (["a", "b"], ["a", "b", "c", None], ["z", "a"])]
    yield "dictionaries", pa.concat_tables(parts), None

def plain(value):
    if isinstance(value, dict): return {k: plain(v) for k, v in value.items()}
    if isinstance(value, tuple): return {"key": value[0], "value": plain(value[1])}
    if isinstance(value, list): return [plain(v) for v in value]
    return value

def values(column):
    t = column.type
    if pa.types.is_timestamp(t) or pa.types.is_duration(t) or pa.types.is_time64(t): column = column.cast(pa.int64())
    return plain(column.to_pylist())
`;

const MAKE = `${TABLES}
def writers(name, table):
    for compression in None, "zstd", "lz4":
        o = dict(compression=compression)
        files = dict(emit_dictionary_deltas=True) if name == "dictionaries" else {}
        if name != "dictionaries":
            yield "file", pa.ipc.new_file(f"{name}.{compression}.arrow", table.schema, options=pa.ipc.IpcWriteOptions(**o))
        else:
            yield "file", pa.ipc.new_file(f"{name}.{compression}.arrow", table.schema,
                options=pa.ipc.IpcWriteOptions(unify_dictionaries=True, **o))
            yield "deltas", pa.ipc.new_stream(f"deltas.{compression}.arrows", table.schema,
                options=pa.ipc.IpcWriteOptions(**o, **files))
        yield "stream", pa.ipc.new_stream(f"{name}.{compression}.arrows", table.schema, options=pa.ipc.IpcWriteOptions(**o))

names = []
for name, table, rows in tables():
    for form, writer in writers(name, table):
        with writer: writer.write_table(table, max_chunksize=rows)
    names.append(name)
print(json.dumps(names))
`;

const CHECK = `${TABLES}
made = {name: table for name, table, _ in tables()}
for name, source in json.loads(sys.argv[1]):
    opened = pa.ipc.open_file if name.endswith(".arrow") else pa.ipc.open_stream
    with pa.memory_map(name) as file:
        table = opened(file).read_all()
        table.validate(full=True)
        expected = made["dictionaries" if source == "deltas" else source]
        assert table.num_rows == expected.num_rows or expected.num_columns == 0, (name, table.num_rows)
        assert table.column_names == expected.column_names, name
        if source == "large": assert table.equals(expected)
        for column in expected.column_names if source != "large" else []:
            found, due = values(table[column]), values(expected[column])
            assert found == due, (name, column, found, due)
        assert (table.schema.metadata or {}) == (expected.schema.metadata or {}), name
        for field in expected.schema:
            assert table.schema.field(field.name).nullable == field.nullable, (name, field)
print("equal")
`;

testWithPython(
  "Arrow: every table of pyarrow is read, and what is written of it is the same to pyarrow",
  async (python) => {
    const names: string[] = JSON.parse(await python.run(MAKE));
    await using store = await openFileStore(python.directory);
    const written: [name: string, source: string][] = [];
    for (const compression of ["None", "zstd", "lz4"]) {
      for (const name of [...names, "deltas"]) {
        for (const suffix of name === "deltas" ? ["arrows"] : ["arrow", "arrows"]) {
          const isFile = suffix === "arrow";
          const from = `${name}.${compression}.${suffix}`;
          await using reader = await (isFile ? openArrowFile : openArrowStream)(store, from);
          for (
            const [to, create] of [["arrow", createArrowFileWriter], [
              "arrows",
              createArrowStreamWriter,
            ]] as const
          ) {
            const key = `${name}.${compression}.${suffix}.lade.${to}`;
            const { schema } = reader;
            const groupRows = name === "large" ? 70_000 : 11;
            const writer = await create(store, key, {
              schema,
              compression: isFile ? "zstd" : "none",
              groupRows,
            });
            for await (const batch of reader.scan({ batchRows: 50_000 })) {
              checkBatch(batch, schema);
              await writer.write(batch);
            }
            await writer.close();
            written.push([key, name]);
          }
          const source = await ObjectSource.open(store, from);
          const target = { store, key: from, open: () => Promise.resolve(source) };
          const { faults } = await (isFile ? format : streamFormat).verify(target);
          assertEquals(faults, []);
        }
      }
    }
    assertEquals(await python.run(CHECK, JSON.stringify(written)), "equal");
    assert(written.length === 3 * (2 * 2 * names.length + 2));
  },
);
