import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  createStoreContext,
  InvalidNameError,
  memoryProvider,
  NotFoundError,
  PermissionDeniedError,
  PrefixStore,
  type Provider,
  Registry,
  UnsupportedError,
} from "@lade/core";
import type { ShownSetting } from "@lade/core/settings";
import { FakeClock } from "@lade/testing";
import { Lade } from "./lade.ts";
import type { OpenedContainer } from "./opened_containers.ts";

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

/** A summary without what cannot be told beforehand. */
function countsOf<T extends { readonly limit: unknown }>({ limit: _, ...counts }: T): Omit<T, "limit"> {
  return counts;
}

Deno.test("Lade puts, reads, lists and removes by URI", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/d/a", "hello");
  await lade.put("memory://m/d/b/c", "world");
  await lade.put("memory://m/d-", "beside");
  assertEquals(text(await lade.get("memory://m/d/a")), "hello");
  assertEquals(text(await lade.getRange("memory://m/d/a", 1, 3)), "ell");
  const buffer = new Uint8Array(5);
  await lade.readInto("memory://m/d/a", buffer);
  assertEquals(text(buffer), "hello");
  assertEquals(await new Response(await lade.stream("memory://m/d/b/c")).text(), "world");
  assertEquals((await lade.stat("memory://m/d/a")).size, 5);
  assert(await lade.exists("memory://m/d/a"));
  assertFalse(await lade.exists("memory://m/none"));
  const uris = async (uri: string, delimiter = false) =>
    (await Array.fromAsync(lade.list(uri, { delimiter }))).map((entry) => entry.uri);
  assertEquals(await uris("memory://m/d/"), ["memory://m/d/a", "memory://m/d/b/c"]);
  assertEquals(await uris("memory://m/d/", true), ["memory://m/d/a", "memory://m/d/b/"]);
  assertEquals(await uris("memory://m/d"), ["memory://m/d-", "memory://m/d/a", "memory://m/d/b/c"]);
  assertEquals(await lade.remove("memory://m/d/", { recursive: true }), 2);
  assertEquals(await uris("memory://m/"), ["memory://m/d-"]);
  await lade.remove("memory://m/d-");
  await assertRejects(() => lade.get("memory://m/d-"), NotFoundError);
});

Deno.test("Lade.remove() needs recursive for a prefix, and all for a whole container", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/d/a", "1");
  await assertRejects(
    () => lade.remove("memory://m/d/"),
    InvalidNameError,
    "it is a prefix; recursive: true",
  );
  await assertRejects(() => lade.remove("memory://m"), InvalidNameError, "recursive: true and all: true");
  const whole = () => lade.remove("memory://m", { recursive: true });
  await assertRejects(whole, InvalidNameError, "it is a whole container; recursive: true and all: true");
  assert(await lade.exists("memory://m/d/a"));
  assertEquals(await lade.remove("memory://m/d", { recursive: true }), 1);
  await lade.put("memory://m/d/a", "1");
  assertEquals(await lade.remove("memory://m", { recursive: true, all: true }), 1);
});

Deno.test("Lade.remove() with recursive refuses a name that is an object and a prefix too", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/d", "1");
  await lade.put("memory://m/d/a", "1");
  const remove = () => lade.remove("memory://m/d", { recursive: true });
  await assertRejects(remove, InvalidNameError, "an object and also a prefix");
  assertEquals(await lade.remove("memory://m/d"), 1);
  assertEquals(await lade.remove("memory://m/d/", { recursive: true }), 1);
});

