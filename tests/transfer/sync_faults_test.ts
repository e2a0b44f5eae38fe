import type { ObjectStore } from "@lade/core";
import { PreconditionFailedError, StoreError, UnavailableError } from "@lade/core/errors";
import type { FaultRule } from "@lade/testing";
import { injectFaults } from "@lade/testing";
import { locate, resolveDestination, type UriCalls } from "@lade/transfer/places";
import { sync, type SyncCounts, type SyncListener, type SyncOptions } from "@lade/transfer/sync";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { STORE_KINDS, ThreeStores } from "./three_stores.ts";

const AWAY = new UnavailableError({ operation: "list", uri: "memory://away", detail: "it went away" });

interface Told {
  readonly failed: StoreError[];
  readonly notes: string[];
  readonly deleted: string[];
  readonly counts: SyncCounts;
}

/** Synchronizes two trees, with faults in the stores of those that have any, and tells what became of it. */
async function run(
  stores: ThreeStores,
  uris: readonly [source: string, target: string],
  options: SyncOptions & { readonly backup?: string } = {},
  faults: Readonly<Record<string, readonly FaultRule[]>> = {},
  hooks: Partial<SyncListener> = {},
): Promise<Told> {
  const { lade } = stores;
  const faulty = new Map<ObjectStore, ObjectStore>();
  for (const [uri, rules] of Object.entries(faults)) {
    const { store } = await lade.locate(uri);
    faulty.set(store, injectFaults(store, rules));
  }
  const calls: UriCalls = {
    context: lade.context,
    stores: lade.stores,
    locate: async (uri) => {
      const located = await lade.locate(uri);
      return { ...located, store: faulty.get(located.store) ?? located.store };
    },
    uriOf: (uri) => lade.uriOf(uri),
    createContainer: (uri, call) => lade.createContainer(uri, call),
    deleteContainer: (uri, call) => lade.deleteContainer(uri, call),
  };
  const destination = await resolveDestination(calls, uris[1], true);
  assert(destination.kind === "prefix");
  const told = { failed: [] as StoreError[], notes: [] as string[], deleted: [] as string[] };
  const { backup, ...rest } = options;
  const counts = await sync(calls, {
    ...rest,
    operation: "sync",
    source: uris[0],
    destination: destination.place,
    ...(backup !== undefined && { backup: await locate(calls, backup) }),
    signal: new AbortController().signal,
  }, {
    done: () => Promise.resolve(),
    skipped: () => Promise.resolve(),
    backedUp: () => Promise.resolve(),
    ...hooks,
    deleted: async (uri, listed) => {
      told.deleted.push(uri);
      await hooks.deleted?.(uri, listed);
    },
    failed: (_, error) => {
      assert(error instanceof StoreError, String(error));
      told.failed.push(error);
      return Promise.resolve();
    },
    noted: (text) => Promise.resolve(void told.notes.push(text)),
  });
  return { ...told, counts };
}

const TEXTS = { a: "1", b: "22", "c/d": "333", "c/e": "4444", f: "55555" };

for (const side of ["source", "target"] as const) {
  for (const kind of STORE_KINDS) {
    Deno.test(`sync deletes nothing where the listing of the ${side} fails anywhere, in ${kind}`, async () => {
      await using stores = await ThreeStores.start();
      for (let after = 0; after <= Object.keys(TEXTS).length; after++) {
        const source = await stores.tree(side === "source" ? kind : "memory", TEXTS);
        const target = await stores.tree(side === "target" ? kind : "memory", {
          "0": "0",
          c2: "only here",
          z: "only here",
        });
        const uri = side === "source" ? source : target;
        const listed = (await Array.fromAsync(stores.lade.list(uri))).length;
        if (after > listed) continue;
        const rule: FaultRule = { operation: "list", fault: { kind: "throw", error: AWAY, after } };
        const { failed, deleted, counts, notes } = await run(stores, [source, target], { delete: true }, {
          [uri]: [rule],
        });
        assertEquals([failed, deleted, counts.deleted], [[AWAY], [], 0], `after ${after}`);
        assertEquals(notes, ["nothing is deleted, because not everything was listed"]);
        const texts = await stores.texts(target);
        for (const name of ["0", "c2", "z"]) assert(name in texts, name);
      }
    });
  }
}

