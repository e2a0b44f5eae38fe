import { assertEquals, assertStringIncludes } from "@std/assert";
import { openCheckpoints } from "@lade/checkpoint";
import { createStoreContext, MemoryStore } from "@lade/core";
import { injectFaults } from "@lade/testing";
import { EagerClock } from "./trained_world.ts";

Deno.test("a store that stalls as a hold is given back is not waited for: it ends with its lease", async () => {
  const clock = new EagerClock();
  const notices: string[] = [];
  const context = createStoreContext({ clock, onNotice: ({ text }) => notices.push(text) });
  const until = new Promise<never>(() => {});
  const store = injectFaults(new MemoryStore({ context }), [
    { operation: "delete", fault: { kind: "stall", until } },
  ]);
  await using series = await openCheckpoints(store, "run", { run: "a" });
  await series.save(1, { tensors: [] }).committed;
  const checkpoint = await series.open("latest");
  await checkpoint[Symbol.asyncDispose]();
  assertEquals(notices.length, 1);
  assertStringIncludes(notices[0] ?? "", "could not be given back");
  const { isFull, held } = await series.gc();
  assertEquals([isFull, held], [false, []]);
});
