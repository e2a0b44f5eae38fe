import { assertEquals } from "@std/assert";
import { OrderedSums } from "./chunk_sums.ts";

/** A digest that tells the pieces it was given, and ends what would give it pieces for ever. */
function recorder() {
  const pieces: string[] = [];
  return {
    pieces,
    update(bytes: Uint8Array) {
      if (pieces.push(new TextDecoder().decode(bytes)) > 10) throw new Error("too many pieces");
    },
    digest: () => pieces.join("|"),
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("OrderedSums hands each piece to the digest once and in order, however they come", () => {
  const digest = recorder();
  const sums = new OrderedSums(digest, 10);
  sums.add(2, 15, bytes("fg"));
  sums.add(1, 13, bytes("de"));
  assertEquals(digest.pieces, []);
  sums.add(0, 10, bytes("abc"));
  sums.add(3, 17, bytes("h"));
  assertEquals(sums.finish(), "abc|de|fg|h");
});

Deno.test("OrderedSums lets go of a piece that had its turn, also of an empty one", () => {
  const digest = recorder();
  const sums = new OrderedSums(digest, 0);
  sums.add(0, 0, bytes(""));
  sums.add(0, 0, bytes("ab"));
  sums.add(1, 2, bytes(""));
  assertEquals(digest.pieces, ["", "ab", ""]);
});