Deno.test("sync deletes nothing where an object could not be brought, and says so", async () => {
  await using stores = await ThreeStores.start();
  const source = await stores.tree("memory", TEXTS);
  const target = await stores.tree("file", { z: "only here", y: "only here" });
  const key = new URL(source).pathname.slice(1) + "b";
  const rules: FaultRule[] = [{ operation: "get", key, fault: { kind: "throw", error: AWAY } }];
  const { failed, counts, notes } = await run(stores, [source, target], { delete: true }, {
    [source]: rules,
  });
  assertEquals([failed.length, counts.objects, counts.failed, counts.deleted], [1, 4, 1, 0]);
  assertEquals(notes, ["2 objects stay that the source does not have, because not everything was done"]);
  const { b: _, ...rest } = TEXTS;
  assertEquals(await stores.texts(target), { ...rest, y: "only here", z: "only here" });
});

Deno.test("sync that ends at the first failure deletes nothing", async () => {
  await using stores = await ThreeStores.start();
  const source = await stores.tree("memory", TEXTS);
  const target = await stores.tree("memory", { z: "only here" });
  const rules: FaultRule[] = [{ operation: "get", fault: { kind: "throw", error: AWAY } }];
  const options = { delete: true, failFast: true, concurrency: 1 };
  const { counts } = await run(stores, [source, target], options, { [source]: rules });
  assertEquals([counts.failed, counts.isHalted, counts.deleted], [1, true, 0]);
  assertEquals(await stores.texts(target), { z: "only here" });
});

for (const kind of STORE_KINDS) {
  Deno.test(`sync loses nothing of what somebody else writes to ${kind} meanwhile`, async () => {
    await using stores = await ThreeStores.start();
    const source = await stores.tree("memory", { "0": "first", changed: "new content", new: "new", z: "z" });
    const target = await stores.tree(kind, { changed: "old", gone: "old" });
    const { failed, counts } = await run(stores, [source, target], { concurrency: 1, delete: true }, {}, {
      done: async ({ to }) => {
        // Both sides are listed by now.
        if (to?.uri !== `${target}0`) return;
        for (const name of ["changed", "new"]) await stores.lade.put(target + name, "by somebody else");
      },
    });
    assertEquals(failed.map(({ uri }) => uri), [`${target}changed`, `${target}new`]);
    for (const { detail, advice } of failed) {
      assertEquals(detail, "somebody else wrote or removed it since it was listed");
      assertEquals(advice, "run it again");
    }
    assertEquals([counts.objects, counts.failed, counts.deleted], [2, 2, 0]);
    assertEquals(await stores.texts(target), {
      "0": "first",
      changed: "by somebody else",
      gone: "old",
      new: "by somebody else",
      z: "z",
    });
  });

  Deno.test(`sync deletes from ${kind} only what was listed`, async () => {
    await using stores = await ThreeStores.start();
    const source = await stores.tree("memory", { kept: "kept" });
    for (const backs of [false, true]) {
      const target = await stores.tree(kind, { changed: "old", gone: "old", taken: "old" });
      const backup = await stores.tree(kind);
      const { failed, counts } = await run(
        stores,
        [source, target],
        {
          delete: true,
          ...(backs && { backup }),
        },
        {},
        {
          done: async () => {
            await stores.lade.put(`${target}changed`, "by somebody else");
            await stores.lade.remove(`${target}taken`);
          },
        },
      );
      assertEquals(failed.map(({ uri }) => uri), [`${target}changed`]);
      assert(failed.every((error) => error instanceof PreconditionFailedError), String(failed[0]));
      assertEquals([counts.objects, counts.failed], [1, 1]);
      assertEquals(await stores.texts(target), { changed: "by somebody else", kept: "kept" });
      assertEquals(await stores.texts(backup), backs ? { gone: "old" } : {});
    }
  });
}

