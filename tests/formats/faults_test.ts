import { assert, assertEquals } from "@std/assert";
import { getBytes, MemoryStore, type ObjectStore } from "@lade/core";
import { StoreError } from "@lade/core/errors";
import { loadFormat, openFormat } from "@lade/formats/formats";
import { createNpyWriter, readNpy } from "@lade/formats/npy";
import { createNpzWriter, readNpz } from "@lade/formats/npz";
import { openSafetensors, writeSafetensors } from "@lade/formats/safetensors";
import { batchOf, type Schema } from "@lade/formats/table";
import { streamTar, TarWriter } from "@lade/formats/tar";
import { createRecordWriter, readRecords } from "@lade/formats/tfrecord";
import type { FaultAction } from "@lade/testing/http";
import { openFake } from "../s3/open_fake.ts";

const NUMBERS = 40_000;
const numbers = Float64Array.from({ length: NUMBERS }, (_, i) => i / 3);

interface Subject {
  readonly key: string;
  readonly write: (store: ObjectStore) => Promise<unknown>;
  /** Everything that is in it, as a text that tells it from all else. */
  readonly read: (store: ObjectStore) => Promise<string>;
}

const SCHEMA: Schema = {
  fields: [
    { name: "id", type: { kind: "int64" }, nullable: false },
    { name: "text", type: { kind: "string" }, nullable: true },
  ],
};

function table(
  key: string,
  name: "csv" | "jsonl" | "parquet" | "arrow" | "arrow-stream" | "tfrecord",
): Subject {
  return {
    key,
    async write(store) {
      const format = await loadFormat(name);
      await using writer = await format.createTable?.(store, key, {
        schema: SCHEMA,
      });
      for (let from = 0; from < 20_000; from += 2000) {
        const rows = Array.from(
          { length: 2000 },
          (_, i) => ({ id: BigInt(from + i), text: `text ${from + i}` }),
        );
        await writer?.write(batchOf(SCHEMA, rows));
      }
      await writer?.close();
    },
    async read(store) {
      const { format, target } = await openFormat(store, key);
      await using reader = await format.openTable?.(
        target,
        /parquet|arrow/.test(name) ? {} : { schema: SCHEMA },
      );
      let [rows, sum] = [0, 0n];
      for await (
        const { columns: [ids], rows: count } of reader?.scan() ?? []
      ) {
        rows += count;
        for (const id of ids?.values as BigInt64Array) sum += id;
      }
      return `${rows} ${sum}`;
    },
  };
}

const SUBJECTS: readonly Subject[] = [
  {
    key: "a.npy",
    async write(store) {
      await using writer = await createNpyWriter(store, "a.npy", {
        dtype: "float64",
        shape: [NUMBERS],
      });
      await writer.write(numbers);
      await writer.close();
    },
    read: async (store) => sumOf((await readNpy(store, "a.npy")).data as Float64Array),
  },
  {
    key: "a.npz",
    async write(store) {
      await using writer = await createNpzWriter(store, "a.npz", {
        compression: "stored",
      });
      for (const name of ["x", "y"]) {
        await writer.write(name, {
          dtype: "float64",
          shape: [NUMBERS],
          order: "C",
          data: numbers,
        });
      }
      await writer.close();
    },
    read: async (store) =>
      [...await readNpz(store, "a.npz")].map(([name, { data }]) => name + sumOf(data as Float64Array)).join(),
  },
  {
    key: "a.safetensors",
    write: (store) =>
      writeSafetensors(store, "a.safetensors", [
        { name: "x", dtype: "float64", shape: [NUMBERS], data: numbers },
        { name: "y", dtype: "float64", shape: [NUMBERS], data: numbers },
      ]),
    async read(store) {
      const file = await openSafetensors(store, "a.safetensors");
      return (await file.readMany(["x", "y"])).map(({ data }) => sumOf(data as Float64Array)).join();
    },
  },
  {
    key: "a.tfrecord",
    async write(store) {
      await using writer = await createRecordWriter(store, "a.tfrecord");
      for (let i = 0; i < 3000; i++) {
        await writer.write(new Uint8Array(100).fill(i % 256));
      }
      await writer.close();
    },
    async read(store) {
      let [count, sum] = [0, 0];
      for await (const batch of readRecords(store, "a.tfrecord")) {
        for (const record of batch) {
          [count, sum] = [count + 1, sum + (record[50] ?? 0)];
        }
      }
      return `${count} ${sum}`;
    },
  },
  {
    key: "a.tar",
    async write(store) {
      await using writer = await TarWriter.create(store, "a.tar");
      for (let i = 0; i < 200; i++) {
        await writer.add({ name: `${i}.bin` }, new Uint8Array(1000).fill(i));
      }
      await writer.close();
    },
    async read(store) {
      let [count, sum] = [0, 0];
      for await (const entry of streamTar(store, "a.tar")) {
        [count, sum] = [count + 1, sum + ((await entry.bytes())[500] ?? 0)];
      }
      return `${count} ${sum}`;
    },
  },
  table("t.csv", "csv"),
  table("t.jsonl", "jsonl"),
  table("t.parquet", "parquet"),
  table("t.arrow", "arrow"),
  table("t.arrows", "arrow-stream"),
  table("t.tfrecord", "tfrecord"),
];

