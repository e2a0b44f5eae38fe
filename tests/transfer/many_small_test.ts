import { assertEquals } from "@std/assert";
import { AllStores, type Kind } from "./all_stores.ts";

const COUNT = 10_000;

/** From each of these to the next one, by this command. */
const WAY: readonly (readonly [Kind, string])[] = [["memory", "cp"], ["s3", "mv"], ["file", ""]];

Deno.test("10,000 small objects go from store to store, every one of them once", async () => {
  await using stores = await AllStores.start();
  const { lade } = stores;
  const textOf = (i: number) => i % 97 === 0 ? "" : `object ${i}`;
  const nameOf = (i: number) => `${i % 10}/größe/${i}`;
  const { store, key } = await lade.locate(stores.prefix("memory", "small"));
  const encoder = new TextEncoder();
  for (let i = 0; i < COUNT; i++) await store.put(key + nameOf(i), encoder.encode(textOf(i)));
  for (const [step, [from, command]] of WAY.entries()) {
    const [to] = WAY[step + 1] ?? [];
    if (!to) continue;
    stores.forget();
    const { code, stdout, stderr } = await stores.run([
      command,
      "-r",
      stores.prefix(from, "small"),
      stores.prefix(to, "small"),
    ]);
    assertEquals(code, 0, stderr);
    const lines = stdout.trim().split("\n");
    assertEquals([lines.length, new Set(lines).size], [COUNT, COUNT]);
    const decoder = new TextDecoder();
    const there = await stores.contents(to, "small");
    assertEquals(there.size, COUNT);
    for (let i = 0; i < COUNT; i++) assertEquals(decoder.decode(there.get(nameOf(i))), textOf(i));
    if (command === "mv") assertEquals(await stores.contents(from, "small"), new Map());
  }
  assertEquals(await stores.leftovers(), []);
});
