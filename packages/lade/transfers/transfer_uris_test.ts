import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { AlreadyExistsError, InvalidNameError, NotFoundError, type ProgressEvent } from "@lade/core";
import { Lade } from "../lade.ts";
import type { UriTransferResult } from "./transfer_options.ts";

/** A summary without what cannot be told beforehand. */
function countsOf<T extends { readonly limit: unknown }>({ limit: _, ...counts }: T): Omit<T, "limit"> {
  return counts;
}

async function filled(objects: Readonly<Record<string, string>>): Promise<Lade> {
  const lade = new Lade();
  for (const [uri, text] of Object.entries(objects)) await lade.put(uri, text);
  return lade;
}

async function contents(lade: Lade, uri: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of lade.list(uri)) {
    found[entry.uri] = new TextDecoder().decode(await lade.get(entry.uri));
  }
  return found;
}

async function inDirectory(work: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await work(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("Lade.transfer() copies one object to a name or below a prefix, as cp reads its DEST", async () => {
  await using lade = await filled({ "memory://a/p/x": "1" });
  const from = "memory://a/p/x";
  assertEquals(countsOf(await lade.transfer({ from, to: "memory://b/y" })), {
    objects: 1,
    bytes: 1,
    skipped: 0,
  });
  await lade.transfer({ from, to: "memory://b/q/" });
  assertEquals(await contents(lade, "memory://b/"), { "memory://b/q/x": "1", "memory://b/y": "1" });
  const wrong = () => lade.transfer({ from: [from, "memory://b/y"], to: "memory://b/z" });
  await assertRejects(wrong, InvalidNameError, "several sources need a prefix");
  await assertRejects(() => lade.transfer({ from: [], to: "memory://b/z" }), TypeError, "nothing");
  const trees = { from: ["memory://a", "memory://b"], to: "memory://c/", recursive: true, move: true };
  await assertRejects(() => lade.transfer(trees), TypeError, "one source is needed");
});

Deno.test("Lade.transfer() takes local paths, - as one too, and moves trees with all that lies in them", async () => {
  await using lade = new Lade();
  await inDirectory(async (root) => {
    await Deno.mkdir(`${root}/in/sub`, { recursive: true });
    await Deno.writeTextFile(`${root}/in/sub/-`, "dash");
    await Deno.writeTextFile(`${root}/in/one`, "1");
    const results: UriTransferResult[] = [];
    const summary = await lade.transfer({
      from: `${root}/in`,
      to: "memory://m/t",
      recursive: true,
      move: true,
      onResult: (result) => void results.push(result),
    });
    assertEquals(countsOf(summary), { objects: 2, bytes: 5, skipped: 0 });
    assertEquals(results.map(({ from, to }) => [from, to]).sort(), [
      [`file://${root}/in/one`, "memory://m/t/one"],
      [`file://${root}/in/sub/-`, "memory://m/t/sub/-"],
    ]);
    assertEquals([...Deno.readDirSync(root)], []);
    // That of the process belongs to all tests that run at the same time.
    const { cwd } = Deno;
    Deno.cwd = () => root;
    try {
      await lade.transfer({ from: "memory://m/t/sub/-", to: "-" });
      await lade.transfer({ from: "-", to: "memory://m/again" });
    } finally {
      Deno.cwd = cwd;
    }
    assertEquals(new TextDecoder().decode(await lade.get("memory://m/again")), "dash");
  });
});

Deno.test("Lade.transfer() replaces, skips or fails on what exists, as it is told", async () => {
  const objects = { "memory://a/x": "new", "memory://a/y": "new", "memory://b/x": "old" };
  await using lade = await filled(objects);
  const request = { from: "memory://a/", to: "memory://b/", recursive: true };
  assertEquals(countsOf(await lade.transfer({ ...request, existing: "skip" })), {
    objects: 1,
    bytes: 3,
    skipped: 1,
  });
  const results: UriTransferResult[] = [];
  const failing = {
    ...request,
    existing: "fail",
    onResult: (result: UriTransferResult) => void results.push(result),
  } as const;
  const error = await assertRejects(() => lade.transfer(failing), AggregateError);
  assert(error.errors.every((each) => each instanceof AlreadyExistsError));
  assertEquals(results.map(({ from, to, error }) => [from, to, error instanceof AlreadyExistsError]).sort(), [
    ["memory://a/x", "memory://b/x", true],
    ["memory://a/y", "memory://b/y", true],
  ]);
  assertEquals(new TextDecoder().decode(await lade.get("memory://b/x")), "old");
  await lade.transfer(request);
  assertEquals(new TextDecoder().decode(await lade.get("memory://b/x")), "new");
});

Deno.test("Lade.transfer() with dryRun does nothing and tells what it would do", async () => {
  await using lade = await filled({ "memory://a/x": "1", "memory://a/y": "22" });
  const results: string[] = [];
  const onResult = ({ from, to, size }: UriTransferResult) => void results.push(`${from} ${to} ${size}`);
  const request = {
    from: "memory://a",
    to: "memory://b",
    recursive: true,
    move: true,
    dryRun: true,
    onResult,
  };
  assertEquals(countsOf(await lade.transfer(request)), { objects: 2, bytes: 3, skipped: 0 });
  assertEquals(results.sort(), ["memory://a/x memory://b/x 1", "memory://a/y memory://b/y 2"]);
  assertEquals(await contents(lade, "memory://b/"), {});
});

Deno.test("Lade.transfer() rejects with the error of the one object, or with all after the rest", async () => {
  await using lade = await filled({ "memory://a/x": "1" });
  const to = "memory://b/";
  await assertRejects(() => lade.transfer({ from: "memory://a/none", to }), NotFoundError);
  const error = await assertRejects(
    () => lade.transfer({ from: ["memory://a/none", "memory://a/x", "memory://a/nor"], to }),
    AggregateError,
    'Cannot copy to "memory://b/": 2 of 3 objects failed; the first: Cannot copy "memory://a/none"',
  );
  assertEquals(error.errors.length, 2);
  assertEquals(Object.keys(await contents(lade, to)), ["memory://b/x"]);
  await assertRejects(() => lade.transfer({ from: "memory://a/no/", to, recursive: true }), NotFoundError);
  const empty = await lade.transfer({ from: "memory://a/no/", to, recursive: true, allowMissing: true });
  assertEquals(empty.objects, 0);
});

Deno.test("Lade.transfer() by a filter, with attributes, and of a version it cannot have", async () => {
  await using lade = await filled({ "memory://a/x.txt": "1", "memory://a/y": "2" });
  const request = { from: "memory://a", to: "memory://b", recursive: true };
  const filter = (_: unknown, name: string) => name.endsWith(".txt");
  await lade.transfer({ ...request, filter, attributes: { contentType: "text/x" } });
  assertEquals((await lade.stat("memory://b/x.txt")).contentType, "text/x");
  assertEquals(await lade.exists("memory://b/y"), false);
  await assertRejects(() => lade.transfer({ ...request, version: "1" }), TypeError, "version");
});

Deno.test("Lade.upload() tells every event of every object, and what its listener throws ends it", async () => {
  await using lade = new Lade();
  await inDirectory(async (root) => {
    await Deno.mkdir(`${root}/in`);
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/two`, "22");
    const events: ProgressEvent[] = [];
    const onProgress = (event: ProgressEvent) => void events.push(event);
    const given = [`${root}/in`, `${root}/two`, `${root}/none`];
    await assertRejects(() => lade.upload(given, "memory://m/", { onProgress }), AggregateError, "1 of 3");
    const told = (type: string) =>
      events.filter((event) => event.type === type).map(({ key }) => key.replace(/^.*\//, ""));
    assertEquals(told("started").sort(), ["one", "two"]);
    assertEquals(told("finished").sort(), ["one", "two"]);
    assertEquals(told("failed"), ["none"]);
    const bytes = events.flatMap((event) => event.type === "bytes" ? [event.bytes] : []);
    assertEquals(bytes.reduce((sum, count) => sum + count, 0), 3);
    const mine = new Error("mine");
    const thrown = lade.upload(given, "memory://m/", {
      onProgress: () => {
        throw mine;
      },
    });
    assertStrictEquals(await thrown.catch((error) => error), mine);
  });
});

Deno.test("Lade.upload() and download() with createOnly fail what exists, and do the rest", async () => {
  await using lade = await filled({ "memory://m/one": "old" });
  await inDirectory(async (root) => {
    await Deno.mkdir(`${root}/in`);
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/in/two`, "2");
    const upload = () => lade.upload(`${root}/in`, "memory://m/", { createOnly: true });
    const error = await assertRejects(upload, AggregateError, "1 of 2 objects failed");
    assert(error.errors[0] instanceof AlreadyExistsError);
    assertEquals(await contents(lade, "memory://m/"), { "memory://m/one": "old", "memory://m/two": "2" });
    const download = () => lade.download("memory://m/one", `${root}/in`, { createOnly: true });
    await assertRejects(download, AlreadyExistsError);
    assertEquals(await Deno.readTextFile(`${root}/in/one`), "1");
  });
});

Deno.test("Lade.download() of a prefix with nothing below makes the directory, and is no error", async () => {
  await using lade = await filled({ "memory://m/x": "1" });
  await inDirectory(async (root) => {
    assertEquals(countsOf(await lade.download("memory://m/none/", `${root}/out`)), { objects: 0, bytes: 0 });
    assertEquals([...Deno.readDirSync(`${root}/out`)], []);
    await assertRejects(() => lade.download("memory://m/none", `${root}/out`), NotFoundError);
    await assertRejects(() => lade.upload(`${root}/missing/`, "memory://m/"), NotFoundError);
  });
});

Deno.test("Lade.upload() and download() end with the reason of their signal", async () => {
  await using lade = await filled({ "memory://m/x": "1" });
  await inDirectory(async (root) => {
    await Deno.writeTextFile(`${root}/one`, "1");
    const stop = new AbortController();
    const mine = new Error("enough");
    stop.abort(mine);
    const { signal } = stop;
    const calls = [
      () => lade.upload(`${root}/one`, "memory://m/", { signal }),
      () => lade.download("memory://m/x", root, { signal }),
      () => lade.transfer({ from: "memory://m/x", to: "memory://n/", signal }),
    ];
    for (const call of calls) assertStrictEquals(await call().catch((error) => error), mine);
    assertEquals(await lade.exists("memory://m/one"), false);
  });
});

Deno.test("Lade.transfer() moves with the attributes that are given, within one container too", async () => {
  await using lade = await filled({ "memory://a/x": "1", "memory://a/y": "2" });
  const attributes = { contentType: "text/plain", metadata: { by: "mv" } };
  await lade.transfer({ from: "memory://a/x", to: "memory://a/moved", move: true, attributes });
  await lade.transfer({ from: "memory://a/y", to: "memory://b/moved", move: true, attributes });
  for (const uri of ["memory://a/moved", "memory://b/moved"]) {
    const { contentType, metadata } = await lade.stat(uri);
    assertEquals([contentType, metadata.by], ["text/plain", "mv"]);
  }
});

Deno.test("Lade.transfer() refuses words that it does not know, and to move and convert, before anything is done", async () => {
  await using lade = await filled({ "memory://a/x": "1", "memory://b/x": "old" });
  const wrong: readonly object[] = [
    { existing: "skipp" },
    { conversion: "gzip" },
    { links: "keep" },
    { mapNames: "underscores" },
    { move: true, conversion: "compress" },
  ];
  for (const options of wrong) {
    const call = () => lade.transfer({ from: "memory://a/x", to: "memory://b/x", ...options });
    await assertRejects(call, TypeError, undefined, JSON.stringify(options));
  }
  assertEquals(await contents(lade, "memory://a/"), { "memory://a/x": "1" });
  assertEquals(await contents(lade, "memory://b/"), { "memory://b/x": "old" });
});
