import { AlreadyExistsError, PermissionDeniedError, PreconditionFailedError, ServiceError } from "@lade/core";
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import type { LocalStore } from "../mod.ts";
import { bytes, testBoth, textOf } from "../testing/both_stores.ts";

testBoth("copy() gives the copy an etag of its own, right at once", async ({ store }) => {
  const { etag } = await store.put("a", bytes("content"));
  const copied = await store.copy("a", "b/c");
  assertNotEquals(copied.etag, etag);
  assertEquals(copied, { size: 7, etag: (await store.head("b/c")).etag ?? "", sourceEtag: etag ?? "" });
  assertEquals(await textOf(store, "b/c"), "content");
});

testBoth("copy() of a file that may only be read works", async ({ root, store }) => {
  root.write("a", "content");
  Deno.chmodSync(root.file("a"), 0o400);
  await store.copy("a", "b");
  await store.copy("a", "b");
  assertEquals(await textOf(store, "b"), "content");
});

testBoth("copy() that fails leaves the target and nothing else", async ({ root, store }) => {
  root.write("a", "1");
  root.write("b", "2");
  await assertRejects(() => store.copy("a", "b", { ifNoneMatch: "*" }), AlreadyExistsError);
  await assertRejects(() => store.copy("a", "b", { ifMatch: "other" }), PreconditionFailedError);
  await assertRejects(() => store.copy("a", "b", { sourceIfMatch: "other" }), PreconditionFailedError);
  assertEquals(await textOf(store, "b"), "2");
  assertEquals(root.everything(), ["a", "b"]);
});

testBoth(
  "copy() that is aborted on its way leaves the whole copy or nothing",
  async ({ root, store }) => {
    root.write("a", new Uint8Array(64 * 2 ** 20));
    const controller = new AbortController();
    await using _ended = recordCalls();
    const copying = store.copy("a", "b", { signal: controller.signal });
    const started = Promise.withResolvers<void>();
    const timer = setInterval(() => root.everything().length > 1 && started.resolve(), 0);
    await Promise.race([started.promise, copying]);
    clearInterval(timer);
    controller.abort(new Error("stop"));
    const message = await copying.then(() => "copied", (error) => error.message);
    assertEquals(root.everything(), message === "stop" ? ["a"] : ["a", "b"], message);
  },
  {},
  true,
);

/** Waits, when it is disposed, for the copies and removals that the store made: the system's copy cannot be stopped. */
function recordCalls(): AsyncDisposable {
  const { copyFile, remove } = Deno;
  const calls: Promise<void>[] = [];
  const recorded = (call: Promise<void>): Promise<void> => {
    calls.push(call.catch(() => {}));
    return call;
  };
  Deno.copyFile = (from, to) => recorded(copyFile(from, to));
  Deno.remove = (path, options) => recorded(remove(path, options));
  return {
    async [Symbol.asyncDispose]() {
      for (const call of calls) {
        await call;
        // What follows a call is begun in the next turn at the latest.
        await new Promise((resolve) => setTimeout(resolve));
      }
      Object.assign(Deno, { copyFile, remove });
    },
  };
}

/** Copies by the system's copy, each to a free name, with something done after each time. */
async function copyWith(store: LocalStore, after: (to: string) => void): Promise<number> {
  const { copyFile, copyFileSync } = Deno;
  let copies = 0;
  // A copy has the permissions of its source, by which it may be one that nobody can write again.
  const needFree = (to: string | URL) =>
    assertThrows(() => Deno.lstatSync(to), Deno.errors.NotFound, undefined, "the copy before is still there");
  Deno.copyFile = async (from, to) => {
    needFree(to);
    await copyFile(from, to);
    copies++;
    after(String(to));
  };
  Deno.copyFileSync = (from, to) => {
    needFree(to);
    copyFileSync(from, to);
    copies++;
    after(String(to));
  };
  try {
    await store.copy("a", "b");
  } finally {
    Object.assign(Deno, { copyFile, copyFileSync });
  }
  return copies;
}

testBoth("copy() copies anew what is replaced meanwhile, and gives up at last", async ({ root, store }) => {
  root.write("a", "old");
  let versions = 0;
  const copies = await copyWith(store, () => {
    if (versions++ === 0) root.write("a", "newer");
  });
  assertEquals([copies, await textOf(store, "b")], [2, "newer"]);
  const everTime = () => root.write("a", "x".repeat(++versions));
  await assertRejects(() => copyWith(store, everTime), PreconditionFailedError, "each of the 5 times");
  assertEquals([root.everything(), await textOf(store, "b")], [["a", "b"], "newer"]);
});

testBoth(
  "copy() finds that bytes are missing from the copy, and keeps the old object",
  async ({ root, store }) => {
    root.write("a", "content");
    root.write("b", "old");
    const copying = copyWith(store, (to) => Deno.truncateSync(to, 3));
    await assertRejects(() => copying, ServiceError, "the copy has 3 bytes, the file has 7");
    assertEquals([root.everything(), await textOf(store, "b")], [["a", "b"], "old"]);
  },
);

testBoth("copy() and rename() name the one of both that is closed", async ({ root, store }) => {
  root.write("a", "content");
  const { copyFile, copyFileSync, mkdir, open } = Deno;
  const deny = (): never => {
    throw Object.assign(new Deno.errors.PermissionDenied("denied"), { code: "EACCES" });
  };
  const closed = async (action: () => Promise<unknown>) =>
    (await assertRejects(action, PermissionDeniedError)).uri;
  try {
    Object.assign(Deno, { copyFile: deny, copyFileSync: deny, mkdir: deny });
    assertEquals(await closed(() => store.copy("a", "b")), `${store.uri}/b`);
    assertEquals(await closed(() => store.copy("a", "new/b")), `${store.uri}/new/b`);
    assertEquals(await closed(() => store.rename("a", "new/b")), `${store.uri}/new/b`);
    Deno.open = deny;
    assertEquals(await closed(() => store.copy("a", "b")), `${store.uri}/a`);
  } finally {
    Object.assign(Deno, { copyFile, copyFileSync, mkdir, open });
  }
  assertEquals(root.everything(), ["a"]);
});
