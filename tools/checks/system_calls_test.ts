import { assertEquals } from "@std/assert";
import { checkSystemCalls } from "./system_calls.ts";

function faults(path: string, text: string): number {
  return checkSystemCalls({ path, text }).length;
}

Deno.test("checkSystemCalls() finds calls of Deno in packages whose files work on Node", () => {
  const text = "await Deno.open(path); using file = Deno.openSync(path);\nif (Deno.errors.NotFound) {}";
  assertEquals(faults("packages/fs/files/a.ts", text), 3);
  assertEquals(faults("packages/service/http/a.ts", text), 0);
  assertEquals(faults("packages/fs/files/a_test.ts", text), 0);
  assertEquals(faults("packages/fs/testing/a.ts", text), 0);
});

Deno.test("checkSystemCalls() leaves types, comments and texts alone", () => {
  const text =
    '// Deno.open\n/** Deno.stat */ const a: Deno.FileInfo, b: typeof Deno.build.os, c = "Deno.readFile";';
  assertEquals(faults("packages/fs/files/a.ts", text), 0);
});
