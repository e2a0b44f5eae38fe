import { AddressBook } from "./address_book.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { until } from "@lade/testing/http";
import type { Connection } from "./connection.ts";
import { makePool, settle } from "./silent_pool_test.ts";
import type { TransportOptions } from "./transport_options.ts";
import { WireError } from "./wire_error.ts";

Deno.test("EndpointPool opens few connections at first, and one more for each that succeeds", async () => {
  const { openings, pool } = makePool();
  const waiting = Array.from({ length: 1_000 }, () => pool.acquire(false, undefined));
  const bursts: number[] = [];
  for (let done = 0; done < 100;) {
    const burst = openings.slice(done);
    bursts.push(burst.length);
    for (const opening of burst) opening.succeed();
    done += burst.length;
    await settle();
  }
  assertEquals(bursts.slice(0, 4), [4, 8, 16, 32]);
  for (const each of waiting) Promise.resolve(each).catch(() => {});
  for (const opening of openings) opening.succeed();
  await pool.close();
});

Deno.test("EndpointPool opens at most maxConnections, and serves the others in the order they came", async () => {
  const { openings, pool } = makePool({ maxConnections: 2 });
  const order: number[] = [];
  const waiting = [0, 1, 2, 3].map(async (i) => {
    const connection = await pool.acquire(false, undefined);
    order.push(i);
    return connection;
  });
  for (const opening of openings) opening.succeed();
  const [first] = await Promise.all(waiting.slice(0, 2));
  assertEquals([openings.length, pool.size, order], [2, 2, [0, 1]]);
  assert(first);
  pool.release(first);
  assertStrictEquals(await waiting[2], first);
  pool.release(first);
  assertStrictEquals(await waiting[3], first);
  assertEquals([order, openings.length], [[0, 1, 2, 3], 2]);
  await pool.close();
});

Deno.test("EndpointPool opens fewer at a time once connections fail", async () => {
  const { openings, pool } = makePool({ maxConnections: 64 });
  const outcomes = Array.from({ length: 20 }, () => pool.acquire(false, undefined))
    .map((each) => Promise.resolve(each).then(() => "open", (error: Error) => error.message));
  openings[0]?.succeed();
  await settle();
  for (const opening of openings.slice(1)) opening.fail(new WireError("refused", "full"));
  await settle();
  const before = openings.length;
  assert(before < 10, `${before} openings`);
  openings[before - 1]?.succeed();
  await settle();
  assert(openings.length > before);
  const closing = pool.close();
  await closing;
  const counts = Map.groupBy(await Promise.all(outcomes), (outcome) => outcome);
  assertEquals(counts.get("open")?.length, 2);
  assertEquals(counts.get("the transport was closed")?.length, 20 - 2 - (counts.get("full")?.length ?? 0));
});

Deno.test("EndpointPool refuses everybody at once when nothing at all can be reached", async () => {
  const { openings, pool } = makePool();
  const outcomes = Array.from({ length: 100 }, () => pool.acquire(false, undefined))
    .map((each) => Promise.resolve(each).catch((error: Error) => error.message));
  for (let i = 0; i < 4; i++) openings[i]?.fail(new WireError("refused", "nobody there"));
  await settle();
  for (let i = 4; i < openings.length; i++) openings[i]?.fail(new WireError("refused", "nobody there"));
  assertEquals(new Set(await Promise.all(outcomes)), new Set(["nobody there"]));
  assert(openings.length < 10, `${openings.length} openings`);
  assertEquals(pool.size, 0);
});

Deno.test("EndpointPool takes the connection used last, and lets the others grow old", async () => {
  const clock = new FakeClock();
  const { openings, pool } = makePool({ clock, idleTimeoutMs: 1_000 });
  const waiting = [0, 1, 2].map(() => pool.acquire(false, undefined));
  for (const opening of openings) opening.succeed();
  const connections = await Promise.all(waiting);
  for (const connection of connections) pool.release(connection);
  assertEquals(pool.idle, 3);
  await clock.advance(900);
  const last = await pool.acquire(false, undefined);
  assertStrictEquals(last, connections[2]);
  pool.release(last);
  await clock.advance(200);
  pool.sweep(clock.monotonicMs());
  assertEquals([pool.size, openings.map(({ socket }) => socket.closed)], [1, [true, true, false]]);
  await pool.close();
});

