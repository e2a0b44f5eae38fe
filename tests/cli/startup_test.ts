import { assertEquals } from "@std/assert";
import { ladeArguments } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** The npm packages that a command line loads, as the runtime's own log tells. */
async function loadedPackages(args: readonly string[], cwd: string, ...flags: string[]): Promise<string[]> {
  const [run = "run", ...rest] = ladeArguments(args, { cwd, readOnly: true }).filter((flag) =>
    flag !== "--quiet"
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [run, "--log-level=debug", ...flags, ...rest],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(success, true);
  const log = new TextDecoder().decode(stderr);
  const names = [...log.matchAll(/\/npm\/[^/\s]+\/((?:@[^/\s]+\/)?[^/\s]+)\/\d+\.\d+\.\d+/g)].map((match) =>
    match[1]
  );
  return [...new Set(names)].flatMap((name) => name === undefined ? [] : [name]).sort();
}

Deno.test("lade ls of a local directory loads no package at all", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1" });
  // Not looked at beforehand, either: a module that is not counts as a file to be read.
  const flags = [
    "--unstable-lazy-dynamic-imports",
    `--allow-read=${new URL("../../", import.meta.url).pathname}`,
  ];
  for (const place of [".", `direct://${directory.path}/`]) {
    assertEquals(await loadedPackages(["ls", place], directory.path, ...flags), []);
  }
});

Deno.test("lade ls loads the command line's package for what is not plain", async () => {
  await using directory = await TemporaryDirectory.make({ a: "1" });
  assertEquals(await loadedPackages(["ls", "-rH"], directory.path), ["@optique/core"]);
});

Deno.test("lade --version loads no package at all", async () => {
  await using directory = await TemporaryDirectory.make();
  assertEquals(await loadedPackages(["--version"], directory.path), []);
});
