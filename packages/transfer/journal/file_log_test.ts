import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UnavailableError, UnsupportedError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { FileLog } from "./file_log.ts";

const owner = { pid: 7, host: "here", command: "lade cp a b" };

/** A path in a directory of its own, and logs that are opened at it. */
class LogHere implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly directory = Deno.makeTempDirSync();
  readonly path = `${this.directory}/log`;

  open(create = true): Promise<FileLog> {
    return FileLog.open(this.path, { clock: this.clock, owner, create });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
  }
}

const record = (index: number) => new Uint8Array(1 + index % 40).fill(index + 1);

async function recordsOf(log: FileLog): Promise<number[]> {
  const records: number[] = [];
  for await (const bytes of log.read()) {
    assertEquals(bytes, record((bytes[0] ?? 0) - 1));
    records.push((bytes[0] ?? 0) - 1);
  }
  return records;
}

/** Writes records, each synced where `each` says so, and gives the bytes of the log. */
async function logOf(here: LogHere, count: number, each: boolean): Promise<Uint8Array<ArrayBuffer>> {
  const log = await here.open();
  for (let index = 0; index < count; index++) {
    log.append(record(index));
    if (each) await log.flush();
  }
  await log.close();
  return await Deno.readFile(here.path);
}

Deno.test("a log gives back what was appended, over several openings, and only its owner reads it", async () => {
  await using here = new LogHere();
  for (let round = 0; round < 3; round++) {
    await using log = await here.open();
    assertEquals(await recordsOf(log), Array.from({ length: 20 * round }, (_, index) => index));
    for (let index = 0; index < 20; index++) log.append(record(20 * round + index));
  }
  assertEquals(((await Deno.stat(here.path)).mode ?? 0) & 0o777, 0o600);
  const log = await here.open();
  await log.remove();
  await assertRejects(() => Deno.stat(here.path), Deno.errors.NotFound);
  await assertRejects(() => here.open(false), Deno.errors.NotFound);
});

Deno.test("a log of records of many sizes, larger than what is read at a time, is read whole", async () => {
  await using here = new LogHere();
  const sizes = [1, 2 ** 20 - 4096, 3 * 2 ** 20, 17, 2 ** 20, 5];
  {
    await using log = await here.open();
    for (const size of sizes) log.append(new Uint8Array(size).fill(size % 251));
  }
  await using log = await here.open();
  const read = await Array.fromAsync(log.read(), (bytes) => [bytes.length, bytes[0], bytes.at(-1)]);
  assertEquals(read, sizes.map((size) => [size, size % 251, size % 251]));
});

Deno.test("a log that is cut at any byte keeps the records that are whole before it", async () => {
  await using here = new LogHere();
  const whole = await logOf(here, 6, false);
  let before = -1;
  for (let length = 4096; length < whole.length; length++) {
    await Deno.writeFile(here.path, whole.subarray(0, length));
    await using log = await here.open();
    const records = await recordsOf(log);
    assertEquals(records, records.map((_, index) => index));
    assert(records.length >= before && records.length <= 6);
    before = records.length;
    log.append(record(records.length));
  }
  assertEquals(before, 6);
  await using log = await here.open();
  assertEquals((await recordsOf(log)).length, 7);
});

Deno.test("a tail of zeros or of old bytes, as a crash may leave it, is cut off", async () => {
  await using here = new LogHere();
  const whole = await logOf(here, 4, true);
  for (const tail of [new Uint8Array(5000), new Uint8Array(3).fill(255), new Uint8Array(9000).fill(8)]) {
    await Deno.writeFile(here.path, new Uint8Array([...whole, ...tail]));
    await using log = await here.open();
    assertEquals(await recordsOf(log), [0, 1, 2, 3]);
  }
});

Deno.test("records that were not on the disk may be torn in any order; damage to what was is an error", async () => {
  await using here = new LogHere();
  const unsynced = await logOf(here, 3, false);
  // The first record is gone, those behind it are there, and the only sync came after all of them.
  const first = unsynced.slice();
  first[4096] = 0;
  const lastSync = first.length - 16;
  await Deno.writeFile(here.path, first.subarray(0, lastSync));
  {
    await using log = await here.open();
    assertEquals(await recordsOf(log), []);
  }
  await Deno.remove(here.path);
  const synced = await logOf(here, 6, true);
  for (const at of [4096, 4100, 4110, 4200]) {
    const damaged = synced.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 4;
    await Deno.writeFile(here.path, damaged);
    const error = await assertRejects(() => here.open(), UnsupportedError, "damaged at byte");
    assert(error.advice?.includes("jobs remove"));
    assertEquals(await Deno.readFile(here.path), damaged, "nothing is changed");
  }
});

