import { assert, assertEquals } from "@std/assert";
import { copyCheckpoint, openCheckpoints } from "@lade/checkpoint";
import { type LocalConfig, openFileStore } from "@lade/fs";
import { observe } from "@lade/core/layers";

/** A name that was given to a file, or something that was brought to the disk, by the number of its file. */
interface Step {
  readonly did: "sync" | "name";
  readonly ino: number | null;
  readonly path?: string;
}

/** Tells in which order files were synced and named. */
async function stepsOf(work: () => Promise<unknown>): Promise<Step[]> {
  const steps: Step[] = [];
  const prototype = Deno.FsFile.prototype;
  const { sync } = prototype;
  const { rename, renameSync, link, linkSync } = Deno;
  const name = (from: string | URL, path: string | URL) =>
    void steps.push({ did: "name", ino: Deno.lstatSync(from).ino, path: String(path) });
  prototype.sync = async function () {
    const { ino } = this.statSync();
    await sync.call(this);
    steps.push({ did: "sync", ino });
  };
  Deno.rename = (from, to) => (name(from, to), rename(from, to));
  Deno.renameSync = (from, to) => (name(from, to), renameSync(from, to));
  Deno.link = (from, to) => (name(from, to), link(from, to));
  Deno.linkSync = (from, to) => (name(from, to), linkSync(from, to));
  try {
    await work();
  } finally {
    Object.assign(prototype, { sync });
    Object.assign(Deno, { rename, renameSync, link, linkSync });
  }
  return steps;
}

const tensors = Array.from({ length: 6 }, (_, index) => ({
  name: `t${index}`,
  dtype: "uint8" as const,
  shape: [100_000],
  data: new Uint8Array(100_000).fill(index),
}));

async function saved(config: Partial<LocalConfig> = {}): Promise<{ steps: Step[]; root: string }> {
  const root = await Deno.makeTempDir();
  const store = await openFileStore(root, config);
  const steps = await stepsOf(async () => {
    await using series = await openCheckpoints(observe(store, () => {}), "run", { shardBytes: 200_000 });
    await series.save(1, { tensors, extras: { bytes: new Uint8Array(10) } }).committed;
  });
  await Deno.remove(root, { recursive: true });
  return { steps, root };
}

/** That each name is of a file on the disk, and that the manifest is named once all before it is on the disk by its name. */
function assertDurable(steps: readonly Step[], below: string): void {
  const names = steps.filter(({ did, path }) => did === "name" && path?.startsWith(below));
  const kinds = new Set(names.map(({ path = "" }) => path.slice(below.length).split("/")[1]));
  for (const kind of ["data", "commits"]) assert(kinds.has(kind), `nothing was named in ${kind}`);
  const unsynced: string[] = [];
  for (const [at, { did, ino, path = "" }] of steps.entries()) {
    if (did === "sync" || !path.startsWith(below)) continue;
    if (!steps.slice(0, at).some((before) => before.did === "sync" && before.ino === ino)) {
      unsynced.push(path);
    }
  }
  assertEquals(unsynced, []);
  const committed = steps.findIndex(({ did, path }) => did === "name" && path?.includes("/commits/"));
  const before = steps.slice(0, committed);
  const lastData = before.findLastIndex(({ did, path }) => did === "name" && path?.includes("/data/"));
  assert(lastData >= 0);
  // Of the directory, once for each of its files.
  const data = before.filter(({ did, path }) => did === "name" && path?.includes("/data/"));
  const inodes = new Set(names.map(({ ino }) => ino));
  const ofDirectories = before.slice(lastData).filter(({ did, ino }) => did === "sync" && !inodes.has(ino));
  assert(
    data.length > 1 && ofDirectories.length > 0,
    "the names of data are on the disk before the manifest",
  );
}

Deno.test("a save to local files is on the disk when it is committed, its manifest last", async () => {
  const { steps, root } = await saved();
  assertDurable(steps, `${root}/run`);
});

Deno.test("a save waits for no disk where the store was told so", async () => {
  const { steps } = await saved({ sync: "none" });
  assert(steps.some(({ did }) => did === "name"));
  assertEquals(steps.filter(({ did }) => did === "sync"), []);
});

Deno.test("a copy of a checkpoint is on the disk when it is committed, its manifest last", async () => {
  const root = await Deno.makeTempDir();
  const from = await openFileStore(root, { sync: "none" });
  await using series = await openCheckpoints(from, "from", { shardBytes: 200_000 });
  await series.save(1, { tensors }).committed;
  const place = { store: await openFileStore(root), prefix: "to" };
  const steps = await stepsOf(() => copyCheckpoint({ store: from, prefix: "from" }, "latest", place));
  assertDurable(steps, `${root}/to`);
  await Deno.remove(root, { recursive: true });
});