Deno.test("EndpointPool forgets an idle connection that ends or speaks", async () => {
  for (const count of [null, 5]) {
    const { openings, pool } = makePool();
    const waiting = pool.acquire(false, undefined);
    openings[0]?.succeed();
    pool.release(await waiting);
    assertEquals(pool.idle, 1);
    openings[0]?.socket.arrive(count);
    await settle();
    assertEquals([pool.size, openings[0]?.socket.closed], [0, true]);
    await pool.close();
  }
});

Deno.test("EndpointPool gives one who wants it fresh a new connection, in place of an idle one if need be", async () => {
  const { openings, pool } = makePool({ maxConnections: 1 });
  const first = pool.acquire(false, undefined);
  openings[0]?.succeed();
  const used = await first;
  used.requests++;
  pool.release(used);
  const second = pool.acquire(true, undefined);
  assertEquals([openings.length, openings[0]?.socket.closed, pool.size], [2, true, 1]);
  const fresh = openings[1]?.succeed();
  assertStrictEquals(await second, fresh);
  await pool.close();
});

Deno.test("EndpointPool.acquire() is not refused by the abort of one who waited before", async () => {
  const { openings, pool } = makePool();
  const controller = new AbortController();
  const reason = new Error("stop");
  const first = Promise.resolve(pool.acquire(false, controller.signal)).catch((error: unknown) => error);
  controller.abort(reason);
  const second = pool.acquire(false, undefined);
  assertStrictEquals(await first, reason);
  await until(() => openings.length === 2);
  const connection = openings[1]?.succeed();
  assertStrictEquals(await second, connection);
  await pool.close();
});

Deno.test("EndpointPool.close() refuses who waits and who comes, and closes every socket", async () => {
  const { openings, pool } = makePool({ maxConnections: 2 });
  const active = pool.acquire(false, undefined);
  const waiting = [pool.acquire(false, undefined), pool.acquire(false, undefined)];
  openings[0]?.succeed();
  await active;
  const failures = waiting.map((each) =>
    assertRejects(async () => await each, WireError, "the transport was closed")
  );
  await pool.close();
  await Promise.all(failures);
  assertEquals([pool.size, openings[0]?.socket.closed], [0, true]);
  await assertRejects(
    async () => await pool.acquire(false, undefined),
    WireError,
    "the transport was closed",
  );
});

Deno.test("EndpointPool makes do with the connections there are when the system allows no more, for a while", async () => {
  const clock = new FakeClock();
  let told = 0;
  const { openings, pool } = makePool({ clock, onDescriptorShortage: () => void told++ });
  const waiting = [0, 1, 2].map((_) => Promise.resolve(pool.acquire(false, undefined)));
  const shortage = new WireError("unreachable", "no more", { cause: new Error("(os error 24)") });
  openings[0]?.succeed();
  const first = await waiting[0];
  assert(first);
  for (const opening of openings.slice(1)) opening.fail(shortage);
  await settle();
  const before = openings.length;
  assertEquals([told, pool.size], [2, 1]);
  for (const each of waiting.slice(1)) {
    pool.release(first);
    assertStrictEquals(await each, first);
  }
  const late = Promise.resolve(pool.acquire(false, undefined));
  assertEquals(openings.length, before);
  await clock.advance(5_000);
  const later = Promise.resolve(pool.acquire(false, undefined));
  assertEquals(openings.length > before, true);
  pool.release(first);
  await late;
  for (const opening of openings.slice(before)) opening.succeed();
  await later;
  await pool.close();
});

Deno.test("EndpointPool fails when the system allows not a single connection", async () => {
  const { openings, pool } = makePool();
  const waiting = Promise.resolve(pool.acquire(false, undefined));
  const shortage = new WireError("unreachable", "no more", { cause: new Error("(os error 24)") });
  openings[0]?.fail(shortage);
  assertStrictEquals(await assertRejects(() => waiting), shortage);
  await pool.close();
});

/** A pool over `10.0.0.1`, `10.0.0.2` and so on, at port 1. */
async function makeSpread(count: number, options: TransportOptions = {}) {
  const clock = new FakeClock();
  const hosts = Array.from({ length: count }, (_, i) => `10.0.0.${i + 1}`);
  const book = new AddressBook({
    hostname: "h.test",
    port: 1,
    clock,
    random: () => 0.5,
    resolve: () => Promise.resolve(hosts),
    isAllowed: () => true,
  });
  const addresses = await book.next();
  const { openings, pool } = makePool({ clock, ...options }, book);
  const at = (number: number) => {
    const found = addresses.find(({ hostname }) => hostname === `10.0.0.${number}`);
    assert(found);
    return found;
  };
  /** Opens a connection to an address and takes it. */
  const take = async (number: number): Promise<Connection> => {
    const waiting = pool.acquire(true, undefined);
    openings.at(-1)?.succeed(number);
    return await waiting;
  };
  return { at, book, clock, openings, pool, take };
}