Deno.test("what an earlier process left is put on the disk when the log is opened, and damage to it is an error then", async () => {
  await using here = new LogHere();
  // The process ended before its only sync was told.
  await Deno.writeFile(here.path, (await logOf(here, 3, false)).slice(0, -16));
  const { syncData } = Deno.FsFile.prototype;
  let syncs = 0;
  Deno.FsFile.prototype.syncData = async function () {
    await syncData.call(this);
    syncs++;
  };
  try {
    await using log = await here.open();
    assertEquals(syncs, 1);
    log.append(record(3));
    const damaged = await Deno.readFile(here.path);
    damaged[4096] = (damaged[4096] ?? 0) ^ 4;
    await log.close();
    await Deno.writeFile(here.path, damaged);
  } finally {
    Deno.FsFile.prototype.syncData = syncData;
  }
  await assertRejects(() => here.open(), UnsupportedError, "damaged at byte 4096");
});

Deno.test("what lay behind a torn record does not come back when another one takes its place", async () => {
  await using here = new LogHere();
  const unsynced = await logOf(here, 3, false);
  // The second record is torn, and the third, which was whole, goes with it.
  const torn = unsynced.slice(0, -16);
  torn[4096 + 8 + 1 + 8] = 99;
  await Deno.writeFile(here.path, torn);
  {
    await using log = await here.open();
    assertEquals(await recordsOf(log), [0]);
    log.append(record(1));
    await log.flush();
  }
  {
    await using log = await here.open();
    assertEquals(await recordsOf(log), [0, 1]);
  }
  await Deno.writeFile(here.path, torn);
  // Nor does it where the process ends before its first record.
  await (await here.open()).close();
  assertEquals((await Deno.readFile(here.path)).length < torn.length, true);
});

Deno.test("a record without bytes, or with too many, is a RangeError, and the log goes on", async () => {
  await using here = new LogHere();
  await using log = await here.open();
  assertThrows(() => log.append(new Uint8Array()), RangeError, "a record of 0 bytes");
  assertThrows(() => log.append(new Uint8Array(2 ** 24 + 1)), RangeError, "a record of 16777217 bytes");
  log.append(record(0));
  await log.flush();
});

Deno.test("a file that is no log is refused and left as it is", async () => {
  await using here = new LogHere();
  await Deno.writeTextFile(here.path, "not mine");
  await assertRejects(() => here.open(), UnsupportedError, "no journal");
  assertEquals(await Deno.readTextFile(here.path), "not mine");
});

Deno.test("what is appended is synced when its time has come, and at once by flush()", async () => {
  await using here = new LogHere();
  const prototype = Deno.FsFile.prototype;
  const { syncData } = prototype;
  let syncs = 0;
  let wake = () => {};
  prototype.syncData = async function () {
    await syncData.call(this);
    syncs++;
    wake();
  };
  try {
    await using log = await here.open();
    syncs = 0;
    for (let index = 0; index < 10; index++) log.append(record(index));
    await here.clock.advance(999);
    assertEquals(syncs, 0);
    const synced = new Promise<void>((resolve) => wake = resolve);
    await here.clock.advance(1);
    await synced;
    assertEquals(syncs, 1);
    await log.flush();
    assertEquals(syncs, 1, "nothing new");
    log.append(record(10));
    await log.flush();
    assertEquals(syncs, 2);
  } finally {
    prototype.syncData = syncData;
  }
});

