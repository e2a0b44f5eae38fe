import { systemClock } from "@lade/core";
import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";
import { IoGate, readMs, writeMs } from "./io_gate.ts";

/** A gate whose clock each call moves on by what the call takes, and whose turns last until they are ended. */
class CallClock {
  elapsed = 0;
  turns = 0;
  endTurn: (() => void) | undefined;
  readonly gate = new IoGate({ ...systemClock, monotonicMs: () => this.elapsed }, () => {
    this.turns++;
    return new Promise((resolve) => this.endTurn = resolve);
  });

  /** Makes one call, and tells whether it was synchronous. */
  async call(ms: number, allowedMs = 0): Promise<boolean> {
    const made = this.start(ms, allowedMs);
    this.endTurn?.();
    return await made;
  }

  /** Makes one call and does not end the turn it may wait for. */
  start(ms: number, allowedMs = 0): boolean | Promise<boolean> {
    const work = (quick: boolean) => {
      this.elapsed += ms;
      return quick;
    };
    return this.gate.run(() => work(true), () => Promise.resolve(work(false)), allowedMs);
  }

  /** Makes quick calls until one has to wait. */
  fill(): void {
    for (let i = 0; i < 1000; i++) if (this.start(0.02) instanceof Promise) return;
    throw new Error("no call had to wait");
  }

  /** Makes calls and tells of each whether it was synchronous. */
  async calls(count: number, ms: number): Promise<boolean[]> {
    const made: boolean[] = [];
    for (let i = 0; i < count; i++) made.push(await this.call(ms));
    return made;
  }
}

function countOf(made: readonly boolean[]): number {
  return made.filter((quick) => quick).length;
}

Deno.test("IoGate lets quick calls be synchronous", async () => {
  const clock = new CallClock();
  assertEquals(countOf(await clock.calls(100, 0.01)), 100);
  assertEquals(clock.start(0.01), true, "what is there at once is given at once");
  assertEquals(clock.turns, 0);
});

Deno.test("IoGate gives the event loop a turn after every 4 ms of synchronous calls", async () => {
  const clock = new CallClock();
  assertEquals(countOf(await clock.calls(1000, 0.02)), 1000, "nothing goes to other threads for it");
  assert(clock.turns >= 4 && clock.turns <= 5, `${clock.turns} turns in 20 ms`);
});

Deno.test("IoGate lets nobody do anything during the turn, which all share", async () => {
  const clock = new CallClock();
  clock.fill();
  const before = clock.elapsed;
  const waiting = Array.from({ length: 20 }, () => clock.start(0.02));
  assertEquals([clock.turns, clock.elapsed], [1, before]);
  clock.endTurn?.();
  assertEquals(countOf(await Promise.all(waiting)), 20);
  assertEquals(clock.turns, 1);
});

Deno.test("IoGate gives another turn while those who waited have more than 4 ms of work", async () => {
  const clock = new CallClock();
  clock.fill();
  const turns: number[] = [];
  const work = () => {
    clock.elapsed += 0.02;
    turns.push(clock.turns);
  };
  const waiting = Array.from({ length: 500 }, () => clock.gate.run(work, () => Promise.resolve()));
  while (turns.length < 500) {
    clock.endTurn?.();
    const before = clock.turns;
    while (clock.turns === before && turns.length < 500) await undefined;
  }
  await Promise.all(waiting);
  const most = Math.max(...turns.map((turn) => turns.filter((other) => other === turn).length));
  assert(most <= 205, `${most} calls of 0.02 ms after one turn`);
});

Deno.test("IoGate goes on when a turn fails", async () => {
  let turns = 0;
  let elapsed = 0;
  const gate = new IoGate({ ...systemClock, monotonicMs: () => elapsed }, () => {
    turns++;
    return Promise.reject(new Error("no turn"));
  });
  const failed = await gate.run(() => elapsed += 4, () => Promise.resolve(0));
  assertEquals([failed, turns], [4, 0]);
  assertStrictEquals(
    (await Promise.resolve(gate.run(() => 1, () => Promise.resolve(2))).catch((e) => e)).message,
    "no turn",
  );
  assertEquals(gate.run(() => 1, () => Promise.resolve(2)), 1);
});

