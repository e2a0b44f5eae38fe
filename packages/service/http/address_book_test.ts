import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { AddressBook, type AddressBookConfig } from "./address_book.ts";
import { WireError } from "./wire_error.ts";

function makeBook(
  changes: Partial<AddressBookConfig> = {},
): { book: AddressBook; clock: FakeClock; asked: () => number } {
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
    ...changes,
  });
  return { book, clock, asked: () => asked };
}

Deno.test("AddressBook begins at the next address each time, and asks again after a while", async () => {
  const { asked, book, clock } = makeBook();
  const orders = await Promise.all([book.next(), book.next(), book.next(), book.next()]);
  assertEquals(orders, [
    ["10.0.0.1", "10.0.0.2", "fe80::1"],
    ["10.0.0.2", "fe80::1", "10.0.0.1"],
    ["fe80::1", "10.0.0.1", "10.0.0.2"],
    ["10.0.0.1", "10.0.0.2", "fe80::1"],
  ]);
  assertEquals(asked(), 1);
  await clock.advance(30_001);
  await book.next();
  assertEquals(asked(), 2);
});

Deno.test("AddressBook puts an address that failed last, until it works or a minute is over", async () => {
  const { book, clock } = makeBook();
  book.report("10.0.0.1", false);
  assertEquals(await book.next(), ["10.0.0.2", "fe80::1", "10.0.0.1"]);
  book.report("10.0.0.1", true);
  await book.next();
  await book.next();
  assertEquals((await book.next())[0], "10.0.0.1");
  book.report("10.0.0.2", false);
  await clock.advance(60_001);
  assertEquals((await book.next())[0], "10.0.0.2");
});

Deno.test("AddressBook keeps to the name where only the name is permitted, or nothing is found", async () => {
  for (
    const changes of [{ isAllowed: (address: string) => !address.includes(":") }, {
      resolve: () => Promise.resolve([]),
    }]
  ) {
    const { book } = makeBook(changes);
    assertEquals(await book.next(), ["h.test"]);
  }
});

Deno.test("AddressBook does not resolve what is an address already", async () => {
  for (const hostname of ["127.0.0.1", "::1", "fe80::1:2", "::ffff:10.0.0.1"]) {
    const { asked, book } = makeBook({ hostname });
    assertEquals([await book.next(), asked()], [[hostname], 0]);
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
  const { book, clock } = makeBook({ resolve: () => (asked++, answer()) });
  assertEquals(await book.next(), ["10.0.0.1"]);
  answer = () => Promise.reject(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }));
  await clock.advance(30_001);
  assertEquals([await book.next(), await book.next(), asked], [["10.0.0.1"], ["10.0.0.1"], 2]);
  const silent = Promise.withResolvers<readonly string[]>();
  answer = () => silent.promise;
  await clock.advance(5_001);
  const next = book.next();
  await clock.advance(1_000);
  assertEquals([await next, await book.next(), asked], [["10.0.0.1"], ["10.0.0.1"], 3]);
  silent.resolve(["10.0.0.7"]);
  await clock.advance(5_001);
  assertEquals([await book.next(), asked], [["10.0.0.7"], 3]);
});
