import { assertEquals } from "@std/assert";

/** Runs an example as its first lines say, and gives what it prints; a failure fails the test that calls it. */
export async function runExample(
  example: string,
  permissions: readonly string[],
  args: readonly string[],
): Promise<string> {
  const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...permissions, `examples/${example}`, ...args],
    cwd: new URL("..", import.meta.url),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
