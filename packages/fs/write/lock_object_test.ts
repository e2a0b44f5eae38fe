import { PreconditionFailedError, UnavailableError } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assert, assertEquals, assertGreaterOrEqual, assertRejects } from "@std/assert";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";
import { makeRoot } from "../testing/make_root.ts";
import { lockFile } from "./lock_object.ts";

testBoth(
  "a conditional write waits for the lock of another process, and ends with its signal",
  async (context) => {
    const { root, store } = context;
    const { etag = "" } = await store.put("a", bytes("old"));
    using other = Deno.openSync(root.file("a"));
    await other.lock(true);
    const controller = new AbortController();
    const waiting = store.put("a", bytes("new"), { ifMatch: etag, signal: controller.signal });
    controller.abort(new Error("stop"));
    await assertRejects(() => waiting, Error, "stop");
    const removing = new AbortController();
    const deleting = store.delete("a", { ifMatch: etag, signal: removing.signal });
    removing.abort(new Error("stop"));
    await assertRejects(() => deleting, Error, "stop");
    assertEquals(root.everything(), ["a"], "no lock file and no unfinished write is left");
    const last = store.put("a", bytes("new"), { ifMatch: etag });
    await other.unlock();
    await last;
    assertEquals(await textOf(store, "a"), "new");
  },
);

testBoth("an unconditional write does not wait for anybody's lock", async ({ root, store }) => {
  await store.put("a", bytes("old"));
  using other = Deno.openSync(root.file("a"));
  await other.lock(true);
  await store.put("a", bytes("new"));
  await store.delete("a");
});

testBoth("conditional writes by several stores at once lose no update", async ({ root, store, open }) => {
  await store.put("n", bytes("0"));
  const add = async () => {
    const own = await open(root.path);
    for (let done = 0; done < 5;) {
      const { etag = "" } = await own.head("n");
      const value = Number(await textOf(own, "n"));
      if ((await own.head("n")).etag !== etag) continue;
      try {
        await own.put("n", bytes(`${value + 1}`), { ifMatch: etag });
        done++;
      } catch (error) {
        assert(error instanceof PreconditionFailedError, `${error}`);
      }
    }
  };
  await Promise.all([add(), add(), add(), add()]);
  assertEquals(await textOf(store, "n"), "20");
  assertEquals(root.everything(), ["n"]);
});

testBoth(
  "renames with conditions in both directions at once do not wait for one another",
  async (context) => {
    const { root, store, open } = context;
    const other = await open(root.path);
    for (let i = 0; i < 20; i++) {
      const a = (await store.put("a", bytes("a"))).etag ?? "";
      const b = (await store.put("b", bytes("b"))).etag ?? "";
      const results = await Promise.allSettled([
        store.rename("a", "b", { sourceIfMatch: a, ifMatch: b }),
        other.rename("b", "a", { sourceIfMatch: b, ifMatch: a }),
      ]);
      assertEquals(results.filter(({ status }) => status === "fulfilled").length, 1);
      assertEquals(root.everything().length, 1);
    }
  },
);

testBoth(
  "a conditional write of an object that goes while it is locked fails by its condition",
  async (context) => {
    const { root, store } = context;
    const { etag = "" } = await store.put("a", bytes("old"));
    const { open } = Deno;
    Deno.open = async (path, options) => {
      if (path === root.file("a") && options === undefined) await Deno.remove(path).catch(() => {});
      return await open(path, options);
    };
    try {
      await assertRejects(() => store.put("a", bytes("new"), { ifMatch: etag }), PreconditionFailedError);
    } finally {
      Deno.open = open;
    }
    assertEquals(root.everything(), []);
  },
);

testBoth(
  "a conditional write of an object that changes before its lock is had fails by its condition",
  async ({ root, store }) => {
    // Each of another size, for clocks are coarse.
    let size = 10;
    const changes = [
      () => Deno.writeTextFileSync(root.file("a"), "in place".padEnd(size++)),
      () => {
        root.write("other", "in its stead".padEnd(++size));
        Deno.renameSync(root.file("other"), root.file("a"));
      },
    ];
    const prototype = Deno.FsFile.prototype;
    const { tryLock } = prototype;
    for (const change of changes) {
      const { etag = "" } = await store.put("a", bytes("old"));
      let isChanged = false;
      prototype.tryLock = function (exclusive) {
        if (!isChanged) change();
        isChanged = true;
        return tryLock.call(this, exclusive);
      };
      try {
        await assertRejects(() => store.put("a", bytes("new"), { ifMatch: etag }), PreconditionFailedError);
        isChanged = false;
        const now = (await store.head("a")).etag ?? "";
        await assertRejects(() => store.delete("a", { ifMatch: now }), PreconditionFailedError);
      } finally {
        Object.assign(prototype, { tryLock });
      }
      assert((await textOf(store, "a")).startsWith("in "));
      assertEquals(root.everything(), ["a"]);
    }
  },
);

Deno.test("lockFile() gives up a lock that another program holds for good, and says how long it waited", async () => {
  await using root = await makeRoot();
  root.write("a", "content");
  using holder = await Deno.open(root.file("a"));
  await holder.lock(true);
  using file = await Deno.open(root.file("a"));
  const clock = new FakeClock();
  const locking = lockFile(file, { operation: "put", uri: "file:///a" }, clock, undefined);
  let isSettled = false;
  locking.then(() => {}, () => {}).finally(() => isSettled = true);
  await clock.advanceUntil(5_000, () => isSettled);
  const error = await assertRejects(
    () => locking,
    UnavailableError,
    "another program has held its lock for 75 s",
  );
  // The clock may have been moved on while the last try was made.
  assertGreaterOrEqual(error.waitedMs ?? 0, 75_000);
});
