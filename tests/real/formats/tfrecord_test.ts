import { assertEquals } from "@std/assert";
import { encodeExample, encodeSequenceExample, parseExample } from "@lade/formats/example";
import { format } from "../../../packages/formats/tfrecord/format.ts";
import { ObjectSource } from "@lade/formats/source";
import { type TableBatch, valueAt } from "@lade/formats/table";
import {
  createRecordWriter,
  indexObjects,
  openRecords,
  readIndex,
  readRecords,
  writeIndex,
} from "@lade/formats/tfrecord";
import { filesToTfrecord, tfrecordToFiles } from "@lade/formats/convert";
import { openFileStore } from "@lade/fs";
import { testWithPython } from "./python.ts";

/** Checks with google-crc32c, since the package tfrecord compares no checksum. */
const FRAMES = `
import json, struct, sys
import google_crc32c
def masked(data):
    crc = google_crc32c.value(data)
    return (((crc >> 15) | (crc << 17)) + 0xa282ead8) & 0xffffffff
def frames(path):
    with open(path, "rb") as file:
        while head := file.read(12):
            length, crc = struct.unpack("<QI", head)
            assert masked(head[:8]) == crc
            data = file.read(length)
            assert len(data) == length and masked(data) == struct.unpack("<I", file.read(4))[0]
            yield data
`;

const WRITE = `
import gzip, random, shutil, sys, zlib
from tfrecord import TFRecordWriter
random.seed(7)
writer = TFRecordWriter("a.tfrecord")
for i in range(200):
    writer.write({
        "id": (i, "int"),
        "many": ([random.randrange(-2**63, 2**63) for _ in range(i % 5)] or [0], "int"),
        "x": ([float(i), -0.5, 1e30][: 1 + i % 3], "float"),
        "image": (bytes(range(i % 256)), "byte"),
        "both": ([b"a", b"", bytes([i])], "byte"),
    })
writer.close()
sequence = TFRecordWriter("s.tfrecord")
for i in range(20):
    sequence.write(
        {"id": (i, "int")},
        {"f": ([[float(j)] * (j + 1) for j in range(i % 4)], "float"), "t": ([[b"w%d" % j] for j in range(3)], "byte")},
    )
sequence.close()
data = open("a.tfrecord", "rb").read()
with gzip.open("a.tfrecord.gz", "wb") as file:
    file.write(data)
open("z.tfrecord", "wb").write(zlib.compress(data))
from tfrecord.tools.tfrecord2idx import create_index
create_index("a.tfrecord", "a.tfindex")
`;

const ROWS = `
import json, random
random.seed(7)
rows = []
for i in range(200):
    many = [random.randrange(-2**63, 2**63) for _ in range(i % 5)] or [0]
    rows.append([i, [str(n) for n in many], [float(i), -0.5, 1e30][: 1 + i % 3], bytes(range(i % 256)).hex(), ["61", "", bytes([i]).hex()]])
print(json.dumps(rows))
`;

testWithPython(
  "tfrecord: what PyPI's tfrecord writes is read, plain and compressed, and by its index",
  async (python) => {
    await python.run(WRITE);
    const rows = JSON.parse(await python.run(ROWS));
    await using store = await openFileStore(python.directory);
    const hex = (bytes: unknown) => (bytes as Uint8Array).toHex();
    for (const key of ["a.tfrecord", "a.tfrecord.gz", "z.tfrecord"]) {
      const seen: unknown[] = [];
      for await (const batch of readRecords(store, key)) {
        for (const record of batch) {
          const { id, many, x, image, both } = parseExample(record).features;
          seen.push([
            Number(id?.[0]),
            [...many ?? []].map(String),
            [...x ?? []],
            hex(image?.[0]),
            (both as Uint8Array[]).map(hex),
          ]);
        }
      }
      const rounded = rows.map((row: [number, string[], number[], string, string[]]) =>
        row.with(2, row[2].map(Math.fround))
      );
      assertEquals(seen, rounded, key);
    }
    const { size } = await store.head("a.tfrecord");
    const found = await readIndex(store, "a.tfrecord", size);
    assertEquals([found?.key, found?.index.length], ["a.tfindex", 200]);
    const file = await openRecords(store, "a.tfrecord");
    const [record = new Uint8Array(0)] = await file.read([123]);
    assertEquals(parseExample(record).features["id"], BigInt64Array.of(123n));
    // Both make the same index.
    await indexObjects(store, ["a.tfrecord"]);
    assertEquals(
      await Deno.readTextFile(`${python.directory}/a.tfrecord.idx`),
      await Deno.readTextFile(`${python.directory}/a.tfindex`),
    );
  },
);

