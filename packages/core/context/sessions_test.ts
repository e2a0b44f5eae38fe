import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { Sessions } from "./sessions.ts";

/** Makes sessions that count how often they are closed. */
function making(): () => AsyncDisposable & { closed: number } {
  return () => ({
    closed: 0,
    [Symbol.asyncDispose]() {
      this.closed++;
      return Promise.resolve();
    },
  });
}

Deno.test("Sessions has one session for each key, by value of texts and by identity of objects", () => {
  const sessions = new Sessions();
  const open = (...key: unknown[]) => sessions.lease(key, making()).session;
  const [one, other] = [{}, {}];
  const call = () => {};
  assertStrictEquals(open("a", 1, undefined, one), open("a", 1, undefined, one));
  assertStrictEquals(open(call), open(call));
  const all = [
    open("a"),
    open("b"),
    open("a", undefined),
    open("a", null),
    open("a", 1),
    open("a", "1"),
    open(one),
    open(other),
    open(1),
    open(call),
    open(["a"]),
  ];
  assertEquals(new Set(all).size, all.length);
});

Deno.test("Sessions keeps a session that nobody has a share in until it is disposed", async () => {
  const sessions = new Sessions();
  const first = sessions.lease(["a"], making());
  await first.release();
  const second = sessions.lease(["a"], making());
  assertStrictEquals(second.session, first.session);
  await second.release();
  assertEquals(first.session.closed, 0);
  await sessions[Symbol.asyncDispose]();
  assertEquals(first.session.closed, 1);
});

Deno.test("Sessions closes a session once, after the last share was released", async () => {
  const sessions = new Sessions();
  const [one, two] = [sessions.lease(["a"], making()), sessions.lease(["a"], making())];
  await sessions[Symbol.asyncDispose]();
  await one.release();
  await one.release();
  assertEquals(one.session.closed, 0);
  await two.release();
  await two.release();
  await sessions[Symbol.asyncDispose]();
  assertEquals(one.session.closed, 1);
});

Deno.test("Sessions opens another session after it was disposed", async () => {
  const sessions = new Sessions();
  const one = sessions.lease(["a"], making());
  await sessions[Symbol.asyncDispose]();
  const two = sessions.lease(["a"], making());
  assertNotStrictEquals(two.session, one.session);
  await one.release();
  await two.release();
  assertEquals([one.session.closed, two.session.closed], [1, 0]);
  await sessions[Symbol.asyncDispose]();
  assertEquals(two.session.closed, 1);
});
