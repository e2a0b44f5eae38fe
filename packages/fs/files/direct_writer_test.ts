import { createStoreContext } from "@lade/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import * as fs from "node:fs";
import { DescriptorCalls } from "./descriptor_calls.ts";
import { DirectWriter } from "./direct_writer.ts";

Deno.test("DirectWriter.finish() waits for every write, and fails with one that fails late", async () => {
  const failure = Object.assign(new Error("no space"), { code: "ENOSPC" });
  for (const outcome of [null, failure]) {
    const log: string[] = [];
    const write = (...args: unknown[]) =>
      setTimeout(() => {
        log.push("written");
        (args.at(-1) as (error: Error | null, count: number) => void)(outcome, Number(args[3]));
      }, 0);
    const fstatSync = () => {
      log.push("looked at");
      return fs.statSync(".");
    };
    const ftruncate = (_fd: number, size: number, done: (error: null) => void) => {
      log.push(`cut at ${size}`);
      done(null);
    };
    const closeSync = () => void log.push("closed");
    // deno-lint-ignore no-explicit-any
    const calls = new DescriptorCalls({ ...fs, write, fstatSync, ftruncate, closeSync } as any);
    const context = createStoreContext();
    const writer = new DirectWriter({ fd: 1, open: () => 2, calls, context, expected: undefined });
    await writer.append(new Uint8Array(100));
    const error = await writer.finish("none").then(() => null, (error) => error);
    assertStrictEquals(error, outcome);
    if (error) await writer.close();
    const done = outcome ? [] : ["cut at 100", "looked at"];
    assertEquals(log, ["written", ...done, "closed"]);
    assertEquals(context.budget.held, 0);
  }
});
