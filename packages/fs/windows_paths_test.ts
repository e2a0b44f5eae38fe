import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { makeRoot } from "./testing/make_root.ts";

Deno.test("the conformance suites pass with the paths of Windows, in a process that takes its system for it", async () => {
  await using root = await makeRoot();
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      "--no-check",
      "--quiet",
      `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
      new URL("./testing/run_as_windows.ts", import.meta.url).href,
    ],
    cwd: root.path,
  }).output();
  const text = new TextDecoder().decode(stdout);
  const { count, failed } = text === ""
    ? { count: 0, failed: [new TextDecoder().decode(stderr)] }
    : JSON.parse(text);
  assertEquals(failed, []);
  assertEquals(count > 500, true, `${count} cases`);
});
