import {
  ForwardingStore,
  type LeftOut,
  type ListOptions,
  type ObjectMeta,
  type ObjectPlace,
  type ObjectStore,
} from "@lade/core";
import { PermissionDeniedError } from "@lade/core/errors";
import { PlaceJudge } from "@lade/core/operations";
import { Lade } from "@lade/lade";
import { assertEquals, assertMatch } from "@std/assert";
import { createFilter } from "../filter/create_filter.ts";
import { PLAIN_RULES } from "../names/local_names.ts";
import { LocalNames } from "../names/name_makers.ts";
import { locate } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { withStore } from "../testing/with_store.ts";
import type { JobPlan } from "./job_plan.ts";
import type { LinkMode } from "./link_mode.ts";
import { planJobs } from "./plan_jobs.ts";

/** What is planned from `source` to the prefix `to`: where things go, and why others do not. */
async function planned(
  lade: UriCalls,
  source: string,
  to: string,
  more: Partial<JobPlan> = {},
): Promise<{ readonly to: readonly string[]; readonly refused: readonly string[] }> {
  const plan = planJobs({
    lade,
    operation: "cp",
    sources: [source],
    destination: { kind: "prefix", place: await locate(lade, to) },
    recursive: true,
    move: false,
    changesAttributes: false,
    conversion: "none",
    judge: new PlaceJudge(),
    signal: new AbortController().signal,
    ...more,
  });
  const found: { to: string[]; refused: string[] } = { to: [], refused: [] };
  for await (const job of plan) {
    if ("reason" in job) found.refused.push(job.reason instanceof Error ? job.reason.message : job.reason);
    else found.to.push(`${job.to?.uri}${job.makesLink ? " as a link" : ""}`);
  }
  return found;
}

/** The filter that takes these names alone. */
function only(...names: string[]) {
  const filter = createFilter({ names });
  if (!filter) throw new TypeError("it filters nothing");
  return filter;
}

/** A store that leaves these out of its listings, and lists in the reverse of the order of keys where any will do. */
function leavingOut(leftOut: readonly LeftOut[]): (store: ObjectStore) => ObjectStore {
  class LeavingOut extends ForwardingStore {
    override async *list(prefix?: string, options: ListOptions = {}): AsyncGenerator<ObjectMeta, void, void> {
      for (const entry of leftOut) options.onLeftOut?.(entry);
      const all = await Array.fromAsync(super.list(prefix, { ...options, order: "key" }));
      yield* options.order === "any" ? all.reverse() : all;
    }
  }
  return (store) => new LeavingOut(store);
}

/** The store under another name of its service, as two addresses of one host are. */
function servedBy(service: string): (store: ObjectStore) => ObjectStore {
  class Served extends ForwardingStore {
    override placeOf(key: string): Promise<ObjectPlace> {
      return Promise.resolve({ service, container: "m", key, kind: "test" });
    }
  }
  return (store) => new Served(store);
}

async function inDirectory(run: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  try {
    await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("names of a list go no more into their own source than a whole tree does", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/d/a", "1");
  for (const to of ["memory://m/d/", "memory://m/d/e/"]) {
    const found = await planned(lade, "memory://m/d/", to, { filter: only("a") });
    assertEquals([found.to, found.refused.length], [[], 1]);
    assertMatch(found.refused[0] ?? "", /is the same|lies in it/);
  }
});

Deno.test("of names of a list those do not go that the filter leaves out", async () => {
  await using lade = new Lade();
  for (const name of ["a", "a.tmp", "b"]) await lade.put(`memory://m/${name}`, "1");
  const filter = createFilter({ names: ["a", "a.tmp"], exclude: ["*.tmp"] });
  if (!filter) throw new TypeError("it filters nothing");
  const found = await planned(lade, "memory://m/", "memory://n/", { filter });
  assertEquals(found, { to: ["memory://n/a"], refused: [] });
});

Deno.test("of names of a list none comes to lie in the source again", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/p/p/a", "1");
  const found = await planned(lade, "memory://m/p/p/", "memory://m/p/", { filter: only("a", "p/a") });
  assertEquals(found.to, ["memory://m/p/a"]);
  assertMatch(found.refused.join(), /^[^,]*would come to lie in the source again/);
});

