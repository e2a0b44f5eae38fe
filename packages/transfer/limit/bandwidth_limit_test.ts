import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { BandwidthLimit } from "./bandwidth_limit.ts";

Deno.test("BandwidthLimit tells for how long bytes were held back, of the direction that waited more", async () => {
  const clock = new FakeClock();
  const limit = new BandwidthLimit([{ minute: 0, rates: { up: 2 ** 20, down: 2 ** 20 } }], clock);
  assertEquals(limit.heldBackMs, 0);
  const take = async (direction: "up" | "down", count: number) => {
    for (let i = 0; i < count; i++) await limit.take(direction, 2 ** 18);
  };
  const taking = Promise.all([take("down", 5), take("up", 2)]);
  await clock.runAll();
  await taking;
  // A quarter of a second for each piece but the first, less what the credit of the first lets go.
  assertEquals(limit.heldBackMs, clock.monotonicMs());
  assertEquals(limit.heldBackMs >= 800, true);
});
