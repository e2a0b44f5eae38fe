import { type Bench, rateOf } from "../bench.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";

/** What a start of the command costs. */
export const startUp: Bench = {
  name: "start-up",
  title: "start of the command, in starts per second",
  async prepare() {
    const workspace = await makeWorkspace();
    const empty = `${workspace.path}/empty.ts`;
    await Deno.writeTextFile(empty, "export {};\n");
    const main = new URL("../../packages/cli/main.ts", import.meta.url).pathname;
    const start = (args: string[]) => rateOf(1, () => run(Deno.execPath(), ["run", ...args]));
    return {
      contenders: [
        { name: "lade --version", run: () => start(["--unstable-lazy-dynamic-imports", main, "--version"]) },
        { name: "empty script", run: () => start([empty]) },
      ],
      bars: [{ ours: "lade --version", baseline: "empty script", atLeast: 0.5 }],
      unit: "calls",
      [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
    };
  },
};
