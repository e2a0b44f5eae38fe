import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { EndpointMemory, type LearnedEndpoint } from "./endpoint_memory.ts";

const ENDPOINT = "https://h:9000";

function recording(kept: readonly LearnedEndpoint[] = []) {
  const calls: string[] = [];
  const saved: (readonly LearnedEndpoint[])[] = [];
  const records = {
    load: () => (calls.push("load"), Promise.resolve(kept)),
    save: (
      learned: readonly LearnedEndpoint[],
    ) => (calls.push("save"), saved.push(learned), Promise.resolve()),
  };
  return { calls, saved, records };
}

Deno.test("EndpointMemory gives later limits what earlier ones learned, each direction its own", async () => {
  const memory = new EndpointMemory({ clock: new FakeClock() });
  memory.limitOf(ENDPOINT, "read").learn({ limit: 16, rate: 1e9 });
  const recalled = await memory.limitOf(ENDPOINT, "read").recall();
  assertEquals([recalled?.limit, recalled?.rate], [16, 1e9]);
  assertEquals(await memory.limitOf(ENDPOINT, "write").recall(), undefined);
  assertEquals(await memory.limitOf("https://other", "read").recall(), undefined);
  await memory.save();
});

Deno.test("EndpointMemory reads records once, when they are asked for, and saves only what is new", async () => {
  const clock = new FakeClock({ now: 5_000 });
  const kept: LearnedEndpoint = { endpoint: ENDPOINT, direction: "write", limit: 8, learnedMs: 1 };
  const { calls, records, saved } = recording([kept]);
  const memory = new EndpointMemory({ clock, records });
  await memory.save();
  assertEquals(calls, []);
  const writes = memory.limitOf(ENDPOINT, "write");
  assertEquals(await writes.recall(), kept);
  assertEquals(await memory.limitOf(ENDPOINT, "read").recall(), undefined);
  await memory.save();
  assertEquals(calls, ["load"]);
  writes.learn({ limit: 12 });
  assertEquals((await writes.recall())?.limit, 12);
  await memory.save();
  await memory.save();
  assertEquals(calls, ["load", "save"]);
  assertEquals(saved, [[{ endpoint: ENDPOINT, direction: "write", limit: 12, learnedMs: 5_000 }]]);
});

Deno.test("EndpointMemory does without records that fail", async () => {
  const fail = () => Promise.reject(new Error("no disk"));
  const memory = new EndpointMemory({ clock: new FakeClock(), records: { load: fail, save: fail } });
  const limit = memory.limitOf(ENDPOINT, "read");
  assertEquals(await limit.recall(), undefined);
  limit.learn({ limit: 8 });
  await memory.save();
});