testWithPython("tfrecord: SequenceExamples of PyPI's tfrecord are read as a table", async (python) => {
  await python.run(WRITE);
  await using store = await openFileStore(python.directory);
  const open = () => ObjectSource.open(store, "s.tfrecord");
  const table = await format.openTable?.({ store, key: "s.tfrecord", open });
  const batches: TableBatch[] = [];
  for await (const batch of table?.scan() ?? []) batches.push(batch);
  const [batch] = batches;
  assertEquals(batch?.rows, 20);
  const [f, id, t] = batch?.columns ?? [];
  assertEquals(id && valueAt(id, 7), 7n);
  assertEquals(f && valueAt(f, 7), [[0], [1, 1], [2, 2, 2]]);
  assertEquals(f && valueAt(f, 4), []);
  assertEquals(t && valueAt(t, 0), ["w0", "w1", "w2"].map((word) => new TextEncoder().encode(word)));
});

testWithPython(
  "tfrecord: what Lade writes is read by protobuf, with checksums that google-crc32c agrees with",
  async (python) => {
    await using store = await openFileStore(python.directory);
    const wide = [
      0n,
      1n,
      -1n,
      127n,
      128n,
      2n ** 31n,
      -(2n ** 31n),
      2n ** 32n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    await using writer = await createRecordWriter(store, "lade.tfrecord");
    for (let i = 0; i < 50; i++) {
      await writer.write(encodeExample({
        wide: { ints: wide },
        id: { ints: [i] },
        x: { floats: [i, 0.1, -Infinity] },
        "näme ☃": { bytes: ["é", new Uint8Array(i * 1000)] },
        empty: { ints: [] },
        none: { bytes: [] },
      }));
    }
    const { index } = await writer.close();
    if (index) await writeIndex(store, "lade.tfindex", index);
    await using sequence = await createRecordWriter(store, "sequence.tfrecord", { compression: "gzip" });
    await sequence.write(
      encodeSequenceExample({ id: { ints: [5] } }, {
        f: [{ floats: [1] }, { floats: [] }, { floats: [2, 3] }],
      }),
    );
    await sequence.close();
    const said = await python.run(
      `${FRAMES}
import gzip
from tfrecord import example_pb2
from tfrecord.reader import tfrecord_iterator
n = 0
for data in frames("lade.tfrecord"):
    example = example_pb2.Example()
    example.ParseFromString(data)
    f = example.features.feature
    assert sorted(f) == sorted(["wide", "id", "x", "näme ☃", "empty", "none"])
    wide = list(f["wide"].int64_list.value)
    assert wide == [int(x) for x in sys.argv[1].split(",")], wide
    assert list(f["id"].int64_list.value) == [n]
    x = list(f["x"].float_list.value)
    assert x[0] == n and abs(x[1] - 0.1) < 1e-7 and x[2] == float("-inf")
    assert list(f["näme ☃"].bytes_list.value) == ["é".encode(), bytes(n * 1000)]
    assert f["empty"].WhichOneof("kind") == "int64_list" and not f["empty"].int64_list.value
    assert f["none"].WhichOneof("kind") == "bytes_list"
    n += 1
assert n == 50
second = sum(1 for _ in tfrecord_iterator("lade.tfrecord", "lade.tfindex", (1, 2)))
sequence = example_pb2.SequenceExample()
[record] = [bytes(r) for r in tfrecord_iterator("sequence.tfrecord", compression_type="gzip")]
sequence.ParseFromString(record)
steps = [list(step.float_list.value) for step in sequence.feature_lists.feature_list["f"].feature]
print(json.dumps([second, steps, sequence.context.feature["id"].int64_list.value[0]]))
`,
      wide.join(","),
    );
    assertEquals(JSON.parse(said), [25, [[1], [], [2, 3]], 5]);
  },
);

testWithPython("tfrecord: a tree of files is read by Python, and comes back", async (python) => {
  await Deno.mkdir(`${python.directory}/in/sub`, { recursive: true });
  await Deno.writeTextFile(`${python.directory}/in/a.txt`, "one");
  await Deno.writeTextFile(`${python.directory}/in/sub/é.txt`, "two");
  await using store = await openFileStore(python.directory);
  await filesToTfrecord(store, "in", store, "tree.tfrecord");
  const said = await python.run(`${FRAMES}
from tfrecord import tfrecord_loader
for _ in frames("tree.tfrecord"): pass
print(json.dumps([[bytes(e["name"]).decode(), bytes(e["data"]).decode()] for e in tfrecord_loader("tree.tfrecord", None, {"name": "byte", "data": "byte"})]))
`);
  assertEquals(JSON.parse(said), [["a.txt", "one"], ["sub/é.txt", "two"]]);
  await tfrecordToFiles(store, "tree.tfrecord", store, "out");
  assertEquals(await Deno.readTextFile(`${python.directory}/out/sub/é.txt`), "two");
});
