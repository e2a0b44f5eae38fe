import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";

/** Runs a script of the repository as its task does. */
async function run(script: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-A", script, ...args],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

for (const script of ["examples/demo/main.ts", "bench/main.ts"]) {
  Deno.test(`${script} --help tells the options`, async () => {
    const { code, stdout, stderr } = await run(script, "--help");
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "--help");
  });
}

for (
  const [script, line, message] of [
    ["examples/demo/main.ts", "--size 0M", "0M is no size"],
    ["examples/demo/main.ts", "--size 12", "12 is no size"],
    ["examples/demo/main.ts", "--seed x", "x is no seed"],
    ["examples/demo/main.ts", "--dir /nowhere/at/all", "cannot hold the data set"],
    ["examples/demo/main.ts", "--bogus", "'--bogus'"],
    ["bench/main.ts", "--rounds 0", "0 is no number of rounds"],
    ["bench/main.ts", "nothing", 'no benchmark begins with "nothing"'],
    ["bench/main.ts", "--bogus", "'--bogus'"],
  ] as const
) {
  Deno.test(`${script} ${line} is refused in one line`, async () => {
    const { code, stdout, stderr } = await run(script, ...line.split(" "));
    assertEquals([code, stdout, stderr.trim().split("\n").length], [2, "", 1]);
    assertStringIncludes(stderr, message);
  });
}
