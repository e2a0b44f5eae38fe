import { assertEquals, assertRejects } from "@std/assert";
import { getBytes } from "@lade/core";
import { createStoreContext, UnavailableError } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { openFileStore } from "./store/open_file_store.ts";
import { makeRoot } from "./testing/make_root.ts";

const OPENERS = ["open", "openSync", "readDir", "copyFile", "copyFileSync"] as const;

/** Lets the next `count` files fail to be opened for want of a descriptor; gives what puts it right. */
function allowNone(count: number): Disposable {
  const real = Object.fromEntries(OPENERS.map((name) => [name, Deno[name]]));
  let left = count;
  for (const name of OPENERS) {
    Object.assign(Deno, {
      [name]: (...args: unknown[]) => {
        if (left-- > 0) {
          throw Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });
        }
        return Reflect.apply(real[name] as never, Deno, args);
      },
    });
  }
  return { [Symbol.dispose]: () => void Object.assign(Deno, real) };
}

Deno.test("every call of a file store waits for a descriptor, and tells that there were few", async () => {
  const clock = new FakeClock();
  const notices: string[] = [];
  const context = createStoreContext({ clock, onNotice: ({ text }) => notices.push(text) });
  await using root = await makeRoot();
  root.write("a", "content");
  const store = await openFileStore(root.path, { context });
  const settle = async <T>(running: Promise<T>): Promise<T> => {
    let isSettled = false;
    running.then(() => {}, () => {}).finally(() => isSettled = true);
    await clock.advanceUntil(100, () => isSettled);
    return await running;
  };
  const calls = {
    "get()": async () => void await (await store.get("a")).cancel(),
    "getBytes()": () => getBytes(store, "a"),
    "put()": () => store.put("b", new Uint8Array(3)),
    "createWriter()": async () => {
      await using writer = await store.createWriter("c");
      await writer.close();
    },
    "list()": () => Array.fromAsync(store.list()),
    "copy()": () => store.copy("a", "d"),
  };
  for (const [name, call] of Object.entries(calls)) {
    {
      using _few = allowNone(3);
      await settle<unknown>(call());
    }
    assertEquals(notices.length, 1, name);
  }
  using _none = allowNone(Infinity);
  const error = await assertRejects(
    () => settle(store.get("a")),
    UnavailableError,
    "too many files are open",
  );
  assertEquals(error.retryable, true);
});
