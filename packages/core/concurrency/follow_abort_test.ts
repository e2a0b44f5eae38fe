import { assertEquals } from "@std/assert";
import { followAbort } from "./follow_abort.ts";

/** Counts the listeners that a signal has. */
function countListeners(signal: AbortSignal): () => number {
  let count = 0;
  for (const [name, change] of [["addEventListener", 1], ["removeEventListener", -1]] as const) {
    const own = signal[name].bind(signal) as (...args: unknown[]) => void;
    signal[name] = (...args: unknown[]) => (count += change, own(...args));
  }
  return () => count;
}

function followersOf(told: string[], names: readonly string[]) {
  return names.map((name) => ({ handleEvent: () => void told.push(name) }));
}

Deno.test("followAbort() tells all that follow, in their order, once", () => {
  const controller = new AbortController();
  const told: string[] = [];
  const [a, b, c] = followersOf(told, ["a", "b", "c"]);
  const leave = [a, b, c].map((follower) => follower && followAbort(controller.signal, follower));
  leave[1]?.();
  controller.abort();
  controller.abort();
  assertEquals(told, ["a", "c"]);
  if (b) followAbort(controller.signal, b);
  assertEquals(told, ["a", "c"]);
});

Deno.test("however many follow, a signal has one listener, and none once all have left", () => {
  const { signal } = new AbortController();
  const listeners = countListeners(signal);
  const followers = followersOf([], ["a", "b", "c"]);
  for (let round = 0; round < 2; round++) {
    const leave = followers.map((follower) => followAbort(signal, follower));
    assertEquals(listeners(), 1);
    for (const each of leave) each();
    assertEquals(listeners(), 0);
    for (const each of leave) each();
    assertEquals(listeners(), 0);
  }
});

Deno.test("a follower that leaves while others are told is not told", () => {
  const controller = new AbortController();
  const told: string[] = [];
  const [second] = followersOf(told, ["second"]);
  followAbort(controller.signal, {
    handleEvent() {
      told.push("first");
      leaveSecond?.();
    },
  });
  const leaveSecond = second && followAbort(controller.signal, second);
  controller.abort();
  assertEquals(told, ["first"]);
});

Deno.test("a follower that throws is reported, and the others are told all the same", async () => {
  const controller = new AbortController();
  const told: string[] = [];
  const reported: unknown[] = [];
  const onError = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error);
  };
  addEventListener("error", onError);
  try {
    followAbort(controller.signal, {
      handleEvent() {
        throw "broken";
      },
    });
    for (const follower of followersOf(told, ["next"])) followAbort(controller.signal, follower);
    controller.abort();
    assertEquals(told, ["next"]);
    await Promise.resolve();
  } finally {
    removeEventListener("error", onError);
  }
  assertEquals(reported, ["broken"]);
});