Deno.test("a source that lies in its destination by another name of the service is found by its first object", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/p/p/x", "1");
  await lade.put("memory://m/p/p/p/x", "2");
  const calls = withStore(lade, "memory://m/p/p/", servedBy("a.example"));
  const there = await locate(withStore(lade, "memory://m/p/", servedBy("b.example")), "memory://m/p/");
  const destination = { kind: "prefix", place: there } as const;
  const found = await planned(calls, "memory://m/p/p/", "memory://m/p/", { destination });
  assertEquals(found.to, []);
  assertMatch(found.refused.join(), /^[^,]*would come to lie in the source again/);
});

Deno.test("two objects that would get one name when they are converted are found in whatever order they are listed", async () => {
  await using lade = new Lade();
  for (const name of ["a", "a.zst", "b"]) await lade.put(`memory://m/${name}`, "1");
  const calls = withStore(lade, "memory://m/", leavingOut([]));
  for (const more of [{}, { filter: only("a", "a.zst", "b") }]) {
    const found = await planned(calls, "memory://m/", "memory://n/", { conversion: "compress", ...more });
    assertEquals([...found.to].sort(), ["memory://n/a.zst", "memory://n/b.zst"]);
    assertMatch(found.refused.join(), /^[^,]*goes to the same name/);
  }
});

Deno.test("a directory that may not be read is told of whatever the filter, and other things as it chooses", async () => {
  await using lade = new Lade();
  const error = new PermissionDeniedError({ operation: "list", uri: "memory://m/p/d/", detail: "denied" });
  const leftOut: LeftOut[] = [
    { key: "p/d/", reason: "it cannot be read", hasBytes: false, error },
    { key: "p/link", reason: "it is a link", hasBytes: true },
    { key: "p/other", reason: "it is a pipe", hasBytes: false },
  ];
  const calls = withStore(lade, "memory://m/", leavingOut(leftOut));
  const told: string[] = [];
  const onLeftOut = ({ key }: LeftOut) => told.push(key);
  const filter = (_: ObjectMeta, name: string) => name === "d/a" || name === "link";
  // Nothing else is there: what is left out is found all the same.
  const found = await planned(calls, "memory://m/p/", "memory://n/", { filter, onLeftOut });
  assertEquals(found.to, []);
  assertEquals(found.refused, [error.message, 'Cannot cp "memory://m/p/link": it is a link']);
  assertEquals(told, ["p/d/", "p/link"]);
  assertEquals((await planned(calls, "memory://m/p/", "memory://n/")).refused.length, 3);
});

Deno.test("names of a list that are not there are told of one by one, and not their prefix too", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/a", "1");
  const filter = createFilter({ names: ["x", "y"], maxSize: 10 });
  if (!filter) throw new TypeError("it filters nothing");
  const found = await planned(lade, "memory://m/p/", "memory://n/", { filter });
  assertEquals(found.refused.map((message) => /memory:[^"]*/.exec(message)?.[0]), [
    "memory://m/p/x",
    "memory://m/p/y",
  ]);
});

Deno.test("links that are followed go as what they lead to", async () => {
  await inDirectory(async (path) => {
    await using lade = new Lade();
    await Deno.mkdir(`${path}/s`);
    await Deno.writeTextFile(`${path}/s/a`, "1");
    await Deno.symlink("a", `${path}/s/b`);
    const plan = async (links: LinkMode) =>
      [...(await planned(lade, `file://${path}/s/`, "file:///t/", { links })).to].sort();
    assertEquals(await plan("follow"), ["file:///t/a", "file:///t/b"]);
    assertEquals(await plan("preserve"), ["file:///t/a", "file:///t/b as a link"]);
  });
});

Deno.test("between local places no name stands for a link, and none clashes with one", async () => {
  await inDirectory(async (path) => {
    await using lade = new Lade();
    await Deno.mkdir(`${path}/s`);
    for (const name of ["a", "a.rclonelink"]) await Deno.writeTextFile(`${path}/s/${name}`, "1");
    const found = await planned(lade, `file://${path}/s/`, "file:///t/", { links: "preserve" });
    assertEquals([...found.to].sort(), ["file:///t/a", "file:///t/a.rclonelink"]);
    assertEquals(found.refused, []);
  });
});

