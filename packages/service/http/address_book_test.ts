import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { type AddressAnswer, AddressBook, type AddressBookConfig } from "./address_book.ts";
import type { EndpointAddress } from "./endpoint_address.ts";
import { WireError } from "./wire_error.ts";

interface Made {
  readonly book: AddressBook;
  readonly clock: FakeClock;
  /** How often the name server was asked. */
  readonly asked: () => number;
  /** The hosts of the next order. */
  readonly next: (elsewhere?: string) => Promise<string[]>;
  /** An address of the book. */
  readonly at: (hostname: string) => EndpointAddress;
}

function makeBook(changes: Partial<AddressBookConfig> = {}): Made {
  const clock = new FakeClock();
  let asked = 0;
  const resolve = () => {
    asked++;
    return Promise.resolve(["10.0.0.1", "10.0.0.2", "fe80::1", "10.0.0.1"]);
  };
  const book = new AddressBook({
    hostname: "h.test",
    port: 443,
    resolve,
    clock,
    isAllowed: () => true,
    random: () => 0.5,
    ...changes,
  });
  return {
    book,
    clock: changes.clock as FakeClock | undefined ?? clock,
    asked: () => asked,
    next: async (elsewhere) => (await book.next(elsewhere)).map(({ hostname }) => hostname),
    at: (hostname) => {
      const found = [...book.addresses].find((address) => address.hostname === hostname);
      if (!found) throw new Error(`no address ${hostname}`);
      return found;
    },
  };
}

Deno.test("AddressBook begins at the next address each time, and asks again after a while", async () => {
  const { asked, clock, next } = makeBook();
  const orders = await Promise.all([next(), next(), next(), next()]);
  assertEquals(orders, [
    ["10.0.0.1", "fe80::1", "10.0.0.2"],
    ["10.0.0.2", "fe80::1", "10.0.0.1"],
    ["fe80::1", "10.0.0.1", "10.0.0.2"],
    ["10.0.0.1", "fe80::1", "10.0.0.2"],
  ]);
  assertEquals(asked(), 1);
  await clock.advance(30_001);
  await next();
  assertEquals(asked(), 2);
});

Deno.test("AddressBook puts an address that failed last, until it works", async () => {
  const { at, book, next } = makeBook();
  await next();
  book.report(at("10.0.0.1"), false);
  assertEquals((await next()).at(-1), "10.0.0.1");
  assertEquals((await next()).at(-1), "10.0.0.1");
  book.report(at("10.0.0.1"), true);
  const firsts = [await next(), await next(), await next()].map(([first]) => first);
  assertEquals(firsts.toSorted(), ["10.0.0.1", "10.0.0.2", "fe80::1"]);
});

Deno.test("AddressBook keeps to the name where only the name is permitted, or nothing is found", async () => {
  for (
    const changes of [{ isAllowed: (address: string) => !address.includes(":") }, {
      resolve: () => Promise.resolve([]),
    }]
  ) {
    const { next } = makeBook(changes);
    assertEquals(await next(), ["h.test"]);
  }
});

Deno.test("AddressBook does not resolve what is an address already", async () => {
  for (const hostname of ["127.0.0.1", "::1", "fe80::1:2", "::ffff:10.0.0.1"]) {
    const { asked, next } = makeBook({ hostname });
    assertEquals([await next(), asked()], [[hostname], 0]);
  }
});

Deno.test("AddressBook tells a name that does not exist from a name server that does not answer", async () => {
  for (const [code, retryable] of [["ENOTFOUND", false], ["EAI_AGAIN", true]] as const) {
    const { book } = makeBook({
      resolve: () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code })),
    });
    const error = await assertRejects(() => book.next(), WireError, '"h.test"');
    assertEquals([error.kind, error.retryable], ["dns", retryable]);
  }
});

Deno.test("AddressBook goes on with the addresses it knows while the name server fails or is silent", async () => {
  let asked = 0;
  let answer: () => Promise<readonly string[]> = () => Promise.resolve(["10.0.0.1"]);
  const { clock, next } = makeBook({ resolve: () => (asked++, answer()) });
  assertEquals(await next(), ["10.0.0.1"]);
  answer = () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
  await clock.advance(30_001);
  assertEquals([await next(), await next(), asked], [["10.0.0.1"], ["10.0.0.1"], 2]);
  const silent = Promise.withResolvers<readonly string[]>();
  answer = () => silent.promise;
  await clock.advance(5_001);
  const late = next();
  await clock.advance(1_000);
  assertEquals([await late, await next(), asked], [["10.0.0.1"], ["10.0.0.1"], 3]);
  silent.resolve(["10.0.0.7"]);
  await clock.advance(5_001);
  assertEquals([await next(), asked], [["10.0.0.7"], 3]);
});

