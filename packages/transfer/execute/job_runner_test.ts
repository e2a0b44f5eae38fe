import { ForwardingStore, type ObjectStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { PermissionDeniedError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { FakeClock } from "@lade/testing";
import { assertEquals } from "@std/assert";
import { journalDirectory } from "../journal/journal_place.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import { sourceOf } from "../plan/job.ts";
import { withStore } from "../testing/with_store.ts";
import { transfer } from "./transfer.ts";

/** A store whose objects may not be deleted, until they may. */
class Kept extends ForwardingStore {
  mayDelete = false;
  readonly conditions: (string | undefined)[] = [];

  override async delete(...[key, options]: Parameters<ObjectStore["delete"]>): Promise<void> {
    if (!this.mayDelete) {
      throw new PermissionDeniedError({ operation: "delete", uri: `memory://s/${key}`, detail: "not yet" });
    }
    this.conditions.push(options?.ifMatch);
    await super.delete(key, options);
  }
}

for (const move of [false, true]) {
  Deno.test(`of a ${move ? "move" : "copy"} that goes on, what is done is ${move ? "removed, as it was" : "left alone"}`, async () => {
    const directory = await Deno.makeTempDir();
    const clock = new FakeClock();
    const lade = new Lade({ context: createStoreContext({ clock }) });
    try {
      for (const name of ["a", "b", "c"]) await lade.put(`memory://s/d/${name}`, name);
      const { store } = await lade.locate("memory://s/d/");
      const kept = new Kept(store);
      const calls = withStore(lade, "memory://s/", () => kept);
      const run = async () => {
        const [before, failed]: [string[], string[]] = [[], []];
        await transfer(calls, {
          operation: move ? "mv" : "cp",
          sources: ["memory://s/d/"],
          destination: await resolveDestination(lade, `${directory}/out/`, true),
          recursive: true,
          move,
          concurrency: 1,
          journal: { place: journalDirectory(`${directory}/journals`) },
          stdin: { read: () => Promise.resolve(null) },
          stdout: () => Promise.resolve(),
          signal: new AbortController().signal,
        }, {
          done: async (job) => {
            await clock.advance(4000);
            if (!move && sourceOf(job).endsWith("c")) throw new Error("cut short");
          },
          doneBefore: (job) => void before.push(sourceOf(job)),
          skipped: () => Promise.resolve(),
          failed: async (uri) => {
            failed.push(uri);
            await clock.advance(4000);
          },
        }).catch((error) => {
          if (error.message !== "cut short") throw error;
        });
        return { before, failed: failed.length };
      };
      const names = async (uri: string) => await Array.fromAsync(lade.list(uri), (entry) => entry.uri);
      const sources = ["a", "b", "c"].map((name) => `memory://s/d/${name}`);
      assertEquals(await run(), { before: [], failed: move ? 3 : 0 });
      assertEquals(await names("memory://s/d/"), sources);
      kept.mayDelete = true;
      const etags = await Promise.all(
        ["a", "b", "c"].map(async (name) => (await store.head(`d/${name}`)).etag),
      );
      assertEquals(await run(), { before: sources, failed: 0 });
      assertEquals(await names("memory://s/d/"), move ? [] : sources);
      for (const name of ["a", "b", "c"]) {
        assertEquals(await Deno.readTextFile(`${directory}/out/${name}`), name);
      }
      assertEquals(kept.conditions, move ? etags : []);
    } finally {
      await lade[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    }
  });
}
