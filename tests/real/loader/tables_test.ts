import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import type { NdArray } from "@lade/formats/array";
import { dataset, Lade } from "@lade/lade";
import { createLoader, type LoaderOptions } from "@lade/loader";
import { testWithPython } from "../formats/python.ts";

const ROWS = 103;

/** Files of each kind, of several groups and chunks, and their rows as JSON by what they lie below. */
const WRITE = `
import json, sys, numpy as np, pyarrow as pa, pyarrow.parquet as pq, pyarrow.feather as feather, zarr
from safetensors.numpy import save_file
import os
n = ${ROWS}
x = (np.arange(n * 6, dtype="float32").reshape(n, 2, 3) - 7) / 4
labels = np.arange(n, dtype="int64") * 2 ** 40 - 5
table = pa.table({
    "id": pa.array(labels),
    "text": pa.array([None if i % 5 == 0 else "é%d" % i for i in range(n)]),
    "raw": pa.array([bytes([i % 256]) * (i % 4) for i in range(n)], pa.binary()),
    "list": pa.array([list(range(i % 3)) for i in range(n)], pa.list_(pa.int32())),
    "f": pa.array(np.arange(n) / 8.0),
})
for directory in ("parquet", "arrow", "safetensors"): os.mkdir(directory)
for file, (a, b) in enumerate([(0, 40), (40, 41), (41, n)]):
    part = table.slice(a, b - a)
    pq.write_table(part, f"parquet/{file}.parquet", row_group_size=16, compression=["snappy", "zstd", "gzip"][file])
    feather.write_feather(part, f"arrow/{file}.feather", compression=["lz4", "zstd", "uncompressed"][file], chunksize=16)
    save_file({"x": np.ascontiguousarray(x[a:b]), "label": labels[a:b], "flag": (labels[a:b] % 2 == 0)}, f"safetensors/{file}.safetensors")
zarr.create_array("v3.zarr", data=x, chunks=(10, 2, 2))
zarr.create_array("v2.zarr", data=x, chunks=(10, 2, 3), zarr_format=2, compressors=None)
zarr.create_array("sharded.zarr", data=x, chunks=(5, 2, 3), shards=(20, 2, 3))
def told(row): return {k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()}
print(json.dumps({"rows": [told(row) for row in table.to_pylist()], "x": x.reshape(n, 6).tolist(), "labels": labels.tolist()}))
`;

interface Written {
  readonly rows: unknown[];
  readonly x: (number | bigint)[][];
  readonly labels: number[];
}

/** A row of a table as Python printed it; whole numbers here are below 2^53. */
function toldOf(row: unknown): unknown {
  const { id, raw, ...rest } = row as { id: bigint; raw: Uint8Array };
  return { ...rest, id: Number(id), raw: raw.toHex() };
}

/** All samples of an epoch, in order. */
async function samplesOf(
  uri: string,
  lade: Lade,
  options: LoaderOptions<unknown> = {},
): Promise<unknown[]> {
  await using opened = await dataset(uri, { lade });
  const transform = (sample: unknown) => structuredClone(sample);
  await using loader = createLoader<unknown>(opened, { batchSize: 9, ...options, transform });
  const all: unknown[] = [];
  for await (const { data } of loader) all.push(...data);
  return all;
}

testWithPython(
  "rows of files that pyarrow, safetensors and zarr wrote are theirs",
  async ({ directory, run }) => {
    const { rows, x, labels }: Written = JSON.parse(await run(WRITE));
    await using lade = new Lade();
    for (const kind of ["parquet", "arrow"]) {
      const found = await samplesOf(`file://${directory}/${kind}/`, lade);
      assertEquals(found.map(toldOf), rows, kind);
      const shuffled = await samplesOf(`file://${directory}/${kind}/`, lade, { shuffle: true, seed: 4 });
      const byId = (a: unknown, b: unknown) => (a as { id: number }).id - (b as { id: number }).id;
      assertEquals(shuffled.map(toldOf).sort(byId), rows, kind);
    }
    const tensors = await samplesOf(`file://${directory}/safetensors/`, lade) as Record<string, NdArray>[];
    assertEquals(tensors.map(({ x }) => [...x?.data ?? []]), x);
    assertEquals(tensors.map(({ label }) => Number(label?.data[0])), labels);
    assertEquals(tensors.map(({ flag }) => flag?.data[0] === 1), labels.map((label) => label % 2 === 0));
    for (const name of ["v3", "v2", "sharded"]) {
      const found = await samplesOf(`file://${directory}/${name}.zarr`, lade) as NdArray[];
      assertEquals(found.map(({ data }) => [...data]), x, name);
      assertEquals(found[0]?.shape, [2, 3]);
    }
  },
);

testWithPython("rows go to pyarrow with the types that its files have", async ({ run }) => {
  await run(WRITE);
  const main = fileURLToPath(new URL("../../../packages/cli/main.ts", import.meta.url));
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const told = await run(
    `
import io, subprocess, sys, pyarrow as pa, pyarrow.parquet as pq
lade = sys.argv[1:]
def stream(uri, *options, size=10):
    out = subprocess.run([*lade, "loader", "stream", uri, f"--batch-size={size}", *options], capture_output=True, check=True)
    return pa.ipc.open_stream(io.BytesIO(out.stdout)).read_all()
due = pa.concat_tables([pq.read_table(f"parquet/{i}.parquet") for i in range(3)])
plain = lambda table: table.combine_chunks().replace_schema_metadata(None)
for kind in ("parquet", "arrow"):
    found = stream(kind)
    assert found.schema.names == due.schema.names, found.schema
    assert [f.type for f in found.schema if f.name != "list"] == [f.type for f in due.schema if f.name != "list"], found.schema
    assert found.to_pylist() == due.to_pylist(), kind
    assert stream(kind, "--kind=batches", size=2).to_pylist() == due.to_pylist(), kind
zarr = stream("v3.zarr")
assert zarr.schema.field("data").metadata[b"shape"] == b"[2,3]" and zarr.num_rows == ${ROWS}
tensors = stream("safetensors")
assert set(tensors.schema.names) == {"x", "label", "flag"} and tensors.schema.field("x").metadata[b"dtype"] == b"float32"
assert tensors.column("x").to_pylist() == zarr.column("data").to_pylist()
print("all")
`,
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    "--cached-only",
    `--config=${config}`,
    main,
  );
  assertEquals(told, "all");
});
