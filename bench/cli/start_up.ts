import { fileURLToPath } from "node:url";
import type { Bench, Contender } from "../bench.ts";
import { installedLade } from "../installed_lade.ts";
import { runTimed } from "../timed_command.ts";
import { makeWorkspace } from "../workspace.ts";

const MAIN = fileURLToPath(new URL("../../packages/cli/main.ts", import.meta.url));

/** What a start of the command costs, installed and as the modules of this checkout. */
export const startUp: Bench = {
  name: "start-up",
  title: "start of the command, in starts per second",
  async prepare() {
    const workspace = await makeWorkspace();
    const empty = `${workspace.path}/empty.ts`;
    await Deno.writeTextFile(empty, "export {};\n");
    const installed = [await installedLade()];
    const modules = [Deno.execPath(), "run", "-A", "--unstable-lazy-dynamic-imports", MAIN];
    const contender = (name: string, ...command: string[]): Contender => ({
      name,
      run: () => runTimed({ command, env: {}, amount: 1 }),
    });
    const ls = ["ls", workspace.path];
    return {
      contenders: [
        contender("lade --version", ...installed, "--version"),
        contender("lade --version, modules", ...modules, "--version"),
        contender("lade ls", ...installed, ...ls),
        contender("lade ls, modules", ...modules, ...ls),
        contender("empty script", Deno.execPath(), "run", empty),
      ],
      bars: [
        { ours: "lade --version", baseline: "empty script", atLeast: 0.5 },
        { ours: "lade ls", baseline: "empty script", atLeast: 0.4 },
      ],
      unit: "calls",
      [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
    };
  },
};
