import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Turn, Turns } from "./turns.ts";

interface Job extends Turn {
  readonly number: number;
}

Deno.test("what works on one thing keeps its order, what shares it goes together, and all come to their turn", () => {
  const claim = fc.record({ id: fc.constantFrom("a", "b", "c"), isShared: fc.boolean() });
  const claims = fc.uniqueArray(claim, { selector: ({ id }) => id, minLength: 1, maxLength: 2 });
  fc.assert(fc.property(fc.array(claims, { maxLength: 60 }), fc.infiniteStream(fc.nat()), (all, picks) => {
    const turns = new Turns<Job>();
    const running: Job[] = [];
    const ended = new Set<number>();
    const pick = (below: number) => (picks.next().value ?? 0) % below;
    const begin = (job: Job) => {
      for (const earlier of all.keys()) {
        if (earlier >= job.number || ended.has(earlier)) continue;
        for (const { id, isShared } of all[earlier] ?? []) {
          const mine = job.claims.find((claim) => claim.id === id);
          // Those before it have ended, or share all of what both work on.
          assert(!mine || (mine.isShared && isShared), `${job.number} overtakes ${earlier}`);
        }
      }
      running.push(job);
    };
    const end = () => {
      const [job] = running.splice(pick(running.length), 1);
      if (!job) return;
      ended.add(job.number);
      turns.leave(job).forEach(begin);
    };
    for (const [number, claims] of all.entries()) {
      const job = { number, claims, blockers: 0 };
      if (turns.enter(job)) begin(job);
      if (running.length > 0 && pick(2) === 0) end();
    }
    while (running.length > 0) end();
    assertEquals(ended.size, all.length);
  }));
});

Deno.test("those that share go at once, and one that does not waits for all of them", () => {
  const turns = new Turns<Turn>();
  const job = (isShared: boolean): Turn => ({ claims: [{ id: "a", isShared }], blockers: 0 });
  const [r1, r2, w, r3] = [job(true), job(true), job(false), job(true)];
  assertEquals([r1, r2, w, r3].map((each) => turns.enter(each)), [true, true, false, false]);
  assertEquals(turns.leave(r2), []);
  assertEquals(turns.leave(r1), [w]);
  assertEquals(turns.leave(w), [r3]);
});
