import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { getBytes, type GetOptions, type GetResult, MemoryStore, type ObjectStore } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import { encodeExample } from "../example/mod.ts";
import { indexObject } from "../index/mod.ts";
import { writeNpy } from "../npy/mod.ts";
import { writeNpz } from "../npz/mod.ts";
import type { FormatName } from "../registry/format.ts";
import { writeSafetensors } from "../safetensors/mod.ts";
import { batchOf } from "../table/batch_builder.ts";
import { parseSchema } from "../table/parse_schema.ts";
import { TarWriter } from "../tar/mod.ts";
import { makeHdf5 } from "../testing/make_hdf5.ts";
import { v3 } from "../testing/zarr_objects.ts";
import { createRecordWriter } from "../tfrecord/mod.ts";
import { loadFormat } from "./load_format.ts";
import { type OpenedFormat, openFormat } from "./open_format.ts";

const FAILURE = new UnavailableError({
  operation: "get",
  uri: "memory://k",
  detail: "it is gone for a while",
  retryable: false,
});

/** Answers some requests, and fails all that come behind them. */
class FailingStore extends ForwardingStore {
  left: number;
  failed = 0;

  constructor(below: ObjectStore, left: number) {
    super(below);
    this.left = left;
  }

  override [bytesAtHand](): undefined {}

  override async get(key: string, options?: GetOptions): Promise<GetResult> {
    if (this.left-- > 0) return await super.get(key, options);
    this.failed++;
    throw FAILURE;
  }

  override async *list(...call: Parameters<ForwardingStore["list"]>): ReturnType<ForwardingStore["list"]> {
    if (this.left-- > 0) yield* super.list(...call);
    else {
      this.failed++;
      throw FAILURE;
    }
  }
}

const NUMBERS = Float64Array.from({ length: 20_000 }, (_, index) => Math.sin(index));
const ARRAY = { dtype: "float64" as const, shape: [20_000], order: "C" as const, data: NUMBERS };

const RECORDS = Array.from(
  { length: 40 },
  (_, record) => encodeExample({ a: { bytes: [new Uint8Array(4000).fill(record)] } }),
);

async function table(store: ObjectStore, key: string, name: FormatName): Promise<void> {
  const schema = parseSchema("n: float64, s: string?");
  const rows = Array.from({ length: 4000 }, (_, row) => ({ n: NUMBERS[row] ?? 0, s: `${row} `.repeat(5) }));
  const writer = await (await loadFormat(name)).createTable?.(store, key, {
    schema,
    ...(/parquet|arrow/.test(name) && { groupRows: 1000 }),
  });
  await writer?.write(batchOf(schema, rows));
  await writer?.close();
}

/** An object of each format, by its key. */
const OBJECTS: Readonly<Record<string, (store: ObjectStore, key: string) => Promise<unknown>>> = {
  "a.npy": (store, key) =>
    writeNpy(store, key, { ...ARRAY, dtype: "bool", shape: [200_000], data: new Uint8Array(200_000) }),
  "a.npz": (store, key) => writeNpz(store, key, { a: ARRAY, b: ARRAY }),
  "deflated.npz": (store, key) => writeNpz(store, key, { a: ARRAY, b: ARRAY }, { compression: "deflate" }),
  "a.safetensors": (store, key) =>
    writeSafetensors(store, key, ["a", "b"].map((name) => ({ name, ...ARRAY }))),
  "a.tfrecord": async (store, key) => {
    await using writer = await createRecordWriter(store, key);
    for (const record of RECORDS) await writer.write(record);
    await writer.close();
    await indexObject(store, key);
  },
  "a.tar": async (store, key) => {
    await using writer = await TarWriter.create(store, key);
    for (const [place, record] of RECORDS.entries()) await writer.add({ name: `${place}.bin` }, record);
    await writer.close();
    await indexObject(store, key);
  },
  "a.parquet": (store, key) => table(store, key, "parquet"),
  "a.csv": (store, key) => table(store, key, "csv"),
  "a.jsonl": (store, key) => table(store, key, "jsonl"),
  "a.arrow": (store, key) => table(store, key, "arrow"),
  "a.arrows": (store, key) => table(store, key, "arrow-stream"),
  "a.h5": async (store, key) =>
    store.put(
      key,
      await makeHdf5((file) => {
        file.create_dataset({ name: "a", data: NUMBERS, shape: [20_000], dtype: "<d" });
      }),
    ),
  "a.zarr": async (store, key) => {
    await store.put(`${key}/zarr.json`, v3({ shape: [6], chunks: [2] }));
    for (const chunk of [0, 1, 2]) await store.put(`${key}/c/${chunk}`, Uint8Array.of(chunk, chunk));
  },
};

const USES: Readonly<Record<string, (opened: OpenedFormat) => Promise<unknown>>> = {
  describe: ({ format, target }) => format.describe(target),
  verify: async ({ format, target }) => {
    const { faults } = await format.verify(target);
    assertEquals(faults, []);
  },
  scan: async ({ format, target }) => {
    const reader = await format.openTable?.(target);
    for await (const _ of reader?.scan({ batchRows: 500 }) ?? []);
  },
};

/** Lets a use fail at each of its requests; gives how many it makes. */
async function failEach(
  store: MemoryStore,
  key: string,
  use: (opened: OpenedFormat) => Promise<unknown>,
): Promise<number> {
  for (let left = 0;; left++) {
    const failing = new FailingStore(store, left);
    let error: unknown;
    try {
      await use(await openFormat(failing, key));
    } catch (thrown) {
      error = thrown;
    }
    if (failing.failed === 0) {
      assertStrictEquals(error, undefined);
      return left;
    }
    assertStrictEquals(error, FAILURE, `request ${left} of ${key}`);
    assert(left < 60);
  }
}

for (const [key, write] of Object.entries(OBJECTS)) {
  Deno.test(`${key}: a request that fails is that failure, and never damage, an end, or nothing`, async () => {
    await using store = new MemoryStore();
    await write(store, key);
    for (const [name, use] of Object.entries(USES)) {
      if (name === "scan" && /npy|npz|safetensors|h5|zarr/.test(key)) continue;
      assert(await failEach(store, key, use) >= 1, name);
    }
  });
}

for (const [suffix, compress] of [[".gz", gzipSync], [".zst", zstdCompressSync]] as const) {
  for (const key of ["a.tfrecord", "a.tar", "a.csv", "a.npy"]) {
    Deno.test(`${key}${suffix}: a request that fails is that failure`, async () => {
      await using plain = new MemoryStore();
      await OBJECTS[key]?.(plain, key);
      const { bytes } = await getBytes(plain, key);
      await using store = new MemoryStore();
      await store.put(key + suffix, new Uint8Array(compress(bytes, suffix === ".gz" ? { level: 0 } : {})));
      for (const [name, use] of Object.entries(USES)) {
        if (name !== "scan" || key !== "a.npy") await failEach(store, key + suffix, use);
      }
    });
  }
}
