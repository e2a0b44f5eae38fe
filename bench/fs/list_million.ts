import { fileURLToPath } from "node:url";
import { type Bench, rateOf } from "../bench.ts";
import { run } from "../peers.ts";
import { makeWorkspace } from "../workspace.ts";

const FILES = 1_000_000;
const DIRECTORIES = 10;

/** A million files, listed by a process of its own that also tells its peak memory. */
export const listMillion: Bench = {
  name: "list-million",
  title: `file:// list of ${FILES} files in ${DIRECTORIES} directories`,
  async prepare() {
    const workspace = await makeWorkspace();
    for (let d = 0; d < DIRECTORIES; d++) {
      const directory = `${workspace.path}/directory-${d}`;
      Deno.mkdirSync(directory);
      for (let i = 0; i < FILES / DIRECTORIES; i++) Deno.createSync(`${directory}/object-${i}`).close();
    }
    let peak = 0;
    const script = fileURLToPath(new URL("./list_process.ts", import.meta.url));
    return {
      contenders: [
        {
          name: "lade list",
          async run() {
            const out = await run(Deno.execPath(), ["run", "-A", script, workspace.path]);
            const { seconds, count, peakBytes } = JSON.parse(out);
            if (count !== FILES) throw new Error(`Cannot list: ${count} of ${FILES} files`);
            peak = Math.max(peak, peakBytes);
            return FILES / seconds;
          },
        },
        {
          name: "find -printf",
          run: () =>
            rateOf(
              FILES,
              () =>
                run("sh", [
                  "-c",
                  `find "$0" -type f -printf '%P %s %T@ %i\\n' > "$0.txt"; rm "$0.txt"`,
                  workspace.path,
                ]),
            ),
        },
      ],
      bars: [{ ours: "lade list", baseline: "find -printf", atLeast: 0.2 }],
      unit: "calls",
      async [Symbol.asyncDispose]() {
        console.log(`  peak memory of lade list: ${(peak / 2 ** 20).toFixed(0)} MiB (bar 300)`);
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
