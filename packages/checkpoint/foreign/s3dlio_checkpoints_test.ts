import { assertEquals, assertRejects } from "@std/assert";
import { crc32c, getBytes, MemoryStore } from "@lade/core";
import { crc32 } from "@lade/codec/checksum";
import { createZstdWriter } from "@lade/core/zstd";
import { NotFoundError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { openS3dlio } from "./s3dlio_checkpoints.ts";

const bytes = (rank: number) => Uint8Array.from({ length: 1000 }, (_, at) => at * 7 + rank);
const hex = (sum: number) => sum.toString(16).padStart(8, "0");

/** Writes a checkpoint as s3dlio does, each shard with what `checksum` says of it. */
async function write(
  store: MemoryStore,
  step: number,
  checksum: (data: Uint8Array) => string | null,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const shards = [];
  for (const rank of [1, 0]) {
    const key = `shards/ckpt-${step}-20260101-000000/rank-${rank}.bin`;
    await store.put(`old/${key}`, bytes(rank));
    shards.push({ rank, key, size: 1000, etag: null, checksum: checksum(bytes(rank)) });
  }
  const manifest = {
    format_version: 1,
    framework: "torch",
    global_step: step,
    epoch: 2,
    wall_time: "2026-01-01T00:00:00.123456789+00:00",
    world_size: 2,
    shards,
    status: "complete",
    user_meta: null,
    ...more,
  };
  const key = `old/manifests/ckpt-${step}-20260101-000000.json`;
  await store.put(key, new TextEncoder().encode(JSON.stringify(manifest)));
}

Deno.test("what s3dlio wrote is listed by step, read by rank and compared with checksums of either label", async () => {
  const store = new MemoryStore();
  await write(store, 9, (data) => `crc32c:${hex(crc32c(data))}`);
  await write(store, 10, (data) => `crc32c:${hex(crc32(data))}`);
  await write(store, 8, (data) => `crc32:${hex(crc32(data))}`);
  await write(store, 7, () => null);
  await write(store, 11, () => null, { status: "incomplete" });
  const checkpoints = openS3dlio(store, "old");
  assertEquals((await checkpoints.list()).map(({ manifest }) => manifest.step), [10, 9, 8, 7]);
  const { manifest: { step, epoch, worldSize, framework, userMeta } } = await checkpoints.open("latest");
  assertEquals([step, epoch, worldSize, framework, userMeta], [10, 2, 2, "torch", null]);
  for (const step of [10, 9, 8]) {
    const checkpoint = await checkpoints.open(step);
    assertEquals(await checkpoint.read(1), bytes(1));
    assertEquals(await checkpoint.verify(), { verified: 2, unchecked: [], faults: [] });
    await assertRejects(() => checkpoint.read(2), RangeError, "ranks 0 to 1");
  }
  assertEquals((await (await checkpoints.open(7)).verify()).unchecked, [0, 1]);
  await assertRejects(() => checkpoints.open(6), NotFoundError, "of step 6");
});

Deno.test("damage of what s3dlio wrote is told before its last bytes are handed out", async () => {
  const store = new MemoryStore();
  await write(store, 1, (data) => `crc32c:${hex(crc32c(data))}`);
  const key = (rank: number) => `old/shards/ckpt-1-20260101-000000/rank-${rank}.bin`;
  await store.put(key(0), bytes(0).with(500, 1));
  await store.put(key(1), bytes(1).subarray(0, 999));
  const checkpoint = await openS3dlio(store, "old/").open(1);
  let seen = 0;
  await assertRejects(
    async () => {
      for await (const chunk of checkpoint.stream(0)) seen += chunk.length;
    },
    InvalidCheckpointError,
    "does not match crc32c:",
  );
  assertEquals(seen, 0);
  assertEquals((await checkpoint.verify()).faults.map(({ rank }) => rank), [0, 1]);
  await store.delete(key(1));
  await assertRejects(() => checkpoint.read(1), InvalidCheckpointError, "it is gone");
});

Deno.test("what s3dlio compressed is compared with the checksum of its content", async () => {
  const store = new MemoryStore();
  await using writer = await createZstdWriter(store, "shards/a/rank-0.bin");
  await writer.write(bytes(3));
  await writer.close();
  const { size } = await store.head("shards/a/rank-0.bin.zst");
  const shard = {
    rank: 0,
    key: "shards/a/rank-0.bin.zst",
    size,
    checksum: `crc32c:${hex(crc32c(bytes(3)))}`,
  };
  await write(store, 1, () => null, { world_size: 1, shards: [shard] });
  const { bytes: manifest } = await getBytes(store, "old/manifests/ckpt-1-20260101-000000.json");
  await store.put("manifests/ckpt-1-x.json", manifest);
  assertEquals(await (await openS3dlio(store, "").open("latest")).read(0), bytes(3));
});

Deno.test("a manifest of s3dlio that says what cannot be is an error that names the field", async () => {
  const shard = { rank: 0, key: "shards/a", size: 1, checksum: null };
  const cases: readonly [Readonly<Record<string, unknown>>, string][] = [
    [{ format_version: 2 }, "format_version"],
    [{ world_size: 3 }, "shards are not those of 3 ranks"],
    [{ shards: [shard, shard] }, "shards are not those of 2 ranks"],
    [{ shards: [{ ...shard, key: "shards/../../x" }, shard] }, "names no shard"],
    [{ shards: [{ ...shard, checksum: "md5:00" }, shard] }, "checksum is one that is not known"],
    [{ wall_time: "yesterday" }, "wall_time is no time"],
  ];
  for (const [more, message] of cases) {
    const store = new MemoryStore();
    await write(store, 1, () => null, more);
    await assertRejects(() => openS3dlio(store, "old").list(), FormatError, message);
  }
});
