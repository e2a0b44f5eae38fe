import { systemClock } from "@lade/core";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { IoGate } from "../files/io_gate.ts";
import { FileCalls } from "./file_calls.ts";

Deno.test("FileCalls.present() takes only what is not there for absent", async () => {
  const calls = new FileCalls(new IoGate(systemClock));
  assertEquals(await calls.present(Promise.resolve(1)), 1);
  for (
    const [code, isAbsent] of [["ENOENT", true], ["ENOTDIR", true], ["EACCES", false], [
      "EIO",
      false,
    ]] as const
  ) {
    const error = Object.assign(new Error(code), { code });
    const found = await calls.present(Promise.reject(error)).catch((error) => error);
    assertStrictEquals(found, isAbsent ? undefined : error);
  }
});