const LOGIN = "<!doctype html><html><body>Sign in to the network</body></html>";

const READ_FAULTS: Readonly<Record<string, FaultAction>> = {
  "a 503": { kind: "status", status: 503, code: "SlowDown" },
  "an expired token": { kind: "status", status: 400, code: "ExpiredToken" },
  "a refusal": { kind: "status", status: 403, code: "AccessDenied" },
  "a reset": { kind: "cut", afterBytes: 1000, how: "rst" },
  "an end": { kind: "cut", afterBytes: 1000, how: "fin" },
  "a short body": { kind: "resize", delta: -100 },
  "a long body": { kind: "resize", delta: 100 },
  "another etag": { kind: "etag", value: '"other"' },
  "the whole object": { kind: "ignore-range" },
  "a login page": {
    kind: "answer",
    status: 200,
    headers: { "Content-Type": "text/html" },
    body: LOGIN,
  },
};

const WRITE_FAULTS: Readonly<Record<string, FaultAction>> = {
  "a 503 and more of them": { kind: "status", status: 503, code: "SlowDown" },
  "an expired token": { kind: "status", status: 400, code: "ExpiredToken" },
  "a refusal": { kind: "status", status: 403, code: "AccessDenied" },
  "a reset": { kind: "cut-request", afterBytes: 100, how: "rst" },
  "a login page": {
    kind: "answer",
    status: 200,
    headers: { "Content-Type": "text/html" },
    body: LOGIN,
  },
};

for (const { key, write, read } of SUBJECTS) {
  Deno.test(`${key}: a fault of any request of a read is got over or told, and nothing is held`, async () => {
    await using made = new MemoryStore();
    await write(made);
    const due = await read(made);
    const { bytes } = await getBytes(made, key);
    for (const [name, action] of Object.entries(READ_FAULTS)) {
      for (const nth of [1, 2, 3]) {
        await using opened = await openFake({ context: { random: () => 0 } });
        const { fake, store } = opened;
        fake.putObject("bucket", key, bytes);
        const fault = fake.faults.add({
          match: { operation: "GetObject", nth },
          action,
        });
        const outcome = await outcomeOf(read(store));
        assert(
          outcome === due || outcome instanceof StoreError,
          `${name} at ${nth}: ${told(outcome)}`,
        );
        assertEquals(store.context.budget.held, 0, `${name} at ${nth}`);
        if (fault.hits === 0) break;
      }
    }
  });

  Deno.test(`${key}: a fault of any request of a write is got over, or leaves what was there`, async () => {
    await using made = new MemoryStore();
    await write(made);
    const due = await read(made);
    for (const [name, action] of Object.entries(WRITE_FAULTS)) {
      for (
        const operation of [
          "PutObject",
          "CreateMultipartUpload",
          "UploadPart",
          "CompleteMultipartUpload",
        ] as const
      ) {
        for (const nth of [1, 2]) {
          await using opened = await openFake({
            context: { random: () => 0 },
            config: { multipart: { threshold: 60_000, partSize: 60_000 } },
          });
          const { fake, store } = opened;
          fake.putObject("bucket", key, "old");
          const fault = fake.faults.add({
            match: { operation, nth, times: name.startsWith("a 503") ? 50 : 1 },
            action,
          });
          const outcome = await outcomeOf(write(store));
          const where = `${name} at ${operation} ${nth}: ${told(outcome)}`;
          assertEquals(store.context.budget.held, 0, where);
          assertEquals(fake.bucket("bucket").uploads.size, 0, where);
          assertEquals(fake.objects("bucket").length, 1, where);
          if (outcome instanceof Error) {
            assert(outcome instanceof StoreError, where);
            assertEquals(
              new TextDecoder().decode(fake.bytes("bucket", key)),
              "old",
              where,
            );
          } else assertEquals(await read(store), due, where);
          if (fault.hits === 0) break;
        }
      }
    }
  });
}

async function outcomeOf<T>(work: Promise<T>): Promise<T | Error> {
  try {
    return await work;
  } catch (error) {
    return error instanceof Error ? error : new Error(`${error}`);
  }
}

function told(outcome: unknown): string {
  return outcome instanceof Error ? `${outcome.stack}` : `${outcome}`;
}

function sumOf(values: Float64Array): string {
  return `${values.length} ${values.reduce((sum, value) => sum + value, 0)}`;
}
