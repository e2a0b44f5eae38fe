import { ForwardingStore, type HeadOptions, type ObjectInfo, type ObjectStore } from "@lade/core";
import { Lade } from "@lade/lade";
import { assert, assertEquals } from "@std/assert";
import { locate } from "../places/place.ts";
import { resolveDestination } from "../places/resolve_destination.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { openPlan } from "../plan/read_plan.ts";
import { type PlanListener, runPlan } from "./run_plan.ts";
import { savePlan } from "./save_plan.ts";

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
    const calls: UriCalls = {
      context: lade.context,
      stores: lade.stores,
      uriOf: (uri) => lade.uriOf(uri),
      createContainer: (uri, options) => lade.createContainer(uri, options),
      deleteContainer: (uri, options) => lade.deleteContainer(uri, options),
      async locate(uri) {
        const located = await lade.locate(uri);
        return uri.startsWith("memory://s/")
          ? { ...located, store: fickle ??= new Fickle(located.store) }
          : located;
      },
    };
    let fickle: Fickle | undefined;
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
