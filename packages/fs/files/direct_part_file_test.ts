import { createStoreContext } from "@lade/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import * as fs from "node:fs";
import { DescriptorCalls } from "./descriptor_calls.ts";
import { DirectPartFile } from "./direct_part_file.ts";

Deno.test("DirectPartFile.writeAt() waits for the end of a part, fails with it, and fills it up with zeros", async () => {
  const failure = Object.assign(new Error("no space"), { code: "ENOSPC" });
  const context = createStoreContext();
  // What was in a buffer before must not get into the file.
  using used = context.buffers.lease(2 ** 20);
  used.bytes.fill(9);
  used.release();
  for (const outcome of [null, failure]) {
    const written: [last: number | undefined, length: number, position: number][] = [];
    const write = (...args: unknown[]) => {
      const [, bytes, at, length, position, done] = args as [
        number,
        Uint8Array,
        number,
        number,
        number,
        () => void,
      ];
      setTimeout(() => {
        written.push([bytes.subarray(at, at + length).findLast((byte) => byte !== 0), length, position]);
        (done as (error: Error | null, count: number) => void)(outcome, length);
      }, 0);
    };
    // deno-lint-ignore no-explicit-any
    const calls = new DescriptorCalls({ ...fs, write, closeSync: () => {} } as any);
    const file = new DirectPartFile({ fd: 1, open: () => 2, calls, context, size: 100 });
    const { signal } = new AbortController();
    const error = await file.writeAt(new Uint8Array(100).fill(3), 8192, signal).then(
      () => null,
      (error) => error,
    );
    assertStrictEquals(error, outcome);
    assertEquals(written, [[3, 4096, 8192]]);
    await file.close();
  }
  assertEquals(context.budget.held, 0);
});
