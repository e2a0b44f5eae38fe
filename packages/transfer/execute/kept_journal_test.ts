import { assertEquals, assertMatch } from "@std/assert";
import { ForwardingStore, type ObjectStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { MemoryStore } from "@lade/core/memory";
import { Lade } from "@lade/lade";
import { FakeClock } from "@lade/testing";
import { journalDirectory, journalStore } from "../journal/journal_place.ts";
import { parseRecord } from "../journal/journal_records.ts";
import type { ResumableTransfer } from "../journal/transfer_journal.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import type { CompareMode } from "../compare/compare_options.ts";
import { sourceOf } from "../plan/job.ts";
import { sync } from "../sync/sync.ts";
import { withStore } from "../testing/with_store.ts";
import { transfer } from "./transfer.ts";

/** Objects that are copied to a directory in which one of them has no place, so that the transfer is never done. */
class Here implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly lade = new Lade({ context: createStoreContext({ clock: this.clock }) });
  readonly directory = Deno.makeTempDirSync();
  left: ResumableTransfer | undefined;

  /** One run: the names that were copied, and those that were done before. */
  async run(afterMs: number, { recursive = true, sources = ["memory://s/d/"] } = {}) {
    const [done, before]: [string[], string[]] = [[], []];
    this.left = undefined;
    const name = (uri: string) => uri.slice(uri.lastIndexOf("/") + 1);
    await transfer(this.lade, {
      operation: "cp",
      sources,
      destination: await resolveDestination(this.lade, `${this.directory}/out/`, true),
      recursive,
      move: false,
      concurrency: 1,
      journal: { place: journalDirectory(`${this.directory}/journals`) },
      stdin: { read: () => Promise.resolve(null) },
      stdout: () => Promise.resolve(),
      signal: new AbortController().signal,
    }, {
      done: async (job) => {
        done.push(name(sourceOf(job)));
        await this.clock.advance(afterMs);
      },
      doneBefore: (job) => void before.push(name(sourceOf(job))),
      skipped: () => Promise.resolve(),
      failed: () => Promise.resolve(),
      resumable: (left) => {
        this.left = left;
        return Promise.resolve();
      },
    });
    return { done: done.sort(), before: before.sort() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

async function here(): Promise<Here> {
  const made = new Here();
  for (const name of ["a", "b", "c", "d"]) await made.lade.put(`memory://s/d/${name}`, name);
  await Deno.mkdir(`${made.directory}/out/b`, { recursive: true });
  await Deno.writeTextFile(`${made.directory}/out/b/in-the-way`, "");
  return made;
}

Deno.test("what is done is passed over while source and destination are as they were, and only then", async () => {
  await using made = await here();
  assertEquals(await made.run(4000), { done: ["a", "c", "d"], before: [] });
  assertEquals([made.left?.finished, made.left?.halfDone], [3, 0]);
  assertMatch(made.left?.id ?? "", /^[0-9a-f]{16}$/);
  assertEquals(await made.run(4000), { done: [], before: ["a", "c", "d"] });
  await made.lade.put("memory://s/d/c", "changed");
  assertEquals(await made.run(4000), { done: ["c"], before: ["a", "d"] });
  await Deno.writeTextFile(`${made.directory}/out/a`, "by somebody else");
  await Deno.remove(`${made.directory}/out/d`);
  assertEquals(await made.run(4000), { done: ["a", "d"], before: ["c"] });
  for (const [name, text] of [["a", "a"], ["c", "changed"], ["d", "d"]]) {
    assertEquals(await Deno.readTextFile(`${made.directory}/out/${name}`), text);
  }
  await Deno.remove(`${made.directory}/out/b`, { recursive: true });
  assertEquals(await made.run(4000), { done: ["b"], before: ["a", "c", "d"] });
  assertEquals([made.left, await Array.fromAsync(Deno.readDir(`${made.directory}/journals`))], [
    undefined,
    [],
  ]);
});

Deno.test("sync takes nothing for done that it has found to be different", async () => {
  await using made = await here();
  const { lade, directory, clock } = made;
  const run = async (mode: CompareMode) => {
    const [done, before]: [string[], string[]] = [[], []];
    const destination = await resolveDestination(lade, `${directory}/out/`, true);
    if (destination.kind !== "prefix") throw new Error("a directory is a prefix");
    await sync(lade, {
      operation: "sync",
      source: "memory://s/d/",
      destination: destination.place,
      mode,
      concurrency: 1,
      journal: { place: journalDirectory(`${directory}/journals`) },
      signal: new AbortController().signal,
    }, {
      done: async (job) => {
        done.push(sourceOf(job));
        await clock.advance(4000);
      },
      doneBefore: (job) => void before.push(sourceOf(job)),
      skipped: () => Promise.resolve(),
      failed: () => Promise.resolve(),
      deleted: () => Promise.resolve(),
      backedUp: () => Promise.resolve(),
    });
    return { done, before };
  };
  for (const mode of ["checksum", "all"] as const) {
    assertEquals((await run(mode)).done, ["memory://s/d/a", "memory://s/d/c", "memory://s/d/d"]);
    const path = `${directory}/out/a`;
    const { mtime } = await Deno.stat(path);
    await Deno.writeTextFile(path, "A");
    await Deno.utime(path, mtime ?? 0, mtime ?? 0);
    const { done, before } = await run(mode);
    const isAll = mode === "all";
    assertEquals([done, before.length], isAll ? [[], 3] : [["memory://s/d/a"], 0]);
    assertEquals(await Deno.readTextFile(path), isAll ? "A" : "a");
  }
});

/** Writes to a file in place, and sets its times back, when the second in which its status changed is over. */
async function editUnseen(path: string, text: string): Promise<void> {
  const { mtime, ctime } = await Deno.stat(path);
  const time = mtime ?? new Date(0);
  for (let now = ctime; now?.getTime() === ctime?.getTime(); now = (await Deno.stat(path)).ctime) {
    await Deno.writeTextFile(path, text);
    await Deno.utime(path, time, time);
  }
}

for (const recursive of [true, false]) {
  Deno.test(`a local source that was edited and got its old time back is not done, recursive ${recursive}`, async () => {
    await using made = await here();
    await Deno.mkdir(`${made.directory}/in`);
    for (const name of ["a", "b", "c"]) await Deno.writeTextFile(`${made.directory}/in/${name}`, name);
    const names = ["a", "b", "c"].map((name) => `${made.directory}/in/${name}`);
    const how = { recursive, sources: recursive ? [`${made.directory}/in/`] : names };
    assertEquals(await made.run(4000, how), { done: ["a", "c"], before: [] });
    assertEquals(await made.run(4000, how), { done: [], before: ["a", "c"] });
    await editUnseen(`${made.directory}/in/c`, "C");
    assertEquals(await made.run(4000, how), { done: ["c"], before: ["a"] });
    assertEquals(await Deno.readTextFile(`${made.directory}/out/c`), "C");
    assertEquals(await made.run(4000, how), { done: [], before: ["a", "c"] });
  });
}

Deno.test("a transfer that takes no time keeps no journal", async () => {
  await using made = await here();
  assertEquals(await made.run(0), { done: ["a", "c", "d"], before: [] });
  assertEquals(made.left, undefined);
  assertEquals(await made.run(0), { done: ["a", "c", "d"], before: [] });
});

Deno.test("a copy whose source is gone is not taken for one that an earlier run has moved", async () => {
  await using made = await here();
  const how = { recursive: false, sources: ["a", "b", "c"].map((name) => `memory://s/d/${name}`) };
  assertEquals(await made.run(4000, how), { done: ["a", "c"], before: [] });
  await made.lade.remove("memory://s/d/c");
  assertEquals(await made.run(4000, how), { done: [], before: ["a"] });
});

Deno.test("what is moved by its name is in the journal before it is removed", async () => {
  const clock = new FakeClock();
  await using lade = new Lade({ context: createStoreContext({ clock }) });
  await using journals = new MemoryStore();
  const place = journalStore(journals, "j/");
  const names = ["a", "b", "c"];
  const sources = names.map((name) => `memory://s/${name}`);
  for (const uri of sources) await lade.put(uri, uri);
  const moved: number[] = [];
  const watched = new class extends ForwardingStore {
    override async delete(...given: Parameters<ObjectStore["delete"]>): Promise<void> {
      let count = 0;
      for await (const id of place.list()) {
        for await (const bytes of place.peek(id, clock)) if (parseRecord(bytes)?.type === "moved") count++;
      }
      moved.push(count);
      await super.delete(...given);
    }
  }((await lade.locate("memory://s/")).store);
  await transfer(withStore(lade, "memory://s/", () => watched), {
    ...{ operation: "mv", sources, recursive: false, move: true, concurrency: 1 },
    destination: await resolveDestination(lade, "memory://t/", true),
    journal: { place },
    signal: new AbortController().signal,
  }, {
    done: async () => await clock.advance(4000),
    skipped: () => Promise.resolve(),
    failed: (_, error) => Promise.reject(error),
  });
  // There is no journal in the first seconds.
  assertEquals(moved, [0, 2, 3]);
  assertEquals(await Array.fromAsync(lade.list("memory://t/"), ({ uri }) => uri.slice(-1)), names);
});
