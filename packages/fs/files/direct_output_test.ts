import { createStoreContext } from "@lade/core";
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as fs from "node:fs";
import { DescriptorCalls } from "./descriptor_calls.ts";
import { DirectOutput } from "./direct_output.ts";
import { SlabSupply } from "./slab_supply.ts";

type Written = (error: Error | null, count: number) => void;

/** An output whose writes are answered by `answer`. */
function outputOf(
  answer: (length: number, position: number, done: Written, bytes: Uint8Array) => void,
): DirectOutput {
  let fds = 1;
  const write = (
    _fd: number,
    bytes: Uint8Array,
    _at: number,
    length: number,
    position: number,
    done: Written,
  ) => answer(length, position, done, bytes);
  // deno-lint-ignore no-explicit-any
  const calls = new DescriptorCalls({ ...fs, write } as any);
  const slabs = new SlabSupply(createStoreContext(), 8192, 1);
  return new DirectOutput({ fd: fds, open: () => ++fds, calls, slabs, slabSize: 8192 });
}

Deno.test("DirectOutput.writeAligned() goes on at the block in which a short write ended", async () => {
  const positions: number[] = [];
  const output = outputOf((length, position, done) => {
    positions.push(position);
    done(null, Math.min(length, 5000));
  });
  await output.writeAligned(new Uint8Array(3 * 4096), 8192);
  assertEquals(positions, [8192, 12288, 16384]);
});

Deno.test("DirectOutput.writeAligned() fails when the system writes less than a block time and again", async () => {
  for (const most of [0, 512]) {
    let calls = 0;
    const output = outputOf((length, _position, done) => {
      calls++;
      assert(calls < 100, "it never ends");
      done(null, Math.min(length, most));
    });
    await assertRejects(() => output.writeAligned(new Uint8Array(8192), 0), Error, "less than a block");
  }
});

Deno.test("DirectOutput.writeAligned() of an aborted signal writes no more, also where it waited for its turn", async () => {
  const held: Written[] = [];
  const output = outputOf((_length, _position, done) => void held.push(done));
  const controller = new AbortController();
  const writes = Array.from(
    { length: 20 },
    (_, i) => output.writeAligned(new Uint8Array(4096), i * 4096, controller.signal).catch((error) => error),
  );
  await Promise.resolve();
  while (held.length < 8) await new Promise((resolve) => setTimeout(resolve, 0));
  const reason = new Error("stop");
  controller.abort(reason);
  for (const done of held) done(null, 4096);
  const outcomes = await Promise.all(writes);
  assertEquals(held.length, 8);
  assertEquals(outcomes.slice(0, 8), Array(8).fill(undefined));
  assertEquals(outcomes.slice(8), Array(12).fill(reason));
});

Deno.test("DirectOutput.write() writes bytes from where they are, and through a buffer once that is refused", async () => {
  const data = new Uint8Array(3 * 4096).fill(1);
  const written: [isData: boolean, length: number, position: number][] = [];
  let refused = false;
  const output = outputOf((length, position, done, bytes) => {
    const isData = bytes.buffer === data.buffer;
    written.push([isData, length, position]);
    if (refused && isData) done(Object.assign(new Error("refused"), { code: "EINVAL" }), 0);
    else done(null, length);
  });
  await output.write(data, 0);
  assertEquals([written.splice(0), output.isMisaligned], [[[true, 12288, 0]], false]);
  refused = true;
  await output.write(data, 4096);
  assertEquals(written.splice(0), [[true, 12288, 4096], [false, 8192, 4096], [false, 4096, 12288]]);
  await output.write(data, 0);
  assertEquals([written, output.isMisaligned], [[[false, 8192, 0], [false, 4096, 8192]], true]);
});
