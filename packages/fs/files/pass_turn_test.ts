import { assert } from "@std/assert";
import { turnPasser } from "./pass_turn.ts";

/** Far more turns than anything needs, in case others keep the machine busy. */
const PLENTY = 100_000;

async function turnsUntil(isDone: () => boolean): Promise<number> {
  const passTurn = turnPasser();
  let turns = 0;
  while (!isDone() && turns < PLENTY) {
    await passTurn();
    turns++;
  }
  return turns;
}

Deno.test("turnPasser() lets timers have their turn", async () => {
  let fired = false;
  setTimeout(() => fired = true, 0);
  assert(await turnsUntil(() => fired) < PLENTY);
});

Deno.test("turnPasser() lets timers have their turn after any number of turns", async () => {
  const passTurn = turnPasser();
  for (let turns = 0; turns < 200; turns++) await passTurn();
  let fired = false;
  setTimeout(() => fired = true, 0);
  for (let turns = 0; !fired && turns < PLENTY; turns++) await passTurn();
  assert(fired);
});

Deno.test("turnPasser() lets sockets have their turn", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const echo = async () => {
    using connection = await listener.accept();
    const buffer = new Uint8Array(1);
    while (await connection.read(buffer) !== null) await connection.write(buffer);
  };
  const echoing = echo();
  let rounds = 0;
  const ask = async () => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    for (const buffer = new Uint8Array(1); rounds < 10; rounds++) {
      await connection.write(buffer);
      await connection.read(buffer);
    }
  };
  const asking = ask();
  assert(await turnsUntil(() => rounds === 10) < PLENTY);
  await Promise.all([asking, echoing]);
});