Deno.test("a tree goes onto itself for new attributes alone, and where no name is added", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/d/a", "1");
  const tried = async (to: string, more: Partial<JobPlan>) =>
    (await planned(lade, "memory://m/d/", to, more)).to;
  const changesAttributes = true;
  assertEquals(await tried("memory://m/d/", { changesAttributes }), ["memory://m/d/a"]);
  assertEquals(await tried("memory://m/d/", {}), []);
  assertEquals(await tried("memory://m/d/e/", { changesAttributes }), []);
  assertEquals(await tried("memory://m/d/", { changesAttributes, conversion: "compress" }), []);
  await inDirectory(async (path) => {
    await Deno.writeTextFile(`${path}/a`, "1");
    const uri = `file://${path}/`;
    assertEquals((await planned(lade, uri, uri, { changesAttributes })).to, []);
  });
});

Deno.test("what marks a directory becomes one, and what has bytes is no directory that could be made", async () => {
  await using lade = new Lade();
  const { store } = await lade.locate("memory://m/");
  for (const name of ["d/", "e/"]) await store.put(name, new Uint8Array(name === "d/" ? 0 : 1));
  const names = new LocalNames({ ...PLAIN_RULES, platform: "posix", map: "percent" });
  const found = await planned(lade, "memory://m/", "file:///t/", { names });
  assertEquals(found, { to: ["file:///t/e%2F"], refused: ["it only marks a directory"] });
  const leftOut = [{ key: "l/", reason: "it is a link", hasBytes: true }];
  const calls = withStore(lade, "memory://n/", leavingOut(leftOut));
  const { refused } = await planned(calls, "memory://n/", "file:///t/");
  assertEquals(refused, ['Cannot cp "memory://n/l/": it is a link']);
});

Deno.test("the name of a file stays what it is between local places, and what the destination cannot hold is refused", async () => {
  await using lade = new Lade();
  await inDirectory(async (path) => {
    const odd = "a\\b%41";
    await Deno.writeTextFile(`${path}/${odd}`, "1");
    const names = new LocalNames({ ...PLAIN_RULES, platform: "posix", map: "percent" });
    const { to } = await planned(lade, `file://${path}/`, "file:///t/", { names });
    assertEquals(to, [`file:///t/${odd}`]);
  });
  for (const name of ["a", "b"]) await lade.put(`memory://m/${name}`, "1");
  class Choosy extends ForwardingStore {
    override keyFault(key: string): string | undefined {
      return key.endsWith("b") ? "it holds nothing of that name" : super.keyFault(key);
    }
  }
  const calls = withStore(lade, "memory://n/", (store) => new Choosy(store));
  assertEquals(await planned(calls, "memory://m/", "memory://n/"), {
    to: ["memory://n/a"],
    refused: ['Cannot cp "memory://m/b": it cannot go to "memory://n/b": it holds nothing of that name'],
  });
});

Deno.test("a tree in which the destination lies by another name of its directory does not go, nor the other way", async () => {
  await inDirectory(async (path) => {
    await using lade = new Lade({ config: { file: { symlinks: "follow" } } });
    for (const name of ["s/d", "t"]) await Deno.mkdir(`${path}/${name}`, { recursive: true });
    for (const name of ["s/d/x", "t/y"]) await Deno.writeTextFile(`${path}/${name}`, "1");
    // A link stands for a directory that is mounted twice.
    await Deno.symlink("../../t", `${path}/s/d/twice`);
    const into = await planned(lade, `file://${path}/s/`, `file://${path}/t/`);
    assertEquals(into.refused.map((message) => /lies in it, as "d\/twice\/"/.test(message)), [true]);
    await Deno.remove(`${path}/s/d/twice`);
    await Deno.symlink("../s", `${path}/t/d`);
    const outOf = await planned(lade, `file://${path}/s/`, `file://${path}/t/`);
    assertEquals(outOf.to, []);
    assertEquals(outOf.refused.map((message) => /would come to lie in the source/.test(message)), [true]);
  });
});
