import { assert, assertEquals } from "@std/assert";
import { Buffers } from "./buffers.ts";

Deno.test("memory that objects of other sizes used is given up where there would be too much", () => {
  const buffers = new Buffers(2 ** 20);
  for (const size of [2 ** 16, 2 ** 17, 2 ** 18, 3 * 2 ** 17, 2 ** 19]) {
    const taken = Array.from({ length: 2 ** 20 / size }, () => buffers.take(size));
    assert(buffers.held <= 2 ** 20, `${buffers.held}`);
    assertEquals(taken.map(({ length }) => length), taken.map(() => size));
    for (const bytes of taken) buffers.give(bytes);
  }
  assert(buffers.held <= 2 ** 20, `${buffers.held}`);
  const [first, other] = [buffers.take(2 ** 19), buffers.take(2 ** 19)];
  assert(first.buffer !== other.buffer);
  buffers.give(first);
  assert(buffers.take(2 ** 19).buffer === first.buffer);
});

Deno.test("one that is larger than all that may be kept is given, and forgotten", () => {
  const buffers = new Buffers(1);
  const bytes = buffers.take(5000);
  assertEquals([bytes.length, buffers.held], [5000, 6144]);
  buffers.give(bytes);
  assertEquals(buffers.held, 0);
});
