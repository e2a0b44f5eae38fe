import {
  AlreadyExistsError,
  createStoreContext,
  PermissionDeniedError,
  PreconditionFailedError,
  systemClock,
} from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assertEquals, assertInstanceOf, assertNotEquals, assertRejects } from "@std/assert";
import { etagOf, type FileStatus } from "../files/file_status.ts";
import { openFileStore } from "../mod.ts";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";

const TIME = new Date("2001-02-03T04:05:06.789Z");

Deno.test("etagOf() tells files apart that had one number, one size and one date one after the other", () => {
  const one: FileStatus = {
    kind: "file",
    size: 5,
    mtimeMs: 1000,
    bornMs: 2000,
    statusSeconds: 2,
    tellsBirth: true,
    ino: 7,
    dev: 1,
    mode: 0o644,
    uid: 0,
    gid: 0,
    blocks: 8,
  };
  assertNotEquals(etagOf(one), etagOf({ ...one, bornMs: 2001 }));
  assertEquals(
    etagOf(one),
    etagOf({ ...one, mode: 0o600, uid: 5, blocks: 16 }),
    "who may read it is no content",
  );
});

/** Has the system tell one time of birth for every file, as a coarse clock would. */
function withOneBirth(): Disposable {
  const birthtime = new Date(0);
  const { stat, statSync, lstat, lstatSync } = Deno;
  const { stat: ofFile, statSync: ofFileSync } = Deno.FsFile.prototype;
  const born = (info: Deno.FileInfo): Deno.FileInfo => ({ ...info, birthtime });
  Object.assign(Deno, {
    stat: async (path: string) => born(await stat(path)),
    statSync: (path: string) => born(statSync(path)),
    lstat: async (path: string) => born(await lstat(path)),
    lstatSync: (path: string) => born(lstatSync(path)),
  });
  Object.assign(Deno.FsFile.prototype, {
    async stat(this: Deno.FsFile) {
      return born(await ofFile.call(this));
    },
    statSync(this: Deno.FsFile) {
      return born(ofFileSync.call(this));
    },
  });
  return {
    [Symbol.dispose]() {
      Object.assign(Deno, { stat, statSync, lstat, lstatSync });
      Object.assign(Deno.FsFile.prototype, { stat: ofFile, statSync: ofFileSync });
    },
  };
}

Deno.test("contents of one size and one date differ in etag, also where they were made in one moment", async () => {
  await using root = await makeRoot();
  // The clock stands still at the time of birth: whatever lost its name did so a moment ago.
  const context = createStoreContext({ clock: new FakeClock({ now: 0 }) });
  const store = await openFileStore(root.path, { context });
  using _births = withOneBirth();
  const etags: (string | undefined)[] = [];
  for (let round = 0; round < 60; round++) {
    // Other dates in between, some close to the first.
    const lastModified = new Date(TIME.getTime() + ([0, 5000, 0, 1, 0, -3][round % 6] ?? 0));
    if (round % 4 === 3) await store.delete("object");
    etags.push((await store.put("object", bytes(String(round).padStart(4)), { lastModified })).etag);
    const { mtime } = Deno.statSync(root.file("object"));
    const offBy = Number(mtime) - lastModified.getTime();
    assertEquals(offBy >= 0 && offBy < 1000, true, `the date is ${offBy} ms later than was asked for`);
  }
  assertEquals(new Set(etags).size, etags.length);
});

testBoth(
  "conditional writes of one object by one store take turns, and none waits for a lock",
  async (context) => {
    const { root, open } = context;
    const sleep = () => Promise.reject(new Error("it waits for a lock"));
    const store = await open(root.path, {
      context: createStoreContext({ clock: { ...systemClock, sleep } }),
    });
    const { etag = "" } = await store.put("a", bytes("old"));
    const writes = Array.from(
      { length: 8 },
      (_, i) => store.put("a", bytes(`new ${i}`), { ifMatch: etag }).then(() => i, (error) => error),
    );
    const results = await Promise.all(writes);
    const winners = results.filter((result) => typeof result === "number");
    assertEquals(winners.length, 1);
    assertEquals(await textOf(store, "a"), `new ${winners[0]}`);
    for (const result of results) {
      if (typeof result !== "number") assertInstanceOf(result, PreconditionFailedError, `${result}`);
    }
  },
);

testBoth("a write that is ended when all its bytes are there replaces nothing", async ({ root, store }) => {
  await store.put("a", bytes("old"));
  const controller = new AbortController();
  const isWritten = () =>
    Array.from(Deno.readDirSync(root.path), ({ name }) => name)
      .some((name) => name.startsWith(".lade-") && Deno.statSync(root.file(name)).size > 0);
  const onLook = (path: string | URL) => {
    if (path === root.file("a") && isWritten()) controller.abort(new Error("stop"));
  };
  const { lstat, lstatSync } = Deno;
  Deno.lstat = async (path) => (onLook(path), await lstat(path));
  Deno.lstatSync = (path) => (onLook(path), lstatSync(path));
  try {
    const writing = () => store.put("a", bytes("new"), { signal: controller.signal });
    await assertRejects(writing, Error, "stop");
  } finally {
    Object.assign(Deno, { lstat, lstatSync });
  }
  assertEquals([root.everything(), await textOf(store, "a")], [["a"], "old"]);
});

testBoth("conditions that no object can meet together are never met", async ({ root, store }) => {
  const { etag = "" } = await store.put("a", bytes("old"));
  await store.put("from", bytes("new"));
  const both = { ifMatch: etag, ifNoneMatch: "*" };
  for (const [to, expected] of [["a", AlreadyExistsError], ["b", PreconditionFailedError]] as const) {
    await assertRejects(() => store.put(to, bytes("new"), both), expected);
    await assertRejects(() => store.copy("from", to, both), expected);
    await assertRejects(() => store.rename("from", to, both), expected);
    await assertRejects(async () => {
      await using writer = await store.createWriter(to, both);
      await writer.close();
    }, expected);
  }
  assertEquals([root.everything(), await textOf(store, "a")], [["a", "from"], "old"]);
  // Nothing is told of what a link leads out to.
  Deno.symlinkSync("/dev/null", root.file("out"));
  await assertRejects(() => store.put("out", bytes("new"), both), PermissionDeniedError);
});
