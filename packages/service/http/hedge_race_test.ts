import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { Flight } from "./flight.ts";
import { HedgeRace } from "./hedge_race.ts";
import type { Attempt } from "./send_with_retry.ts";
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
