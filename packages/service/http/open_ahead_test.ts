import { assertEquals, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { makePool, settle } from "./silent_pool_test.ts";
import { WireError } from "./wire_error.ts";

Deno.test("EndpointPool.openAhead() opens a few at a time until so many are there, and none again that was closed", async () => {
  const clock = new FakeClock();
  const { openings, pool } = makePool({ clock, idleTimeoutMs: 1_000 });
  const first = Promise.resolve(pool.acquire(false, undefined));
  openings[0]?.succeed();
  const used = await first;
  pool.openAhead(12);
  assertEquals([openings.length, pool.size], [1 + 5, 6]);
  for (const opening of openings.slice(1)) opening.succeed();
  await settle();
  assertEquals([openings.length, pool.size], [12, 12]);
  for (const opening of openings.slice(6)) opening.succeed();
  await settle();
  assertEquals([openings.length, pool.idle], [12, 11]);
  const waiting = Array.from({ length: 11 }, () => pool.acquire(false, undefined));
  assertEquals([openings.length, pool.idle], [12, 0], "what is there is used");
  for (const connection of await Promise.all(waiting)) pool.release(connection);
  await clock.advance(1_100);
  pool.sweep(clock.monotonicMs());
  await settle();
  assertEquals([openings.length, pool.size], [12, 1]);
  pool.release(used);
  await settle();
  assertEquals(openings.length, 12);
  pool.openAhead(1);
  assertEquals(openings.length, 12);
  await pool.close();
});

Deno.test("EndpointPool.openAhead() goes no further than maxConnections, closes none for it, and ends with the first failure", async () => {
  const { openings, pool } = makePool({ maxConnections: 3 });
  pool.openAhead(100);
  assertEquals(openings.length, 3);
  for (const opening of openings) opening.succeed();
  await settle();
  pool.openAhead(100);
  assertEquals([openings.length, pool.idle], [3, 3]);
  await pool.close();
  const other = makePool();
  other.pool.openAhead(32);
  assertEquals(other.openings.length, 4);
  other.openings[0]?.fail(new WireError("refused", "full"));
  for (const opening of other.openings.slice(1)) opening.succeed();
  await settle();
  assertEquals([other.openings.length, other.pool.idle], [4, 3]);
  await other.pool.close();
});

Deno.test("EndpointPool lets nobody down for a connection ahead that fails while others are being opened", async () => {
  const { openings, pool } = makePool();
  pool.openAhead(4);
  const waiting = Promise.resolve(pool.acquire(false, undefined));
  assertEquals(openings.length, 4);
  openings[0]?.fail(new WireError("refused", "full"));
  await settle();
  const connection = openings[1]?.succeed();
  assertStrictEquals(await waiting, connection);
  const alone = Promise.resolve(pool.acquire(false, AbortSignal.abort(new Error("stop")))).catch(() => {});
  await alone;
  assertEquals(pool.size, 3, "what is opened ahead is no surplus");
  await pool.close();
});
