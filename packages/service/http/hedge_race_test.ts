import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { Flight } from "./flight.ts";
import { HedgeRace } from "./hedge_race.ts";
import type { Attempt, Outcome } from "./send_with_retry.ts";
import type { TransportResponse } from "./transport.ts";

Deno.test("HedgeRace: an answer that was overtaken counts with the time that it was waited for", async () => {
  const clock = new FakeClock();
  const heard: unknown[] = [];
  const first = { flight: new Flight() } as Attempt;
  const timings = { connectedMs: 300, firstByteMs: 310 };
  const race = new HedgeRace(
    first,
    {
      make: (attempt) => {
        attempt.flight?.depart(clock.monotonicMs(), undefined);
        return attempt === first
          ? new Promise(() => {})
          : Promise.resolve({ response: { timings } as TransportResponse });
      },
      again: (flight) => Promise.resolve({ flight } as Attempt),
    },
    {
      answered: (durationMs) => void heard.push(["answered", durationMs]),
      waitedInVain: (durationMs) => void heard.push(["in vain", durationMs]),
      hedged: (won) => void heard.push(["hedged", won]),
    },
    clock,
  );
  const running = race.run();
  await clock.advance(300);
  race.hedge({ settle: (won) => void heard.push(["settled", won]) });
  assertEquals((await running).response?.timings.firstByteMs, 310);
  assertEquals(heard, [["answered", 10], ["settled", true], ["hedged", true], ["in vain", 300]]);
  assertEquals(first.flight?.revoked, true);
});

/** A race whose tries answer when the test says so, and what became of their answers. */
function openRace() {
  const clock = new FakeClock();
  const heard: unknown[] = [];
  const listener = {
    answered: () => {},
    waitedInVain: () => {},
    hedged: (won: boolean) => void heard.push(["hedged", won]),
  };
  const flights: Flight[] = [];
  const tries: PromiseWithResolvers<Outcome>[] = [];
  const first = { flight: new Flight() } as Attempt;
  const race = new HedgeRace(
    first,
    {
      make: ({ flight }) => {
        flights.push(flight as Flight);
        tries.push(Promise.withResolvers<Outcome>());
        return tries.at(-1)?.promise ?? Promise.reject();
      },
      again: (flight) => Promise.resolve({ flight } as Attempt),
    },
    listener,
    clock,
  );
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await undefined;
  };
  const running = race.run();
  const begin = async () => {
    race.hedge({ settle: (won) => void heard.push(["settled", won]) });
    await settle();
  };
  /** An answer of that name, which tells how it is got rid of. */
  const answer = (name: string, failed?: Outcome["failed"]): Outcome => {
    const tell = (what: string) => () => Promise.resolve(void heard.push([name, what]));
    const response = {
      timings: { connectedMs: 0, firstByteMs: 1 },
      body: { cancel: tell("cancelled"), discard: tell("discarded") },
    } as unknown as TransportResponse;
    return { response, ...(failed && { failed }) };
  };
  return { answer, begin, flights, heard, running, settle, tries };
}

const failed = { cause: 500, askedMs: 0, endpoint: "http://h" };

Deno.test("HedgeRace ends the try that lost, and cancels an answer of it that comes all the same", async () => {
  for (const winner of [0, 1]) {
    const { answer, begin, flights, heard, running, settle, tries } = openRace();
    await begin();
    tries[winner]?.resolve(answer("winner"));
    await running;
    assertEquals(flights.map(({ revoked }) => revoked), [winner === 1, winner === 0]);
    tries[1 - winner]?.resolve(answer("loser"));
    await settle();
    assertEquals(heard, [["settled", winner === 1], ["hedged", winner === 1], ["loser", "cancelled"]]);
  }
});

Deno.test("HedgeRace discards the answer of a try that failed where the other one is used", async () => {
  for (const loser of [0, 1]) {
    const { answer, begin, heard, running, settle, tries } = openRace();
    await begin();
    tries[loser]?.resolve(answer("loser", failed));
    await settle();
    const winner = answer("winner");
    tries[1 - loser]?.resolve(winner);
    assertEquals(await running, winner);
    assertEquals(heard.filter((one) => String(one).startsWith("loser")), [["loser", "discarded"]]);
  }
});

Deno.test("HedgeRace fails as its first try where both fail", async () => {
  const { answer, begin, running, settle, tries } = openRace();
  await begin();
  const outcome = answer("first", failed);
  tries[0]?.resolve(outcome);
  await settle();
  tries[1]?.resolve(answer("second", { ...failed, cause: 502 }));
  assertEquals(await running, outcome);
});

Deno.test("HedgeRace that ends otherwise ends its second try, which says nothing of what it was good for", async () => {
  const { answer, begin, flights, heard, running, settle, tries } = openRace();
  await begin();
  const reason = new Error("enough");
  tries[0]?.reject(reason);
  assertEquals(await running.catch((error) => error), reason);
  assertEquals([flights[1]?.revoked, heard], [true, [["settled", undefined]]]);
  tries[1]?.resolve(answer("second"));
  await settle();
  assertEquals(heard.at(-1), ["second", "cancelled"]);
});
