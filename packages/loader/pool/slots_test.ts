import { assertEquals, assertRejects } from "@std/assert";
import { Slots } from "./slots.ts";

Deno.test("Slots: so many run at a time, the others in their order, and none once it is aborted", async () => {
  const slots = new Slots(2);
  const stop = new AbortController();
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const runs = gates.map(({ promise }, place) =>
    slots.run(async () => {
      begun.push(place);
      await promise;
      if (place === 1) throw new TypeError("one fails");
    }, stop.signal)
  );
  const failed = assertRejects(() => runs[1] as Promise<void>, TypeError, "one fails");
  assertEquals(begun, [0, 1]);
  gates[1]?.resolve();
  await failed;
  assertEquals(begun, [0, 1, 2]);
  stop.abort(new Error("enough"));
  const ended = [3, 4].map((place) => assertRejects(() => runs[place] as Promise<void>, Error, "enough"));
  gates[0]?.resolve();
  gates[2]?.resolve();
  await Promise.all([runs[0], runs[2], ...ended]);
  assertEquals(begun, [0, 1, 2]);
});

Deno.test("Slots: of one limit so many run as its requests need, and more once it has risen", async () => {
  const slots = new Slots(100);
  const limit = { current: 1 };
  const { signal } = new AbortController();
  const gates: PromiseWithResolvers<void>[] = [];
  const run = (limit?: { current: number }) =>
    slots.run(
      () => {
        const gate = Promise.withResolvers<void>();
        gates.push(gate);
        return gate.promise;
      },
      signal,
      limit,
    );
  const runs = Array.from({ length: 40 }, () => run(limit));
  assertEquals([gates.length, slots.areWaitedFor], [12, true]);
  runs.push(run());
  assertEquals(gates.length, 13);
  limit.current = 5;
  gates[0]?.resolve();
  await runs[0];
  assertEquals([gates.length, slots.areWaitedFor], [30, true]);
  for (const gate of gates) gate.resolve();
  await Promise.all(runs.slice(0, 29));
  for (const gate of gates) gate.resolve();
  await Promise.all(runs);
  assertEquals([gates.length, slots.areWaitedFor], [41, false]);
});

Deno.test("Slots: what has one limit does not wait for all that has another", async () => {
  const slots = new Slots(2);
  const { signal } = new AbortController();
  const [one, other] = [{ current: 9 }, { current: 9 }];
  const begun: string[] = [];
  const run = (name: string, limit: { current: number }) =>
    slots.run(
      () => {
        begun.push(name);
        return Promise.resolve();
      },
      signal,
      limit,
    );
  const runs = [1, 2, 3, 4].map((at) => run(`one ${at}`, one));
  runs.push(run("other", other));
  await Promise.all(runs);
  assertEquals(begun.indexOf("other"), 2);
});

Deno.test("Slots starts any number of things in the order they came, those that come meanwhile behind them", async () => {
  const slots = new Slots(3);
  const { signal } = new AbortController();
  const asked: number[] = [];
  const started: number[] = [];
  const work: Promise<void>[] = [];
  const add = (id: number) => {
    asked.push(id);
    work.push(slots.run(async () => {
      started.push(id);
      if (id < 1000) add(1000 + id);
      await Promise.resolve();
    }, signal));
  };
  for (let id = 0; id < 1000; id++) add(id);
  while (started.length < 2000) await Promise.all(work);
  assertEquals([started.length, started.join()], [2000, asked.join()]);
  assertEquals(slots.areWaitedFor, false);
});