Deno.test("sync takes what a source holds when it is read, and is quiet the next time", async () => {
  await using stores = await ThreeStores.start();
  for (const kind of STORE_KINDS) {
    const source = await stores.tree(kind, TEXTS);
    const target = await stores.tree("file");
    let isChanged = false;
    const changes: Promise<unknown>[] = [];
    const { failed } = await run(stores, [source, target], { concurrency: 1 }, {}, {
      started: () => {
        if (!isChanged) changes.push(stores.lade.put(`${source}f`, "changed meanwhile"));
        isChanged = true;
        return undefined;
      },
      done: async () => void await Promise.all(changes),
    });
    assertEquals(failed, []);
    assertEquals(await stores.texts(target), { ...TEXTS, f: "changed meanwhile" }, kind);
    assertEquals((await run(stores, [source, target])).counts.objects, 0);
  }
});

Deno.test("sync keeps what could not be backed up", async () => {
  await using stores = await ThreeStores.start();
  const source = await stores.tree("memory", { changed: "new content", kept: "kept" });
  const target = await stores.tree("memory", { changed: "old", gone: "old", kept: "kept" });
  for (const kind of ["memory", "file", "s3"] as const) {
    const backup = await stores.tree(kind);
    const rules = ["put", "copy", "copyFrom", "rename", "createWriter", "createPartWriter"].map(
      (operation) => {
        return { operation, fault: { kind: "throw", error: AWAY } } as FaultRule;
      },
    );
    const options = { delete: true, backup };
    const { failed, counts, deleted } = await run(stores, [source, target], options, { [backup]: rules });
    assertEquals([failed, counts.objects, deleted], [[AWAY], 0, []], kind);
    assertEquals(await stores.texts(target), { changed: "old", gone: "old", kept: "kept" });
    await stores.lade.put(`${target}changed`, "new content");
    const second = await run(stores, [source, target], options, { [backup]: rules });
    assertEquals([second.failed, second.deleted], [[AWAY], []], kind);
    assertEquals(await stores.texts(target), { changed: "new content", gone: "old", kept: "kept" });
    await stores.lade.put(`${target}changed`, "old");
  }
});

Deno.test("sync that is aborted rejects with the reason, and deletes nothing", async () => {
  await using stores = await ThreeStores.start();
  const source = await stores.tree("memory", TEXTS);
  const target = await stores.tree("memory", { z: "only here" });
  const controller = new AbortController();
  const reason = new Error("enough");
  const error = await assertRejects(() =>
    stores.lade.sync(source, target, {
      delete: true,
      signal: controller.signal,
      concurrency: 1,
      listener: { done: () => Promise.resolve(controller.abort(reason)) },
    })
  );
  assertEquals(error, reason);
  assert("z" in await stores.texts(target));
});

Deno.test("Lade.sync() rejects with all that failed, after the rest, and with a single error where nothing could begin", async () => {
  await using stores = await ThreeStores.start();
  const source = await stores.tree("memory", { "../evil": "evil", "../worse": "worse", fine: "fine" });
  const target = await stores.tree("file", { gone: "gone" });
  const error = await assertRejects(() => stores.lade.sync(source, target, { delete: true }), AggregateError);
  assertEquals(error.errors.length, 2);
  assert(
    error.message.startsWith(`Cannot sync "${target}": 2 of 3 objects failed; the first: Cannot sync "`),
  );
  assertEquals(await stores.texts(target), { fine: "fine", gone: "gone" });
  await assertRejects(() => stores.lade.sync(source, source), StoreError, "is the same");
  await assertRejects(() => stores.lade.sync(`${source}missing/`, target), StoreError, "no such prefix");
});
