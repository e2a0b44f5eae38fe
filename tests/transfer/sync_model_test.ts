import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { STORE_KINDS, type StoreKind, ThreeStores } from "./three_stores.ts";

/** Names of which none is the directory of another, in orders that show mistakes. */
const NAMES = ["a", "b-", "b/c", "b/d/e", "b0", "é/ü", "\uffee", "😀/x", "z"];

/** What happens to a tree: a name gets a text of this length, or loses what it has. */
type Change = readonly [side: "source" | "target", name: string, length: number | undefined];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom("source" as const, "target" as const),
  fc.constantFrom(...NAMES),
  // Texts of other contents have other lengths, so that no rule of times is asked for.
  fc.option(fc.nat({ max: 6 }), { nil: undefined }),
);

const round = fc.record({
  changes: fc.array(change, { maxLength: 12 }),
  deletes: fc.boolean(),
  backs: fc.boolean(),
  filters: fc.boolean(),
});

const takes = (name: string) => !name.startsWith("b");

for (const source of STORE_KINDS) {
  for (const target of STORE_KINDS) {
    Deno.test(`sync from ${source} to ${target} does to random trees what it does to two maps`, async () => {
      await using stores = await ThreeStores.start();
      const property = fc.asyncProperty(
        fc.array(round, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...STORE_KINDS),
        async (rounds, backup) => {
          const run = await SyncRun.start(stores, source, target, backup);
          for (const each of rounds) await run.round(each);
        },
      );
      await fc.assert(property, { numRuns: 12, includeErrorInReport: true });
    });
  }
}

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never;

/** Two trees and what they should hold. */
class SyncRun {
  readonly #stores: ThreeStores;
  readonly #uris: { readonly source: string; readonly target: string };
  readonly #backup: StoreKind;
  readonly #models = { source: new Map<string, string>(), target: new Map<string, string>() };

  private constructor(stores: ThreeStores, uris: { source: string; target: string }, backup: StoreKind) {
    this.#stores = stores;
    this.#uris = uris;
    this.#backup = backup;
  }

  static async start(
    stores: ThreeStores,
    source: StoreKind,
    target: StoreKind,
    backup: StoreKind,
  ): Promise<SyncRun> {
    // What no filter takes and no deletion spares keeps the source from being empty.
    const uris = { source: await stores.tree(source, { kept: "kept" }), target: await stores.tree(target) };
    const run = new SyncRun(stores, uris, backup);
    run.#models.source.set("kept", "kept");
    return run;
  }

  async round({ changes, deletes, backs, filters }: Round): Promise<void> {
    const { lade } = this.#stores;
    for (const [side, name, length] of changes) {
      const uri = this.#uris[side] + name;
      if (length === undefined) {
        if (this.#models[side].delete(name)) await lade.remove(uri);
        continue;
      }
      this.#models[side].set(name, "x".repeat(length));
      await lade.put(uri, "x".repeat(length));
    }
    const { source, target } = this.#models;
    const before = new Map(target);
    const taken = (name: string) => !filters || takes(name);
    const wanted = new Map(target);
    for (const [name, text] of source) if (taken(name)) wanted.set(name, text);
    for (const name of target.keys()) {
      if (deletes && taken(name) && !source.has(name)) wanted.delete(name);
    }
    const backupDir = backs ? await this.#stores.tree(this.#backup) : undefined;
    const options = {
      delete: deletes,
      ...(filters && { filter: (_: unknown, name: string) => taken(name) }),
    };
    const planned: string[] = [];
    const dry = await lade.sync(this.#uris.source, this.#uris.target, {
      ...options,
      dryRun: true,
      listener: {
        done: ({ to }) => Promise.resolve(void planned.push(`cp ${to?.uri}`)),
        deleted: (uri) => Promise.resolve(void planned.push(`rm ${uri}`)),
      },
    });
    const expected = Object.fromEntries(before);
    assertEquals(await this.#stores.texts(this.#uris.target), sorted(expected), "after the dry run");
    const copied = [...source].filter(([name, text]) => taken(name) && before.get(name) !== text);
    const removed = [...before.keys()].filter((name) => !wanted.has(name));
    for (const [name] of copied) assertEquals(planned.includes(`cp ${this.#uris.target}${name}`), true, name);
    assertEquals(
      planned.filter((line) => line.startsWith("rm ")).sort(),
      removed.map((name) => `rm ${this.#uris.target}${name}`).sort(),
    );
    const done = await lade.sync(this.#uris.source, this.#uris.target, {
      ...options,
      ...(backupDir !== undefined && { backupDir }),
    });
    assertEquals([done.objects, done.deleted], [dry.objects, dry.deleted]);
    assertEquals(done.deleted, removed.length);
    assertEquals(await this.#stores.texts(this.#uris.target), sorted(Object.fromEntries(wanted)));
    assertEquals(await this.#stores.texts(this.#uris.source), sorted(Object.fromEntries(source)));
    this.#models.target.clear();
    for (const [name, text] of wanted) this.#models.target.set(name, text);
    if (backupDir !== undefined) await this.#compareBackup(backupDir, before, wanted);
    const again = await lade.sync(this.#uris.source, this.#uris.target, options);
    assertEquals([again.objects, again.deleted, again.skipped], [0, 0, 0], "the second time");
  }

  /** All that was replaced or deleted is there, and nothing that was not. */
  async #compareBackup(
    uri: string,
    before: ReadonlyMap<string, string>,
    after: ReadonlyMap<string, string>,
  ): Promise<void> {
    const kept = await this.#stores.texts(uri);
    for (const [name, text] of Object.entries(kept)) assertEquals(text, before.get(name), `kept ${name}`);
    for (const [name, text] of before) {
      if (after.get(name) !== text) assertEquals(kept[name], text, `not kept: ${name}`);
    }
  }
}

function sorted(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => a < b ? -1 : 1));
}
