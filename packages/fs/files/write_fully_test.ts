import { systemClock } from "@lade/core";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { IoGate } from "./io_gate.ts";
import { writeFully } from "./write_fully.ts";

/** A file that takes `most` bytes at a time and keeps them. */
class ShortFile {
  readonly taken: number[] = [];
  calls = 0;
  readonly #most: number;
  onWrite: () => void = () => {};

  constructor(most: number) {
    this.#most = most;
  }

  writeSync(bytes: Uint8Array): number {
    this.calls++;
    const count = Math.min(bytes.length, this.#most);
    if (bytes.length <= 100) this.taken.push(...bytes.subarray(0, count));
    this.onWrite();
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    return this.writeSync(bytes);
  }
}

Deno.test("writeFully() goes on where a write came up short", async () => {
  const file = new ShortFile(7);
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  await writeFully(file, bytes, new IoGate(systemClock));
  assertEquals(file.taken, [...bytes]);
});

Deno.test("writeFully() hands over pieces, between which its signal ends it", async () => {
  const file = new ShortFile(Infinity);
  const controller = new AbortController();
  const reason = new Error("stop");
  file.onWrite = () => controller.abort(reason);
  const bytes = new Uint8Array(2 ** 24 + 1);
  const gate = new IoGate(systemClock);
  assertStrictEquals(await assertRejects(() => writeFully(file, bytes, gate, controller.signal)), reason);
  assertEquals(file.calls, 1);
});
