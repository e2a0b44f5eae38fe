import { openFileStore } from "@lade/fs";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { copyCheckpoint, InvalidCheckpointError, openCheckpoints } from "@lade/checkpoint";
import { FormatError } from "@lade/formats/errors";
import { openAll, saveTogether } from "./trained_world.ts";

/** More than any text in memory has: whoever reads it whole runs out of memory, or of time. */
const HUGE = 2 ** 40;

/** Puts a huge file in place of an object, which takes no room. */
async function plant(directory: string, key: string): Promise<void> {
  const path = `${directory}/c/${key}`;
  await Deno.remove(path).catch(() => {});
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await (await Deno.create(path)).close();
  await Deno.truncate(path, HUGE);
}

async function trained(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  const store = await openFileStore(path);
  for (const step of [1, 2]) {
    const all = await openAll(store, 2, "a");
    for (const end of await saveTogether(all, step, step)) assertEquals(end.status, "fulfilled");
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function firstKey(path: string, folder: string): Promise<string> {
  const store = await openFileStore(`${path}/c`);
  for await (const { key } of store.list(folder)) return key;
  throw new Error(`there is nothing in ${folder}`);
}

const SAYS = `it has ${HUGE} bytes, more than`;

Deno.test("a huge object in place of a small one is an error that names it and its size, and is never read", async () => {
  await using series = await trained();
  const { path } = series;
  const store = await openFileStore(path);
  const checkpoints = await openCheckpoints(store, "c", { readOnly: true });

  const commit = await firstKey(path, "commits/");
  await plant(path, commit);
  const error = await assertRejects(() => checkpoints.latest(), FormatError, SAYS);
  assert(error.uri.endsWith(commit));
  const damaged: string[] = [];
  const steps = await Array.fromAsync(checkpoints.list({ onDamaged: ({ key }) => damaged.push(key) }));
  assertEquals([steps.map(({ step }) => step), damaged], [[1], [commit]]);
  assertEquals((await checkpoints.gc()).damaged.map(({ key }) => key), [commit]);
  assertEquals((await checkpoints.openLatestValid()).checkpoint.info.step, 1);

  // What names the newest is replaced, and marks are what they are called.
  const ref = { generation: 0, step: 1 };
  await plant(path, "latest.json");
  await plant(path, "pins/00000000-000000000001.json");
  await checkpoints.pin(ref);
  await checkpoints.unpin(ref);
  const all = await openAll(store, 2, "a");
  for (const end of await saveTogether(all, 3, 3)) assertEquals(end.status, "fulfilled");
  assert((await Deno.stat(`${path}/c/latest.json`)).size < 1000);

  await plant(path, await firstKey(path, "runs/"));
  await assertRejects(() => openAll(store, 2, "a"), FormatError, SAYS);
  assertEquals((await openAll(store, 2, "b")).length, 2);
  await plant(path, "lade.json");
  await assertRejects(() => openCheckpoints(store, "c", { readOnly: true }), FormatError, SAYS);
});

Deno.test("huge records, extras and tables are told of by who needs them", async () => {
  await using series = await trained();
  const { path } = series;
  const store = await openFileStore(path);
  const checkpoints = await openCheckpoints(store, "c", { readOnly: true });
  const checkpoint = await checkpoints.open(1);
  const extra =
    (await Array.fromAsync(store.list("c/data/"))).find(({ key }) => key.endsWith(".extra"))?.key ?? "";
  await plant(path, extra.slice(2));
  await assertRejects(() => checkpoint.extra("state"), Error, SAYS);

  await Deno.remove(`${path}/c/${await firstKey(path, "commits/")}`);
  const record = (await firstKey(path, "records/")).replace("000000000001-", "000000000002-");
  await plant(path, record);
  const { committed, invalid } = await checkpoints.recover();
  assertEquals(committed, []);
  assert(invalid[0]?.error.message.includes(SAYS));
  // What is larger than it was is not copied either.
  await assertRejects(
    () => copyCheckpoint({ store, prefix: "c" }, 1, { store, prefix: "d" }),
    InvalidCheckpointError,
    `what is copied is not whole: it has ${HUGE} bytes`,
  );
});