Deno.test("EndpointPool gives a connection elsewhere to one who wants it, an idle one or a new one", async () => {
  const { openings, pool, take } = await makeSpread(2);
  const [first, second] = [await take(1), await take(2)];
  pool.release(second);
  pool.release(first);
  assertStrictEquals(await pool.acquire(false, undefined, "10.0.0.1:1"), second);
  const third = pool.acquire(false, undefined, "10.0.0.1:1");
  assertEquals([openings.length, openings.at(-1)?.elsewhere, pool.idle], [3, "10.0.0.1:1", 1]);
  const opened = openings.at(-1)?.succeed(2);
  assertStrictEquals(await third, opened);
  await pool.close();
});

Deno.test("EndpointPool does not wait for another address where there is none that does well", async () => {
  const { at, book, openings, pool, take } = await makeSpread(2);
  const first = await take(1);
  pool.release(first);
  book.report(at(2), false);
  assertStrictEquals(await pool.acquire(false, undefined, "10.0.0.1:1"), first);
  assertEquals(openings.length, 1);
  await pool.close();
});

Deno.test("EndpointPool gives what was opened for a wish that could not be met, and opens no more for it", async () => {
  const { openings, pool, take } = await makeSpread(2, { maxConnections: 2 });
  const first = await take(1);
  const waiting = pool.acquire(false, undefined, "10.0.0.1:1");
  const behind = pool.acquire(false, undefined);
  pool.release(first);
  assertStrictEquals(await behind, first);
  assertEquals([openings.length, openings[1]?.elsewhere], [2, "10.0.0.1:1"]);
  const opened = openings[1]?.succeed(1);
  assertStrictEquals(await waiting, opened);
  assertEquals([openings.length, pool.size], [2, 2]);
  await pool.close();
});

Deno.test("EndpointPool closes connections to an address that is avoided: idle ones at once, others after use", async () => {
  const { at, book, clock, openings, pool, take } = await makeSpread(2);
  const [used, unused, other] = [await take(1), await take(1), await take(2)];
  pool.release(unused);
  pool.release(other);
  book.report(at(1), false);
  assertStrictEquals(await pool.acquire(false, undefined), other);
  pool.sweep(clock.monotonicMs());
  assertEquals([unused.killed, used.killed, other.killed, pool.idle], [true, false, false, 0]);
  pool.release(used);
  assertEquals([used.killed, pool.size, at(1).connections, at(2).connections], [true, 1, 0, 1]);
  const waiting = [pool.acquire(false, undefined), pool.acquire(false, undefined)];
  assertEquals(openings.length, 5);
  for (const opening of openings.slice(3)) opening.succeed(2);
  await Promise.all(waiting);
  await pool.close();
});

Deno.test("EndpointPool takes no idle connection to an address that is avoided", async () => {
  const { at, book, openings, pool, take } = await makeSpread(2);
  pool.release(await take(1));
  book.report(at(1), false);
  const waiting = pool.acquire(false, undefined);
  assertEquals([openings[0]?.socket.closed, openings.length], [true, 2]);
  const second = openings[1]?.succeed(2);
  assertStrictEquals(await waiting, second);
  await pool.close();
});

Deno.test("EndpointPool keeps the connection that tries an avoided address again", async () => {
  const { at, book, clock, pool, take } = await makeSpread(2);
  await take(2);
  book.report(at(1), false);
  await clock.advance(5_000);
  assertStrictEquals((await book.next())[0], at(1));
  const probe = await take(1);
  pool.release(probe);
  pool.sweep(clock.monotonicMs());
  assertEquals(probe.killed, false);
  await pool.close();
});

Deno.test("EndpointPool closes one connection at a time where an address has too many and another too few", async () => {
  const { at, clock, pool, take } = await makeSpread(2);
  const held = [await take(1), await take(1), await take(1), await take(1)];
  const sweep = () => pool.sweep(clock.monotonicMs());
  sweep();
  for (const connection of held) pool.release(connection);
  assertEquals(held.map(({ killed }) => killed), [true, false, false, false]);
  assertEquals([pool.size, pool.idle], [3, 3]);
  for (const left of [2, 1, 1]) {
    sweep();
    pool.release(await pool.acquire(false, undefined));
    assertEquals([pool.size, at(1).connections], [left, left]);
  }
  await pool.close();
});
