import { assertEquals } from "@std/assert";
import { copyObject, createStoreContext, getBytes, type ObjectStore } from "@lade/core";
import { openFileStore } from "@lade/fs";
import type { S3Options } from "@lade/s3";
import { FakeClock } from "@lade/testing";
import { until } from "@lade/testing/http";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import type { FakeS3 } from "../fakes/s3/mod.ts";
import { noise } from "./noise.ts";
import { bare, openFake, type OpenFakeOptions } from "./open_fake.ts";

const MIB = 2 ** 20;

/** Opens a fake with `object` of 8 MiB, in fake time, after so many small reads. */
async function openWith(reads: number, options: OpenFakeOptions = {}) {
  const clock = new FakeClock({ now: Date.now() });
  const opened = await openFake({ surroundings: bare, ...options, context: { clock, random: () => 0 } });
  const data = noise(8 * MIB);
  opened.fake.putObject("bucket", "object", data);
  for (let count = 0; count < reads; count++) {
    await getBytes(opened.store, "object", { range: { offset: count, length: 1 } });
  }
  return { clock, data, ...opened };
}

function hedgesOf(store: ObjectStore): readonly number[] {
  const { issued = -1, won = -1 } = store.figures?.().hedges ?? {};
  return [issued, won];
}

/** Moves the clock until `promise` settles. */
async function whileMoving<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let over = false;
  const ended = () => void (over = true);
  promise.then(ended, ended);
  await clock.advanceUntil(50, () => over);
  return await promise;
}

/** Reads a byte of which the first answer comes late: not before a second one, or after 200 ms where none is asked for. */
async function readByte(
  clock: FakeClock,
  fake: FakeS3,
  store: ObjectStore,
  asked: "once" | "twice",
): Promise<number | undefined> {
  const fault = fake.faults.add({
    match: { operation: "GetObject" },
    action: { kind: "stall", at: "answer" },
  });
  const reading = getBytes(store, "object", { range: { offset: 9, length: 1 } });
  await until(() => fault.hits === 1);
  await clock.advance(200);
  if (asked === "once") fake.faults.remove(fault);
  const { bytes } = await whileMoving(clock, reading);
  fake.faults.remove(fault);
  return bytes[0];
}

Deno.test("figures tell what was asked for a second time, and what of it was answered first", async () => {
  await using opened = await openWith(20);
  const { clock, data, fake, store } = opened;
  assertEquals(hedgesOf(store), [0, 0]);
  assertEquals(await readByte(clock, fake, store, "twice"), data[9]);
  assertEquals(hedgesOf(store), [1, 1]);
  assertEquals(store.figures?.().requests, 22);
});

Deno.test("hedging is switched off by its setting, in configuration and environment", async () => {
  const ways: readonly (readonly [S3Options, string | undefined])[] = [
    [{ hedging: false }, undefined],
    [{}, "false"],
    [{}, "0"],
  ];
  for (const [config, variable] of ways) {
    const env = (name: string) => name === "LADE_HEDGING" ? variable : undefined;
    await using opened = await openWith(20, { config, surroundings: { ...bare, env } });
    const { clock, data, fake, store } = opened;
    assertEquals(await readByte(clock, fake, store, "once"), data[9]);
    assertEquals([hedgesOf(store), store.limits.hedges], [[0, 0], undefined]);
    assertEquals(fake.requests.filter(({ operation }) => operation === "GetObject").length, 21);
  }
});

Deno.test("after a 503 to a write nothing is read a second time", async () => {
  await using opened = await openWith(40);
  const { clock, data, fake, store } = opened;
  fake.faults.add({
    match: { operation: "PutObject" },
    action: { kind: "status", status: 503, code: "SlowDown" },
  });
  await whileMoving(clock, store.put("other", noise(10)));
  assertEquals(await readByte(clock, fake, store, "once"), data[9]);
  assertEquals(hedgesOf(store), [0, 0]);
});

Deno.test("a copy to a file goes on by a second answer where a part of it comes slowly, byte for byte", async () => {
  await using directory = await TemporaryDirectory.make();
  await using opened = await openWith(40);
  const { clock, data, fake, store } = opened;
  const context = createStoreContext({ clock, random: () => 0 });
  await using files = await openFileStore(directory.path, { context });
  const before = fake.requests.length;
  const fault = fake.faults.add({
    match: { operation: "GetObject", nth: 3 },
    action: { kind: "stall", at: "body", afterBytes: 400_000 },
  });
  let come = 0;
  const copying = copyObject(store, "object", files, "copy", {
    chunkSize: MIB,
    concurrency: 4,
    onProgress: (event) => void (event.type === "bytes" && (come += event.bytes)),
  });
  await until(() => fault.hits === 1 && come >= 7 * MIB);
  await whileMoving(clock, copying);
  assertEquals(await Deno.readFile(`${directory.path}/copy`), data);
  assertEquals(hedgesOf(store), [1, 1]);
  const sent = fake.requests.slice(before).filter(({ operation }) => operation === "GetObject");
  assertEquals([sent.length, (sent.at(-1)?.bytesSent ?? MIB) < MIB], [9, true]);
});