/** What `count` connections in turn begin with, by host. */
async function shares({ next }: Made, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const [first = ""] = await next();
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

function answer({ at, book }: Made, hostname: string, how: Partial<AddressAnswer>, times = 1): void {
  for (let i = 0; i < times; i++) book.answered(at(hostname), { failed: false, ...how });
}

const TWO = { resolve: () => Promise.resolve(["10.0.0.1", "10.0.0.2"]) };

Deno.test("AddressBook gives an address that answers half as fast half as many connections", async () => {
  const made = makeBook();
  assertEquals(await shares(made, 3), { "10.0.0.1": 1, "10.0.0.2": 1, "fe80::1": 1 });
  answer(made, "10.0.0.1", { firstByteMs: 20, object: true }, 8);
  answer(made, "10.0.0.2", { firstByteMs: 40, object: true }, 8);
  answer(made, "fe80::1", { firstByteMs: 20, object: true }, 8);
  assertEquals(await shares(made, 50), { "10.0.0.1": 20, "10.0.0.2": 10, "fe80::1": 20 });
});

Deno.test("AddressBook compares what brings objects alone", async () => {
  const made = makeBook();
  await made.next();
  for (const host of ["10.0.0.1", "10.0.0.2", "fe80::1"]) {
    answer(made, host, { firstByteMs: 9, object: true }, 8);
  }
  answer(made, "10.0.0.1", { firstByteMs: 900 }, 20);
  answer(made, "10.0.0.1", {}, 20);
  assertEquals(made.book.isAvoided(made.at("10.0.0.1")), false);
  assertEquals(await shares(made, 9), { "10.0.0.1": 3, "10.0.0.2": 3, "fe80::1": 3 });
});

Deno.test("AddressBook tries an address that refused again by one connection, after a pause that doubles", async () => {
  const made = makeBook(TWO);
  const { at, book, clock, next } = made;
  await next();
  for (const pauseMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
    book.report(at("10.0.0.1"), false);
    await clock.advance(pauseMs - 1);
    assertEquals([await shares(made, 3), book.isAvoided(at("10.0.0.1"))], [{ "10.0.0.2": 3 }, true]);
    await clock.advance(1);
    assertEquals(await next(), ["10.0.0.1", "10.0.0.2"]);
    assertEquals([await shares(made, 3), book.isAvoided(at("10.0.0.1"))], [{ "10.0.0.2": 3 }, true]);
  }
  await clock.advance(60_000);
  await next();
  book.report(at("10.0.0.1"), true);
  assertEquals([await shares(made, 4), book.isAvoided(at("10.0.0.1"))], [
    { "10.0.0.1": 2, "10.0.0.2": 2 },
    false,
  ]);
  await clock.advance(60_001);
  book.report(at("10.0.0.1"), false);
  await clock.advance(5_000);
  assertEquals((await next())[0], "10.0.0.1");
});

Deno.test("AddressBook does not come back with every other client at once", async () => {
  let luck = 0;
  const made = makeBook({ ...TWO, random: () => luck });
  const { at, book, clock, next } = made;
  for (const [random, pauseMs] of [[0, 3_750], [0.75, 5_625]] as const) {
    luck = random;
    await next();
    await clock.advance(200_000);
    book.report(at("10.0.0.1"), true);
    await clock.advance(200_000);
    book.report(at("10.0.0.1"), false);
    await clock.advance(pauseMs - 1);
    assertEquals((await next())[0], "10.0.0.2");
    await clock.advance(1);
    assertEquals((await next())[0], "10.0.0.1");
  }
});

Deno.test("AddressBook waits for an answer before an address that failed requests is used again", async () => {
  const made = makeBook(TWO);
  const { at, book, clock, next } = made;
  await next();
  answer(made, "10.0.0.2", {}, 8);
  // These may be the service's: nothing succeeds elsewhere.
  for (let i = 0; i < 8; i++) book.failed(at("10.0.0.1"));
  answer(made, "10.0.0.2", {});
  for (let i = 0; i < 2; i++) book.failed(at("10.0.0.1"));
  assertEquals(book.isAvoided(at("10.0.0.1")), false);
  answer(made, "10.0.0.1", { failed: true });
  assertEquals([book.isAvoided(at("10.0.0.1")), at("10.0.0.1").avoidance?.cause], [true, "failing"]);
  answer(made, "10.0.0.1", {}, 8);
  assertEquals(book.isAvoided(at("10.0.0.1")), true);
  await clock.advance(5_000);
  assertEquals((await next())[0], "10.0.0.1");
  book.report(at("10.0.0.1"), true);
  assertEquals(book.isAvoided(at("10.0.0.1")), true);
  answer(made, "10.0.0.1", { failed: true });
  await clock.advance(5_000);
  assertEquals((await next())[0], "10.0.0.2");
  await clock.advance(5_000);
  assertEquals((await next())[0], "10.0.0.1");
  answer(made, "10.0.0.1", {});
  assertEquals(book.isAvoided(at("10.0.0.1")), false);
});

Deno.test("AddressBook tries an address again when nobody used the connection that was to try it", async () => {
  const { at, book, clock, next } = makeBook(TWO);
  await next();
  book.report(at("10.0.0.1"), false);
  await clock.advance(5_000);
  assertEquals((await next())[0], "10.0.0.1");
  await clock.advance(59_999);
  assertEquals((await next())[0], "10.0.0.2");
  await clock.advance(1);
  assertEquals((await next())[0], "10.0.0.1");
});

Deno.test("AddressBook never avoids all addresses, nor the only one", async () => {
  const made = makeBook(TWO);
  const { at, book, next } = made;
  await next();
  book.report(at("10.0.0.1"), false);
  book.report(at("10.0.0.2"), false);
  assertEquals([book.isAvoided(at("10.0.0.1")), book.isAvoided(at("10.0.0.2"))], [false, false]);
  assertEquals(await shares(made, 4), { "10.0.0.1": 2, "10.0.0.2": 2 });
  book.report(at("10.0.0.2"), true);
  assertEquals([book.isAvoided(at("10.0.0.1")), await shares(made, 3)], [true, { "10.0.0.2": 3 }]);
  const alone = makeBook({ resolve: () => Promise.resolve(["10.0.0.9"]) });
  await alone.next();
  alone.book.report(alone.at("10.0.0.9"), false);
  for (let i = 0; i < 20; i++) alone.book.failed(alone.at("10.0.0.9"));
  assertEquals([alone.book.isAvoided(alone.at("10.0.0.9")), await alone.next()], [false, ["10.0.0.9"]]);
});

Deno.test("AddressBook lets an answer free what is used although it is bad, because all are", async () => {
  const made = makeBook(TWO);
  const { at, book, next } = made;
  await next();
  for (const host of ["10.0.0.1", "10.0.0.2"]) book.report(at(host), false);
  answer(made, "10.0.0.1", {});
  assertEquals([book.isAvoided(at("10.0.0.1")), book.isAvoided(at("10.0.0.2"))], [false, true]);
});

Deno.test("AddressBook.next() begins elsewhere than it is asked not to, where it can", async () => {
  const { at, book, clock, next } = makeBook(TWO);
  for (let i = 0; i < 4; i++) assertEquals(await next("10.0.0.1:443"), ["10.0.0.2", "10.0.0.1"]);
  assertEquals(book.hasOther("10.0.0.1:443"), true);
  book.report(at("10.0.0.2"), false);
  await clock.advance(5_000);
  assertEquals([await next("10.0.0.1:443"), book.hasOther("10.0.0.1:443")], [
    ["10.0.0.1", "10.0.0.2"],
    false,
  ]);
});

Deno.test("AddressBook.next() evens out the connections that are open", async () => {
  const made = makeBook(TWO);
  await made.next();
  made.at("10.0.0.1").connections = 3;
  assertEquals(await shares(made, 3), { "10.0.0.2": 3 });
  made.at("10.0.0.2").connections = 3;
  assertEquals(await shares(made, 4), { "10.0.0.1": 2, "10.0.0.2": 2 });
});

Deno.test("AddressBook.surplus() names an address that has too many connections while another lacks some", async () => {
  let found = ["10.0.0.1", "10.0.0.2"];
  const made = makeBook({ resolve: () => Promise.resolve(found) });
  const { at, book, clock, next } = made;
  await next();
  const open = (...counts: number[]) => {
    counts.forEach((count, i) => at(`10.0.0.${i + 1}`).connections = count);
    return book.surplus()?.hostname;
  };
  assertEquals([open(0, 0), open(1, 0), open(2, 1), open(10, 8), open(30, 20)], [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals([open(2, 0), open(1, 8)], ["10.0.0.1", "10.0.0.2"]);
  found = ["10.0.0.2", "10.0.0.3"];
  open(4, 4);
  await clock.advance(30_001);
  book.refresh();
  await clock.advance(0);
  assertEquals([open(4, 4, 0), open(0, 4, 0), open(0, 4, 4)], ["10.0.0.1", "10.0.0.2", undefined]);
  book.report(at("10.0.0.3"), false);
  assertEquals(open(0, 8, 0), undefined);
  await clock.advance(5_000);
  assertEquals([open(0, 8, 0), open(0, 1, 0), open(0, 8, 1)], ["10.0.0.2", undefined, undefined]);
});

Deno.test("AddressBook rates large bodies, and avoids an address that sends them slowly", async () => {
  const made = makeBook(TWO);
  const { at, book, next } = made;
  await next();
  for (let i = 0; i < 8; i++) book.moved(at("10.0.0.1"), 2 ** 23, 1_000);
  for (let i = 0; i < 8; i++) book.moved(at("10.0.0.2"), 2 ** 20 - 1, 60_000);
  assertEquals(book.isAvoided(at("10.0.0.2")), false);
  for (let i = 0; i < 8; i++) book.moved(at("10.0.0.2"), 2 ** 23, 4_000);
  assertEquals(at("10.0.0.2").avoidance?.cause, "slow");
});

Deno.test("AddressBook tells which addresses begin and cease to be avoided, and which broke", async () => {
  let found = ["10.0.0.1", "10.0.0.2"];
  const told: unknown[] = [];
  const { at, book, clock, next } = makeBook({
    resolve: () => Promise.resolve(found),
    onAvoided: ({ hostname }, avoided) => void told.push([hostname, avoided]),
    onBroken: ({ hostname }) => void told.push(hostname),
  });
  await next();
  book.report(at("10.0.0.1"), false);
  book.failed(at("10.0.0.2"));
  assertEquals(told.splice(0), ["10.0.0.1", ["10.0.0.1", true], "10.0.0.2"]);
  book.report(at("10.0.0.2"), false);
  assertEquals(told.splice(0), ["10.0.0.2", ["10.0.0.1", false]]);
  book.report(at("10.0.0.1"), true);
  assertEquals(told.splice(0), [["10.0.0.2", true]]);
  found = ["10.0.0.1"];
  await clock.advance(30_001);
  await next();
  assertEquals(told, [["10.0.0.2", false]]);
});

Deno.test("AddressBook takes machines that are given in place of those that the name leads to", async () => {
  const names: Record<string, string[]> = { "node-1": ["10.0.1.1", "10.0.1.2"], "node-2": ["10.0.2.1"] };
  const asked: string[] = [];
  const resolve = (name: string) => {
    asked.push(name);
    const found = names[name];
    return found ? Promise.resolve(found) : Promise.reject(Object.assign(new Error(), { code: "ENOTFOUND" }));
  };
  const all = async (given: string[], changes: Partial<AddressBookConfig> = {}) => {
    const { book } = makeBook({ resolve, given, ...changes });
    return (await book.next()).map(({ name }) => name).sort();
  };
  assertEquals(await all(["10.0.0.1", "[::1]:9000", "10.0.0.1:443"]), ["10.0.0.1:443", "[::1]:9000"]);
  assertEquals(await all(["10.0.0.1:80"], { hostname: "10.9.9.9" }), ["10.0.0.1:80"]);
  assertEquals(asked, []);
  assertEquals(await all(["node-1", "node-2:9000", "node-3"]), [
    "10.0.1.1:443",
    "10.0.1.2:443",
    "10.0.2.1:9000",
  ]);
  assertEquals(asked, ["node-1", "node-2", "node-3"]);
  await assertRejects(() => all(["node-3", "node-4"]), WireError, 'does not resolve: "node-3"');
  const isAllowed = (address: string) => !address.startsWith("10.0.1.");
  assertEquals(await all(["node-1", "node-2"], { isAllowed }), ["10.0.2.1:443", "node-1:443"]);
  const refused = await assertRejects(
    () => all(["node-2", "10.0.1.1:9"], { isAllowed }),
    WireError,
    "10.0.1.1:9, ",
  );
  assertEquals(refused.kind, "permission");
});

Deno.test("AddressBook asks again for machines that are given by name", async () => {
  let found = ["10.0.1.1"];
  const { clock, next } = makeBook({ resolve: () => Promise.resolve(found), given: ["node-1", "10.0.0.1"] });
  assertEquals((await next()).toSorted(), ["10.0.0.1", "10.0.1.1"]);
  found = ["10.0.1.2"];
  await clock.advance(30_001);
  assertEquals((await next()).toSorted(), ["10.0.0.1", "10.0.1.2"]);
});

Deno.test("AddressBook forgets addresses that the name no longer leads to, once there are many", async () => {
  let last = 0;
  const { book, clock, next } = makeBook({
    resolve: () => Promise.resolve([`10.0.${last >> 8}.${last++ & 255}`]),
  });
  for (let i = 0; i < 300; i++) {
    await next();
    await clock.advance(30_001);
  }
  assertEquals([...book.addresses].length, 256);
  assertEquals((await next())[0], "10.0.1.44");
});
