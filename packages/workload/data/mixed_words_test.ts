import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MixedWords } from "./mixed_words.ts";

function wordsOf({ v0, v1, v2, v3 }: MixedWords): number[] {
  return [v0, v1, v2, v3];
}

Deno.test("a bit that is mixed in changes half of all bits, of each word", () => {
  const flipped = new Float64Array(128);
  const rounds = 2000;
  for (let round = 0; round < rounds; round++) {
    const [one, other] = [round, round ^ 1 << round % 11].map((n) => wordsOf(new MixedWords().mix(n)));
    for (let bit = 0; bit < 128; bit++) {
      const isFlipped = ((one?.[bit >> 5] ?? 0) ^ (other?.[bit >> 5] ?? 0)) >>> (bit & 31) & 1;
      flipped[bit] = (flipped[bit] ?? 0) + isFlipped;
    }
  }
  // Five standard deviations.
  for (const count of flipped) assert(Math.abs(count - rounds / 2) < 5 * Math.sqrt(rounds) / 2, `${count}`);
});

Deno.test("other numbers and other texts give other words", () => {
  const number = fc.maxSafeNat();
  fc.assert(fc.property(fc.uniqueArray(number, { minLength: 2 }), (numbers) => {
    const words = new Set(numbers.map((n) => wordsOf(new MixedWords().mixNumber(n)).join()));
    assertEquals(words.size, numbers.length);
  }));
  fc.assert(fc.property(fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 2 }), (texts) => {
    const words = new Set(texts.map((text) => wordsOf(new MixedWords().mixText(text)).join()));
    assertEquals(words.size, texts.length);
  }));
  const alike = ["", "\0", "\0\0", "a", "a\0", "\0a", "\uD800", "\uFFFD"];
  assertEquals(new Set(alike.map((text) => wordsOf(new MixedWords().mixText(text)).join())).size, 8);
});

Deno.test("words go on from others, which stay", () => {
  const start = new MixedWords().mix(1);
  const before = wordsOf(start);
  const went = new MixedWords().mix(9).start(start).mix(2);
  assertEquals(wordsOf(went), wordsOf(new MixedWords().mix(1).mix(2)));
  assertEquals(wordsOf(start), before);
  assert(start.fraction >= 0 && start.fraction < 1);
});
