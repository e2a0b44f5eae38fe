import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { ServiceFault } from "../errors/mod.ts";
import { ServiceTime } from "./service_time.ts";

const MINUTE = 60_000;

Deno.test("ServiceTime goes by the service's clock once a refusal shows that the two are far apart", async () => {
  const clock = new FakeClock();
  const time = new ServiceTime(clock);
  const signedMs = time.now();
  assertEquals(signedMs, clock.now());
  const fault = new ServiceFault({ status: 403, serverTimeMs: clock.now() + 60 * MINUTE });
  assertEquals(time.correct(fault, signedMs), true);
  assertEquals(time.now(), clock.now() + 60 * MINUTE);
  assertEquals(time.correct(fault, signedMs), true, "a request that was sent at the same time");
  assertEquals(time.correct(fault, time.now()), false, "what was signed by the service's time");
  await clock.advance(MINUTE);
  assertEquals(time.now(), clock.now() + 60 * MINUTE);
  const back = new ServiceFault({ status: 403, serverTimeMs: clock.now() });
  assertEquals([time.correct(back, time.now()), time.now()], [true, clock.now()]);
});

Deno.test("ServiceTime heeds no clock that is near, unknown or somebody else's", () => {
  const clock = new FakeClock();
  const time = new ServiceTime(clock);
  for (
    const options of [
      { serverTimeMs: clock.now() + 3 * MINUTE },
      { serverTimeMs: clock.now() - 3 * MINUTE },
      {},
      { serverTimeMs: clock.now() + 60 * MINUTE, foreign: "a page" },
    ]
  ) assertEquals(time.correct(new ServiceFault({ status: 403, ...options }), time.now()), false);
  assertEquals([time.now(), time.offsetMs], [clock.now(), 0]);
});
