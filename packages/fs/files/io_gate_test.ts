import { systemClock } from "@lade/core";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { IoGate } from "./io_gate.ts";

/** A clock that each call moves on by what the call takes. */
class CallClock {
  elapsed = 0;
  readonly gate = new IoGate({ ...systemClock, monotonicMs: () => this.elapsed });

  /** Makes one call, and tells whether it was synchronous. */
  call(ms: number, allowedMs = 0): boolean {
    const quick = this.gate.enter();
    this.elapsed += ms;
    this.gate.leave(quick, allowedMs);
    return quick;
  }

  /** Makes `count` calls and tells how many were synchronous. */
  calls(count: number, ms: number): number {
    return Array.from({ length: count }, () => this.call(ms)).filter((quick) => quick).length;
  }
}

Deno.test("IoGate lets quick calls be synchronous", () => {
  assertEquals(new CallClock().calls(100, 0.01), 100);
});

Deno.test("IoGate gives the event loop a turn after 4 ms of synchronous calls", () => {
  const quick = new CallClock().calls(1000, 0.02);
  assert(quick < 1000 && quick > 990, `${quick} of 1000 were synchronous`);
});

Deno.test("IoGate keeps all callers asynchronous until one has had its turn", () => {
  const clock = new CallClock();
  while (clock.gate.enter()) {
    clock.elapsed += 0.02;
    clock.gate.leave(true);
  }
  assertFalse(clock.gate.enter());
  clock.gate.leave(false);
  assert(clock.gate.enter());
});

Deno.test("IoGate turns to asynchronous calls after three slow ones, and tries again later", () => {
  const clock = new CallClock();
  assertEquals([clock.call(1), clock.call(1), clock.call(1), clock.call(0)], [true, true, true, false]);
  clock.elapsed += 19;
  assertFalse(clock.call(0));
  clock.elapsed += 1;
  assertEquals([clock.call(1), clock.call(0)], [true, false], "one slow call is enough the second time");
});

Deno.test("IoGate stays synchronous once the disk answers at once again", () => {
  const clock = new CallClock();
  clock.calls(3, 1);
  clock.elapsed += 20;
  assertEquals(clock.calls(200, 0.001), 200);
});

Deno.test("IoGate forgives two slow calls among quick ones", () => {
  const clock = new CallClock();
  clock.calls(40, 0.001);
  assertEquals(clock.calls(2, 0.5), 2);
  assertEquals(clock.calls(40, 0.001), 40);
});

Deno.test("IoGate holds up the event loop for at most a twentieth of the time on a slow disk", () => {
  const clock = new CallClock();
  const blocked = clock.calls(10_000, 10) * 10;
  assert(blocked / clock.elapsed < 0.06, `${blocked} of ${clock.elapsed} ms`);
});

Deno.test("IoGate allows more time for more work", () => {
  const clock = new CallClock();
  for (let i = 0; i < 3; i++) assert(clock.call(0.5, 0.5));
});

Deno.test("IoGate times each of two alternating kinds of call", () => {
  const clock = new CallClock();
  const slow = Array.from({ length: 200 }, () => {
    clock.call(0.001);
    return clock.call(1);
  });
  assert(slow.filter((quick) => quick).length < 20, "slow calls that alternate with quick ones go unseen");
});

Deno.test("IoGate.run() does one or the other and hands on failures", async () => {
  const { gate } = new CallClock();
  assertEquals(await gate.run(() => "now", () => Promise.resolve("later")), "now");
  const failed = await gate.run(() => {
    throw new Error("no");
  }, () => Promise.resolve()).catch((error) => error.message);
  assertEquals(failed, "no");
});
