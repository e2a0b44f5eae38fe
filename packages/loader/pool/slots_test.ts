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
