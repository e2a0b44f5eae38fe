import { ForwardingStore, type LeftOut, type ObjectMeta, type ObjectStore } from "@lade/core";
import { createStoreContext } from "@lade/core/backend";
import { InvalidNameError, NotFoundError, PermissionDeniedError, UnavailableError } from "@lade/core/errors";
import { Lade } from "@lade/lade";
import { FakeClock } from "@lade/testing";
import { assertEquals, assertRejects } from "@std/assert";
import { createFilter } from "../filter/mod.ts";
import { journalDirectory } from "../journal/journal_place.ts";
import type { ResumableTransfer } from "../journal/transfer_journal.ts";
import { locate } from "../places/place.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { saveSyncPlan } from "../saved/save_sync_plan.ts";
import { sync } from "./sync.ts";
import type { SyncListener, SyncOptions, SyncRequest } from "./sync_request.ts";

const UNREAD = new PermissionDeniedError({
  operation: "list",
  uri: "memory://x/d/",
  detail: "it may not be read",
});

/** A store of which a listing leaves a directory out that may not be read. */
class Unread extends ForwardingStore {
  override async *list(...[prefix, options]: Parameters<ObjectStore["list"]>): AsyncGenerator<ObjectMeta> {
    const leftOut: LeftOut = { key: "d/", reason: "it may not be read", hasBytes: false, error: UNREAD };
    options?.onLeftOut?.(leftOut);
    yield* super.list(prefix, options);
  }
}

/** A store of which a listing leaves out what is no object. */
class Special extends ForwardingStore {
  override async *list(...[prefix, options]: Parameters<ObjectStore["list"]>): AsyncGenerator<ObjectMeta> {
    options?.onLeftOut?.({ key: "pipe", reason: "it is a pipe", hasBytes: false });
    yield* super.list(prefix, options);
  }
}

/** A store in which nothing can be looked up. */
class Unseen extends ForwardingStore {
  override head(key: string): Promise<never> {
    return Promise.reject(
      new UnavailableError({ operation: "get", uri: `memory://x/${key}`, detail: "not now" }),
    );
  }
}

