import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import { isTemporaryName, TemporaryNames } from "./temporary_name.ts";

Deno.test("TemporaryNames.next() makes names that isTemporaryName() knows, each another one", () => {
  const names = new TemporaryNames(() => 0.999999999999);
  const [first, second] = [names.next(), names.next()];
  assert(isTemporaryName(first), first);
  assert(isTemporaryName(second), second);
  assertNotEquals(first, second);
});

Deno.test("TemporaryNames.next() takes its first half from the random source", () => {
  assertEquals(new TemporaryNames(() => 0.5).next(), `.lade-8000000000000000-${Deno.pid}~tmp`);
});

Deno.test("isTemporaryName() leaves names alone that merely look alike", () => {
  for (
    const name of [".lade-", ".lade-1~tmp", "lade-0123456789abcdef-1~tmp", ".lade-0123456789abcdef-1~tmp2"]
  ) {
    assertFalse(isTemporaryName(name), name);
  }
});