Deno.test("Lade.remove() removes a link as a link, and a directory with its links", async () => {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "lade-" }));
  await using lade = new Lade();
  try {
    await Deno.mkdir(`${path}/kept/deep`, { recursive: true });
    await Deno.writeTextFile(`${path}/kept/deep/f`, "precious");
    await Deno.mkdir(`${path}/d/empty`, { recursive: true });
    for (const link of ["link", "d/out", "d/again"]) await Deno.symlink(`${path}/kept`, `${path}/${link}`);
    await Deno.symlink("nowhere", `${path}/d/broken`);
    await assertRejects(
      () => lade.remove(`file://${path}/link/`, { recursive: true }),
      InvalidNameError,
      "symbolic link",
    );
    assertEquals(await lade.remove(`file://${path}/link`, { recursive: true }), 1);
    assertEquals(await lade.remove(`file://${path}/d`, { recursive: true }), 3);
    assertEquals((await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name), ["kept"]);
    assertEquals(await Deno.readTextFile(`${path}/kept/deep/f`), "precious");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("Lade.settleContainer() refuses what names no container, before anything is removed", async () => {
  await using lade = new Lade();
  for (const key of ["top", "pre/a", "other/b"]) await lade.put(`memory://m/${key}`, "1");
  for (const name of ["pre/", "top", "pre/a"]) {
    const settle = () => lade.settleContainer({ uri: `memory://m/${name}`, force: true });
    await assertRejects(settle, InvalidNameError, "a container is needed");
  }
  const uris = async (found: AsyncIterable<{ uri: string }>) =>
    (await Array.fromAsync(found)).map(({ uri }) => uri);
  const removal = await lade.settleContainer({ uri: "memory://m", force: true });
  const all = ["memory://m/other/b", "memory://m/pre/a", "memory://m/top", "memory://m"];
  assertEquals(await uris(removal.preview()), all);
  assertEquals(await uris(removal.run()), all);
});

Deno.test("Lade.openStore() opens a container or a prefix, not a key", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/d/a", "1");
  const store = await lade.openStore("memory://m/d/");
  assert(store instanceof PrefixStore);
  assertEquals((await Array.fromAsync(store.list())).map(({ key }) => key), ["a"]);
  assertEquals((await lade.openStore("memory://m")).uri, "memory://m");
  await assertRejects(() => lade.openStore("memory://m/d/a"), InvalidNameError, "prefix ends in /");
});

Deno.test("Lade.getMany() tells of URIs that are none in their turn, and refuses one string", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/a", "1");
  const uris = [
    "nonsense",
    "memory://m/a",
    "file://m/x",
    "nobody://m/a",
    "memory://m/a",
    "memory://m/b",
  ];
  const results = await Array.fromAsync(lade.getMany(uris));
  assertEquals(
    results.map(({ uri, bytes, error }) => [uri, text(bytes), (error as Error | undefined)?.name]),
    [
      ["nonsense", undefined, "InvalidNameError"],
      ["memory://m/a", "1", undefined],
      ["file://m/x", undefined, "InvalidNameError"],
      ["nobody://m/a", undefined, "InvalidNameError"],
      ["memory://m/a", "1", undefined],
      ["memory://m/b", undefined, "NotFoundError"],
    ],
  );
  await assertRejects(
    () => Array.fromAsync(lade.getMany("memory://m/a")),
    TypeError,
    "a list of URIs is needed",
  );
});

Deno.test("Lade.getMany() crosses containers and keeps the order", async () => {
  await using lade = new Lade();
  for (const [uri, value] of [["memory://m/a", "1"], ["memory://n/b", "2"], ["memory://m/c", "3"]] as const) {
    await lade.put(uri, value);
  }
  const uris = ["memory://m/a", "memory://m/c", "memory://n/b", "memory://m/a", "memory://m/none"];
  const results = await Array.fromAsync(lade.getMany(uris));
  assertEquals(results.map(({ uri }) => uri), uris);
  assertEquals(results.map(({ bytes }) => text(bytes)), ["1", "3", "2", "1", undefined]);
  assert(results[4]?.error instanceof NotFoundError);
});

Deno.test("Lade.createWriter() shows the object when it closes", async () => {
  await using lade = new Lade();
  const writer = await lade.createWriter("memory://m/w");
  await writer.write(new TextEncoder().encode("ab"));
  assertFalse(await lade.exists("memory://m/w"));
  await writer.close();
  assertEquals(text(await lade.get("memory://m/w")), "ab");
});

Deno.test("Lade.locate() opens a container once", async () => {
  await using lade = new Lade();
  const [a, b] = await Promise.all([lade.locate("memory://m/x"), lade.locate("memory://m/y/z")]);
  assertStrictEquals(a.store, b.store);
  assertEquals([a.key, b.key, b.uriOf("q")], ["x", "y/z", "memory://m/q"]);
});