/** Two trees, and what a synchronization of them told. */
class Here implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly lade = new Lade({ context: createStoreContext({ clock: this.clock }) });
  readonly told = {
    ...{ failed: [] as unknown[], skipped: [] as string[], deleted: [] as string[] },
    left: [] as ResumableTransfer[],
  };
  readonly layers = new Map<string, (store: ObjectStore) => ObjectStore>();
  readonly #layered = new Map<ObjectStore, ObjectStore>();
  readonly listener: SyncListener = {
    done: async () => await this.clock.advance(4000),
    skipped: (uri) => Promise.resolve(void this.told.skipped.push(uri)),
    failed: (_, error) => Promise.resolve(void this.told.failed.push(error)),
    deleted: (uri) => Promise.resolve(void this.told.deleted.push(uri)),
    backedUp: () => Promise.resolve(),
    resumable: (left) => Promise.resolve(void this.told.left.push(left)),
  };

  static async make(source: readonly string[], target: readonly string[]): Promise<Here> {
    const here = new Here();
    for (const name of source) await here.lade.put(`memory://s/${name}`, `new ${name}`);
    await here.clock.advance(60_000);
    for (const name of target) await here.lade.put(`memory://t/${name}`, `old ${name}`);
    return here;
  }

  get calls(): UriCalls {
    const { lade } = this;
    return {
      context: lade.context,
      stores: lade.stores,
      uriOf: (uri) => lade.uriOf(uri),
      createContainer: (uri, options) => lade.createContainer(uri, options),
      deleteContainer: (uri, options) => lade.deleteContainer(uri, options),
      locate: async (uri) => {
        const { store, ...rest } = await lade.locate(uri);
        const layer = this.layers.get(uri.slice(0, 10));
        if (layer && !this.#layered.has(store)) this.#layered.set(store, layer(store));
        return { ...rest, store: this.#layered.get(store) ?? store };
      },
    };
  }

  async request(options: SyncOptions): Promise<SyncRequest> {
    const destination = await resolveDestination(this.calls, "memory://t/", true);
    if (destination.kind !== "prefix") throw new TypeError("it is no prefix");
    return {
      operation: "sync",
      source: "memory://s/",
      destination: destination.place,
      signal: new AbortController().signal,
      ...options,
    };
  }

  async run(options: SyncOptions = {}) {
    return await sync(this.calls, await this.request(options), this.listener);
  }

  async names(uri: string): Promise<string[]> {
    return await Array.fromAsync(this.lade.list(uri), (entry) => entry.uri);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
  }
}

for (const side of ["memory://s", "memory://t"]) {
  Deno.test(`sync deletes nothing where a part of ${side} may not be read, whatever the filter takes`, async () => {
    await using here = await Here.make(["a"], ["a", "gone", "d/x"]);
    here.layers.set(side, (store) => new Unread(store));
    const counts = await here.run({ delete: true, filter: (_, name) => !name.startsWith("d") });
    assertEquals([counts.failed, counts.deleted, here.told.failed], [1, 0, [UNREAD]]);
    assertEquals(await here.names("memory://t/"), ["memory://t/a", "memory://t/d/x", "memory://t/gone"]);
  });
}

Deno.test("sync deletes nothing where two objects could not be compared", async () => {
  await using here = await Here.make(["a"], ["a", "gone"]);
  here.layers.set("memory://s", (store) => new Unseen(store));
  const counts = await here.run({ delete: true, mode: "checksum" });
  assertEquals([counts.failed, counts.deleted, here.told.deleted], [1, 0, []]);
  assertEquals(await here.names("memory://t/"), ["memory://t/a", "memory://t/gone"]);
});

Deno.test("a name of a list that the source lacks fails, and with delete is to be deleted", async () => {
  await using here = await Here.make(["a", "b", "c"], ["gone", "kept"]);
  const filter = createFilter({ names: ["a", "gone", "typo", "typo.tmp"], exclude: ["*.tmp"] });
  const failed = async (options: SyncOptions) => {
    here.told.failed.length = 0;
    await here.run({ ...options, ...(filter && { filter }) });
    return here.told.failed.map((error) => error instanceof NotFoundError && error.uri);
  };
  const missing = ["memory://s/gone", "memory://s/typo"];
  assertEquals(await failed({ dryRun: true }), missing);
  const shares = [
    await failed({ shard: { number: 1, count: 2 } }),
    await failed({ shard: { number: 2, count: 2 } }),
  ];
  assertEquals(shares.flat().sort(), missing, "each in one share");
  assertEquals(await here.names("memory://t/"), ["memory://t/a", "memory://t/gone", "memory://t/kept"]);
  assertEquals([await failed({ delete: true }), here.told.deleted], [[], ["memory://t/gone"]]);
  assertEquals(await failed({ delete: true }), [], "again");
  assertEquals(await here.names("memory://t/"), ["memory://t/a", "memory://t/kept"]);
});

Deno.test("what is no object stays at the destination, and is told of once, where it would be deleted", async () => {
  await using here = await Here.make(["a"], ["a", "gone"]);
  here.layers.set("memory://t", (store) => new Special(store));
  const skipped = async (options: SyncOptions) => {
    here.told.skipped.length = 0;
    const counts = await here.run({ ...options, dryRun: true });
    assertEquals([counts.skipped, counts.failed], [here.told.skipped.length, 0]);
    return [...here.told.skipped];
  };
  const stays = ["memory://t/pipe"];
  assertEquals(await skipped({}), []);
  assertEquals(await skipped({ delete: true }), stays);
  assertEquals(await skipped({ delete: true, filter: (_, name) => name !== "pipe" }), []);
  const shares = [];
  for (const number of [1, 2]) shares.push(...await skipped({ delete: true, shard: { number, count: 2 } }));
  assertEquals(shares, stays, "in one share");
});

Deno.test("a dry run of a sync keeps no journal, and deletes nothing", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using here = await Here.make(["a", "b", "c"], ["a", "gone"]);
    const journal = { place: journalDirectory(`${directory}/out`) };
    await here.run({ delete: true, dryRun: true, journal });
    assertEquals([here.told.deleted, here.told.left], [["memory://t/gone"], []]);
    await assertRejects(() => Deno.stat(`${directory}/out`), Deno.errors.NotFound);
    assertEquals(await here.names("memory://t/"), ["memory://t/a", "memory://t/gone"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("sync tells beforehand of an object that a file of the destination leaves no room for", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using here = await Here.make(["a", "a/b", "c"], []);
    const destination = await resolveDestination(here.calls, `${directory}/to/`, true);
    if (destination.kind !== "prefix") throw new TypeError("it is no prefix");
    const request = { ...await here.request({ dryRun: true, delete: true }), destination: destination.place };
    const counts = await sync(here.calls, request, here.listener);
    const [error] = here.told.failed;
    assertEquals([counts.objects, counts.failed, error instanceof InvalidNameError && error.detail], [
      2,
      1,
      'there is an object "a", which cannot be a directory too',
    ]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("no plan of a synchronization is saved that a failure has ended, or that has a backup", async () => {
  await using here = await Here.make(["a"], ["a", "gone"]);
  const plan = await locate(here.lade, "memory://p/plan");
  const request = await here.request({ delete: true, failFast: true, mode: "checksum" });
  const backup = await locate(here.lade, "memory://k/");
  await assertRejects(() => saveSyncPlan(here.calls, { ...request, backup }, here.listener, plan), TypeError);
  here.layers.set("memory://s", (store) => new Unread(store));
  const counts = await saveSyncPlan(here.calls, request, here.listener, plan);
  assertEquals([counts.failed, counts.isHalted], [1, true]);
  assertEquals(await here.names("memory://p/"), []);
});
