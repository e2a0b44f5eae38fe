import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bitsOf, Rest } from "./rest.ts";

Deno.test("Rest: numbers what is left anew", () => {
  fc.assert(
    fc.property(fc.nat(3000), fc.nat(3000), fc.array(fc.nat(2999)), (a, b, some) => {
      const [position, total] = [Math.min(a, b), Math.max(a, b)];
      const taken = new Set(some.filter((p) => p >= position && p < total));
      const rest = new Rest(position, total, bitsOf(position, total, (p) => taken.has(p)));
      const left = Array.from({ length: total - position }, (_, i) => position + i).filter((p) =>
        !taken.has(p)
      );
      assertEquals(rest.length, left.length);
      assertEquals(left.map((_, i) => rest.at(i)), left);
      assertEquals(rest.at(left.length), total);
      const from = position + Math.floor((total - position) / 3);
      const later = new Rest(from, total, rest.takenFrom(from));
      assertEquals(later.length, left.filter((p) => p >= from).length);
    }),
    { numRuns: 300, seed: 1 },
  );
});

Deno.test("Rest: of 10^15 positions without bits", () => {
  const rest = new Rest(5, 1e15);
  assertEquals([rest.length, rest.at(0), rest.at(1e14)], [1e15 - 5, 5, 1e14 + 5]);
});

Deno.test("Rest: what does not lie within the epoch is refused", () => {
  assertThrows(() => new Rest(11, 10), RangeError);
  assertThrows(() => new Rest(-1, 10), RangeError);
  assertThrows(() => new Rest(5, 10, new Uint8Array([0b100000])), RangeError, "position 10");
  assertEquals(new Rest(5, 10, new Uint8Array([0b10000, 0, 0])).length, 4);
  assertThrows(() => new Rest(5, 10).at(6), RangeError);
});
