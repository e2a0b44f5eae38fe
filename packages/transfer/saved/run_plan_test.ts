import { ForwardingStore, type HeadOptions, type ObjectInfo, type ObjectStore } from "@lade/core";
import { Lade } from "@lade/lade";
import { assert, assertEquals } from "@std/assert";
import { locate } from "../places/place.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import { planned } from "../plan/plan_file.ts";
import { PlanWriter } from "../plan/plan_writer.ts";
import { openPlan } from "../plan/read_plan.ts";
import { withStore } from "../testing/with_store.ts";
import { type PlanListener, runPlan } from "./run_plan.ts";
import { savePlan } from "./save_plan.ts";
import { saveSyncPlan } from "./save_sync_plan.ts";

/** A store in which an object changes as soon as somebody has looked at it. */
class Fickle extends ForwardingStore {
  /** Keys of objects that were looked at. */
  readonly looks: string[] = [];

  constructor(below: ObjectStore) {
    super(below);
  }

  override async head(key: string, options?: HeadOptions): Promise<ObjectInfo> {
    const info = await super.head(key, options);
    this.looks.push(key);
    await this.below.put(key, new TextEncoder().encode("2"));
    return info;
  }
}

for (const [move, conversion] of [[false, "none"], [true, "none"], [false, "compress"]] as const) {
  const what = `${move ? "move" : "copy"}${conversion === "none" ? "" : " that compresses"}`;
  Deno.test(`a planned ${what} takes no source that changes after the look at it`, async () => {
    await using lade = new Lade();
    await lade.put("memory://s/a", "1");
    let fickle: Fickle | undefined;
    const calls = withStore(lade, "memory://s/", (store) => fickle ??= new Fickle(store));
    const failures: string[] = [];
    const listener: PlanListener = {
      deleted: () => Promise.resolve(),
      done: () => Promise.resolve(),
      skipped: () => Promise.resolve(),
      failed: (uri, error) => Promise.resolve(void failures.push(`${uri} ${error}`)),
    };
    const { signal } = new AbortController();
    const request = {
      operation: move ? "mv" : "cp",
      sources: ["memory://s/a"],
      destination: await resolveDestination(lade, "memory://t/a", false),
      recursive: false,
      move,
      conversion,
      stdin: { read: () => Promise.resolve(null) },
      stdout: () => Promise.resolve(),
      signal,
    };
    const file = await locate(lade, "memory://plans/p");
    assertEquals((await savePlan(lade, request, listener, file)).objects, 1);
    const counts = await runPlan(calls, await openPlan(file, signal), { signal }, listener);
    assertEquals([counts.objects, counts.failed, fickle?.looks[0]], [0, 1, "a"]);
    assert(failures[0]?.startsWith("memory://s/a PreconditionFailedError"), failures[0]);
    assertEquals(new TextDecoder().decode(await lade.get("memory://s/a")), "2");
    assertEquals(await Array.fromAsync(lade.list("memory://t/")), []);
  });
}

Deno.test("a plan deletes in every directory of a local place what it names there, and takes what is gone for deleted", async () => {
  const root = await Deno.makeTempDir();
  try {
    await using lade = new Lade();
    await lade.put("memory://s/kept", "1");
    for (const name of ["kept", "gone", "d/gone", "d/e/gone", "z"]) {
      await lade.put(`file://${root}/${name}`, "1");
    }
    const deleted: string[] = [];
    const failures: string[] = [];
    const listener = {
      deleted: (uri: string) => Promise.resolve(void deleted.push(uri.slice(`file://${root}/`.length))),
      backedUp: () => Promise.resolve(),
      done: () => Promise.resolve(),
      skipped: () => Promise.resolve(),
      failed: (uri: string, error: unknown) => Promise.resolve(void failures.push(`${uri} ${error}`)),
    };
    const { signal } = new AbortController();
    const destination = await resolveDestination(lade, `${root}/`, true);
    if (destination.kind !== "prefix") throw new TypeError("it is no prefix");
    const request = {
      ...{ operation: "sync", source: "memory://s/", destination: destination.place },
      ...{ delete: true, mode: "size" as const, signal },
    };
    const file = await locate(lade, "memory://plans/p");
    await saveSyncPlan(lade, request, listener, file);
    const plan = await openPlan(file, signal);
    await Deno.remove(`${root}/z`);
    for (const dryRun of [true, false]) {
      deleted.length = 0;
      const counts = await runPlan(lade, plan, { signal, dryRun }, listener);
      assertEquals([counts.deleted, counts.failed, failures], [4, 0, []]);
      assertEquals(deleted.sort(), ["d/e/gone", "d/gone", "gone", "z"]);
    }
    assertEquals(
      await Array.fromAsync(Deno.readDir(root), ({ name }) => name).then((names) => names.sort()),
      ["d", "kept"],
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a plan that deletes in two containers takes none for the other", async () => {
  await using lade = new Lade();
  const { signal } = new AbortController();
  const request = {
    operation: "cp",
    sources: ["memory://s/a"],
    destination: await resolveDestination(lade, "memory://m/", true),
    ...{ recursive: false, move: false, signal },
  };
  const deleted: string[] = [];
  const listener: PlanListener = {
    deleted: (uri) => Promise.resolve(void deleted.push(uri)),
    done: () => Promise.resolve(),
    skipped: () => Promise.resolve(),
    failed: () => Promise.resolve(),
  };
  for (const uri of ["memory://s/a", "memory://m/x", "memory://n/x"]) await lade.put(uri, "1");
  const places = [await locate(lade, "memory://m/x"), await locate(lade, "memory://n/x")];
  const file = await locate(lade, "memory://plans/p");
  await savePlan(lade, request, listener, file);
  const pieces: Uint8Array[] = [];
  const lines = new PlanWriter((await openPlan(file, signal)).header, (bytes) => {
    pieces.push(bytes);
    return Promise.resolve();
  });
  for (const { uri, store, key } of places) {
    await lines.add({ remove: uri, name: key, listed: planned(await store.head(key)) });
  }
  await lines.end();
  await lade.put("memory://plans/q", new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()));
  const plan = await openPlan(await locate(lade, "memory://plans/q"), signal);
  const counts = await runPlan(lade, plan, { signal }, listener);
  assertEquals([counts.deleted, counts.failed, deleted], [2, 0, ["memory://m/x", "memory://n/x"]]);
  assertEquals([await lade.exists("memory://m/x"), await lade.exists("memory://n/x")], [false, false]);
});
