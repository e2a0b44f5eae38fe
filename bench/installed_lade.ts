import { bundleCommand } from "../tools/build/bundle_command.ts";
import { run } from "./peers.ts";

/** Those of packages/cli/README.md, but that every path is allowed: for /dev/shm Deno wants no less. */
const FLAGS = [
  "--no-prompt",
  "--unstable-lazy-dynamic-imports",
  "--allow-all",
];

let installing: Promise<string> | undefined;

/** The path of the `lade` command of this checkout, built and installed as README.md says, once for all benchmarks. */
export function installedLade(): Promise<string> {
  return installing ??= install();
}

async function install(): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "lade-bench-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
  await bundleCommand(`${directory}/dist`);
  const root = ["--global", "--root", directory, "--name", "lade"];
  await run(Deno.execPath(), ["install", "--quiet", ...root, ...FLAGS, `${directory}/dist/main.js`]);
  return `${directory}/bin/lade`;
}