Deno.test("IoGate turns to asynchronous calls after three slow ones, and tries again later", async () => {
  const clock = new CallClock();
  assertEquals([...await clock.calls(3, 1), await clock.call(0)], [true, true, true, false]);
  clock.elapsed += 19;
  assertFalse(await clock.call(0));
  clock.elapsed += 1;
  assertEquals(
    [await clock.call(1), await clock.call(0)],
    [true, false],
    "one slow call is enough the second time",
  );
});

Deno.test("IoGate stays synchronous once the disk answers at once again", async () => {
  const clock = new CallClock();
  await clock.calls(3, 1);
  clock.elapsed += 20;
  assertEquals(countOf(await clock.calls(200, 0.001)), 200);
});

Deno.test("IoGate forgives two slow calls among quick ones", async () => {
  const clock = new CallClock();
  await clock.calls(40, 0.001);
  assertEquals(countOf(await clock.calls(2, 0.5)), 2);
  assertEquals(countOf(await clock.calls(40, 0.001)), 40);
});

Deno.test("IoGate holds up the event loop for at most a twentieth of the time on a slow disk", async () => {
  const clock = new CallClock();
  const blocked = countOf(await clock.calls(10_000, 10)) * 10;
  assert(blocked / clock.elapsed < 0.06, `${blocked} of ${clock.elapsed} ms`);
});

Deno.test("IoGate allows more time for more work", async () => {
  const clock = new CallClock();
  for (let i = 0; i < 3; i++) assert(await clock.call(0.5, 0.5));
});

Deno.test("IoGate takes for a disk what writes 500 MB/s, and not what reads so into memory yet to be had", async () => {
  const bytes = 2 ** 20;
  const madeBy = async (allowedMs: number) => {
    const clock = new CallClock();
    const made: boolean[] = [];
    for (let call = 0; call < 4; call++) made.push(await clock.call(2, allowedMs));
    return countOf(made);
  };
  assertEquals([await madeBy(readMs(bytes)), await madeBy(writeMs(bytes))], [4, 3]);
});

Deno.test("IoGate times each of two alternating kinds of call", async () => {
  const clock = new CallClock();
  const slow: boolean[] = [];
  for (let i = 0; i < 200; i++) {
    await clock.call(0.001);
    slow.push(await clock.call(1));
  }
  assert(countOf(slow) < 20, "slow calls that alternate with quick ones go unseen");
});

Deno.test("IoGate.run() hands on failures", async () => {
  const clock = new CallClock();
  const fail = (): never => {
    throw new Error("no");
  };
  const messageOf = async (run: () => unknown) => {
    try {
      return await run();
    } catch (error) {
      return (error as Error).message;
    }
  };
  assertEquals(await messageOf(() => clock.gate.run(fail, () => Promise.resolve())), "no");
  await clock.calls(8, 1);
  assertEquals(
    await messageOf(() => clock.gate.run(() => {}, () => Promise.reject(new Error("later")))),
    "later",
  );
});

Deno.test("IoGate's tryNow() does nothing where a turn is due or calls are slow", async () => {
  const due = new CallClock();
  assertEquals(due.gate.tryNow(() => "done"), "done");
  due.fill();
  assertEquals(due.gate.tryNow(() => "done"), undefined);
  due.endTurn?.();
  const slow = new CallClock();
  for (let i = 0; i < 3; i++) slow.gate.tryNow(() => slow.elapsed += 1);
  assertEquals(slow.gate.tryNow(() => "done"), undefined);
  assertEquals(await slow.call(0.01), false);
});

Deno.test("IoGate does not take for slow what allows itself its time", () => {
  const clock = new CallClock();
  const tryNow = (allowed: number) =>
    clock.gate.tryNow(() => {
      clock.gate.allow(allowed);
      clock.elapsed += 0.06;
      return true;
    });
  for (let i = 0; i < 30; i++) assertEquals(tryNow(0.1), true);
  clock.gate.allow(10);
  const made = Array.from({ length: 10 }, () => tryNow(0));
  assert(made.includes(undefined), "an allowance is for one call");
});
