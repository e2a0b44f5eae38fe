import { assert, assertEquals } from "@std/assert";
import { Sha256 } from "@lade/codec/hash";
import { fingerprintOf, FinishedSet } from "./finished_set.ts";

const sha = new Sha256();
const of = (entry: string, state: string) => fingerprintOf(sha.digest(entry), sha.digest(state));

Deno.test("a set tells entries and their states apart, over every growth, in 16 to 24 bytes for each", () => {
  const set = new FinishedSet();
  const count = 200_000;
  for (let index = 0; index < count; index++) {
    set.add(of(`${index}`, `state ${index}`));
    if (set.size > 2000) assert(set.bytes / set.size >= 15.9 && set.bytes / set.size <= 24.1, `${set.size}`);
  }
  assertEquals(set.size, count);
  for (let index = 0; index < count; index += 7) {
    assert(set.has(of(`${index}`, `state ${index}`)));
    assert(set.hasEntry(of(`${index}`, "other")));
    assertEquals(set.has(of(`${index}`, "other")), false);
    assertEquals(set.hasEntry(of(`${count + index}`, `state ${index}`)), false);
  }
});

Deno.test("an entry that is added in another state is in that one alone", () => {
  const set = new FinishedSet();
  set.add(of("a", "old"));
  set.add(of("a", "new"));
  assertEquals([set.size, set.has(of("a", "old")), set.has(of("a", "new"))], [1, false, true]);
});

Deno.test("every bit of an entry's seven bytes and of a state's five counts", () => {
  const [entry, state] = [new Uint8Array(7).fill(165), new Uint8Array(5).fill(165)];
  const set = new FinishedSet();
  set.add(fingerprintOf(entry, state));
  for (let bit = 0; bit < 56; bit++) {
    const other = entry.slice();
    other[bit >> 3] = 165 ^ 1 << (bit & 7);
    assertEquals(set.hasEntry(fingerprintOf(other, state)), false, `${bit}`);
  }
  for (let bit = 0; bit < 40; bit++) {
    const other = state.slice();
    other[bit >> 3] = 165 ^ 1 << (bit & 7);
    assertEquals(set.has(fingerprintOf(entry, other)), false, `${bit}`);
  }
});