Deno.test("Lade refuses unknown schemes and configuration", async () => {
  await using lade = new Lade();
  await assertRejects(() => lade.get("ftp://host/x"), InvalidNameError, "unknown scheme");
  assertThrows(
    () => new Lade({ config: { ftp: {} } }),
    TypeError,
    "known are file, direct, s3, az, abfs, abfss, gs, gcs, memory",
  );
  const wrong = new Lade({ config: { file: { sink: "full" } } });
  await assertRejects(() => wrong.get("file:///tmp/x"), TypeError, "sink");
});

Deno.test("Lade.upload() rejects where links lead out, after the rest, and tells what else it left out", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/in`);
    await Deno.writeTextFile(`${root}/secret`, "blob");
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/in/two`, "22");
    await Deno.symlink("../secret", `${root}/in/outer`);
    await Deno.symlink("nowhere", `${root}/in/broken`);
    const leftOut: string[] = [];
    const error = await assertRejects(
      () => lade.upload(`${root}/in`, "memory://m/p/", { onLeftOut: ({ key }) => void leftOut.push(key) }),
      AggregateError,
      "1 of 3 objects failed; the first: Cannot copy ",
    );
    const [cause] = error.errors;
    assert(cause instanceof UnsupportedError);
    assertEquals(cause.uri, `file://${root}/in/outer`);
    assertEquals(leftOut.sort(), ["broken", "outer"]);
    assertEquals(text(await lade.get("memory://m/p/two")), "22");
    await Deno.remove(`${root}/in/outer`);
    assertEquals(countsOf(await lade.upload(`${root}/in`, "memory://m/p/")), { objects: 2, bytes: 3 });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("Lade uploads files and directories and downloads them again", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/in/sub/deeper`, { recursive: true });
    await Deno.writeTextFile(`${root}/in/one`, "1");
    await Deno.writeTextFile(`${root}/in/sub/deeper/two`, "22");
    await Deno.writeTextFile(`${root}/three`, "333");
    const sent = await lade.upload([`${root}/in`, `${root}/three`], "memory://m/p/");
    assertEquals(countsOf(sent), { objects: 3, bytes: 6 });
    assertEquals(text(await lade.get("memory://m/p/sub/deeper/two")), "22");
    const received = await lade.download("memory://m/p/", `${root}/out`);
    assertEquals(countsOf(received), { objects: 3, bytes: 6 });
    assertEquals(await Deno.readTextFile(`${root}/out/sub/deeper/two`), "22");
    await lade.download("memory://m/p/three", `${root}/single`);
    assertEquals(await Deno.readTextFile(`${root}/single/three`), "333");
    await assertRejects(() => lade.upload(`${root}/three`, "memory://m/p"), InvalidNameError, "ends in /");
    await assertRejects(
      () => lade.upload([`${root}/three`, `${root}/out/three`], "memory://m/q/"),
      AggregateError,
      "1 of 2 objects failed",
    );
    assertEquals(text(await lade.get("memory://m/q/three")), "333");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("Lade.download() writes nothing outside its directory and reports what it left out", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir();
  try {
    for (const key of ["d/../../evil", "d/good", "d//etc", "d/a\0b"]) {
      await lade.put(`memory://m/${key}`, "x");
    }
    const failure = await assertRejects(
      () => lade.download("memory://m/d/", `${root}/inner/out`),
      AggregateError,
      "3 of 4 objects failed",
    );
    assert(failure.errors.every((error) => error instanceof InvalidNameError));
    assertEquals([...Deno.readDirSync(`${root}/inner/out`)].map(({ name }) => name), ["good"]);
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["inner"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("Lade.upload() goes on past what is missing, closed, or has the name of another", async () => {
  await using lade = new Lade();
  const root = await Deno.makeTempDir({ prefix: "lade-" });
  const { readDir } = Deno;
  try {
    for (const file of ["a/x", "a/y", "b/closed/z", "b/x", "c/y"]) {
      await Deno.mkdir(`${root}/${file.slice(0, file.lastIndexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${root}/${file}`, file);
    }
    Deno.readDir = (path) => {
      if (!String(path).endsWith("/closed/")) return readDir(path);
      throw Object.assign(new Deno.errors.PermissionDenied("denied"), { code: "EACCES" });
    };
    const paths = ["a", "none", "b", "c/y"].map((name) => `${root}/${name}`);
    const error = await assertRejects(
      () => lade.upload(paths, "memory://m/"),
      AggregateError,
      "4 of 6 objects",
    );
    assertEquals(error.errors.map(({ name, uri }) => [name, uri]), [
      ["NotFoundError", `file://${root}/none`],
      ["PermissionDeniedError", `file://${root}/b/closed/`],
      ["InvalidNameError", `file://${root}/b/x`],
      ["InvalidNameError", `file://${root}/c/y`],
    ]);
    assertEquals(text(await lade.get("memory://m/x")), "a/x");
    assertEquals(text(await lade.get("memory://m/y")), "a/y");
  } finally {
    Deno.readDir = readDir;
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("Lade.put() refuses text that UTF-8 can not hold", async () => {
  await using lade = new Lade();
  await assertRejects(() => lade.put("memory://m/a", "a\ud800"), TypeError, "a lone surrogate");
  assertEquals(await lade.exists("memory://m/a"), false);
});

Deno.test("Lade.settleRemoval() of one version takes neither a whole prefix nor all versions along", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/a", new Uint8Array(1));
  for (const more of [{ recursive: true }, { versions: true }]) {
    const settle = () => lade.settleRemoval({ uri: "memory://m/a", version: "1", ...more });
    await assertRejects(settle, TypeError, "version names one version of one object");
  }
});

Deno.test("Lade asks for settings only where onOpen is to have them, since that looks for credentials", async () => {
  let asked = 0;
  const provider: Provider = Object.assign(memoryProvider(), {
    settings: () => {
      asked++;
      return Promise.resolve([]);
    },
  });
  for (const [options, times] of [[{}, 0], [{ onOpen: () => {} }, 1]] as const) {
    asked = 0;
    await using lade = new Lade({ ...options, registry: new Registry().register(provider) });
    await lade.put("memory://m/a", "1");
    assertEquals(asked, times);
  }
});

Deno.test("Lade waits a second for settings, and reports them when they are known", async () => {
  const clock = new FakeClock();
  const { promise: found, resolve } = Promise.withResolvers<ShownSetting[]>();
  const provider: Provider = Object.assign(memoryProvider(), { settings: () => found });
  const told: string[] = [];
  const onOpen = ({ uri, settings }: OpenedContainer) =>
    void told.push(uri, ...settings.map(({ name }) => name));
  const registry = new Registry({ context: createStoreContext({ clock }) }).register(provider);
  await using lade = new Lade({ onOpen, registry });
  let done = false;
  const putting = lade.put("memory://m/a", "1").then(() => done = true);
  await clock.advance(999);
  assertEquals(done, false);
  await clock.advance(1);
  await putting;
  assertEquals([told, clock.pending], [[], 0]);
  resolve([{ name: "identity", value: "me", source: "a test" }]);
  await found;
  await Promise.resolve();
  assertEquals(told, ["memory://m", "identity"]);
});

Deno.test("Lade configures local directories by URI prefix", async () => {
  const path = await Deno.realPath(await Deno.makeTempDir({ prefix: "lade-" }));
  const told: string[] = [];
  await using lade = new Lade({
    config: { file: { symlinks: "follow" }, [`file://${path}/strict/`]: { symlinks: "refuse" } },
    onOpen: ({ settings }) => void told.push(...settings.map(({ value, source }) => `${value} by ${source}`)),
  });
  try {
    for (const name of ["strict", "loose"]) {
      await lade.put(`file://${path}/${name}/a`, name);
      await Deno.symlink("a", `${path}/${name}/link`);
    }
    assertEquals(text(await lade.get(`file://${path}/loose/link`)), "loose");
    await assertRejects(() => lade.get(`file://${path}/strict/link`), PermissionDeniedError);
    assertEquals(told.sort(), [
      "follow by option",
      `refuse by the configuration of file://${path}/strict/`,
    ]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("Lade.uriOf() is the URI as its provider writes it, and opens nothing", async () => {
  const opened: string[] = [];
  await using lade = new Lade({ onOpen: ({ uri }) => void opened.push(uri) });
  assertEquals(await lade.uriOf("MEMORY://m/d/a"), "memory://m/d/a");
  assertEquals(await lade.uriOf("https://bucket.s3.eu-west-1.amazonaws.com/d/a%20b"), "s3://bucket/d/a b");
  await assertRejects(() => lade.uriOf("https://example.com/a"), InvalidNameError, "no store serves");
  assertEquals(opened, []);
});