Deno.test("a second process is refused by the number and command of the first; its end ends the lock", async () => {
  await using here = new LogHere();
  const script = `
    import { FileLog } from ${JSON.stringify(new URL("./file_log.ts", import.meta.url).href)};
    import { systemClock } from "@lade/core/backend";
    const log = await FileLog.open(Deno.args[0], {
      clock: systemClock, owner: { pid: Deno.pid, command: "lade cp first" }, create: true });
    log.append(Uint8Array.of(1));
    console.log("open");
    await new Promise((resolve) => setTimeout(resolve, 60000));`;
  await Deno.writeTextFile(`${here.directory}/hold.ts`, script);
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      `--config=${config}`,
      `${here.directory}/hold.ts`,
      here.path,
    ],
    stdout: "piped",
  }).spawn();
  const output = child.stdout.getReader();
  await output.read();
  const opening = here.open();
  const refusal = assertRejects(() => opening, UnavailableError, `process ${child.pid} (lade cp first)`);
  await advanceUntil(here.clock, refusal);
  await refusal;
  assertEquals((await FileLog.ownerOf(here.path))?.pid, child.pid);
  child.kill("SIGKILL");
  await child.status;
  await output.cancel();
  assertEquals(await FileLog.ownerOf(here.path), undefined);
  await using log = await here.open();
  assertEquals(await Array.fromAsync(log.read()), [Uint8Array.of(1)]);
});

/** Moves the clock whenever somebody sleeps, until a promise settles. */
async function advanceUntil(clock: FakeClock, promise: Promise<unknown>): Promise<void> {
  let isSettled = false;
  void promise.finally(() => isSettled = true).catch(() => {});
  while (!isSettled) {
    if (clock.pending > 0) await clock.advance(100);
    await Deno.stat(".");
  }
}

Deno.test("a record is in the file when append() returns, unless the file is being synced", async () => {
  await using here = new LogHere();
  const log = await here.open();
  const held = () => Deno.statSync(here.path).size;
  const before = held();
  log.append(record(0));
  const first = held();
  assert(first > before);
  const { syncData } = Deno.FsFile.prototype;
  const syncing = Promise.withResolvers<void>();
  Deno.FsFile.prototype.syncData = function () {
    return syncing.promise.then(() => syncData.call(this));
  };
  try {
    await Promise.resolve();
    const flushed = log.flush();
    for (let turn = 0; turn < 9; turn++) await Promise.resolve();
    log.append(record(1));
    assertEquals(held(), first);
    syncing.resolve();
    await flushed;
  } finally {
    Deno.FsFile.prototype.syncData = syncData;
  }
  await log.close();
  await using again = await here.open();
  assertEquals(await recordsOf(again), [0, 1]);
});

Deno.test("a full disk is told once and by flush(), and closing still gives up the lock", async () => {
  await using here = new LogHere();
  const prototype = Deno.FsFile.prototype;
  const { write, writeSync } = prototype;
  const failures: unknown[] = [];
  const log = await FileLog.open(here.path, {
    clock: here.clock,
    owner,
    create: true,
    onFailure: (error) => failures.push(error),
  });
  log.append(record(0));
  await log.flush();
  let left = 30;
  const fitting = (bytes: Uint8Array) => {
    if (left === 0) throw new Error("No space left on device (os error 28)");
    const count = Math.min(left, bytes.length);
    left -= count;
    return bytes.subarray(0, count);
  };
  prototype.write = async function (bytes) {
    return await write.call(this, fitting(bytes));
  };
  prototype.writeSync = function (bytes) {
    return writeSync.call(this, fitting(bytes));
  };
  try {
    for (let index = 1; index < 9; index++) log.append(record(index));
    await assertRejects(() => log.flush(), Error, "No space");
    // There is room again, but the log has a gap.
    left = 1000;
    log.append(record(9));
    assertEquals(failures.length, 1);
    await assertRejects(() => log.close(), Error, "No space");
  } finally {
    Object.assign(prototype, { write, writeSync });
  }
  await using again = await here.open();
  const records = await recordsOf(again);
  assertEquals(records, records.map((_, index) => index));
  assert(records.length >= 1);
});

Deno.test("a log reads by its own descriptor where its lock keeps out others, and goes on behind what was there", async () => {
  await using here = new LogHere();
  await logOf(here, 50, false);
  const options = { clock: here.clock, owner, create: false, platform: "windows" } as const;
  for (let round = 0; round < 2; round++) {
    const log = await FileLog.open(here.path, options);
    assertEquals(await recordsOf(log), Array.from({ length: 50 + round }, (_, index) => index));
    log.append(record(50 + round));
    await log.close();
  }
});
