import { fileURLToPath } from "node:url";
import type { Bench } from "../bench.ts";
import { run } from "../peers.ts";

const MILLION = 1_000_000;
const MOST = 200 * 2 ** 20;

/** What planning costs where nothing is to be done, in a process of its own. */
export const planMillion: Bench = {
  name: "plan-million",
  title: "plan a sync of 1,000,000 synthetic objects with 1,000,000 that are the same",
  prepare() {
    const script = fileURLToPath(new URL("./plan_process.ts", import.meta.url));
    return Promise.resolve({
      unit: "calls",
      contenders: [{
        name: "lade planSync",
        async run() {
          const out = await run(Deno.execPath(), ["run", "--no-check", "-A", script, String(MILLION)]);
          const { seconds, peakBytes } = JSON.parse(out);
          return { rate: MILLION / seconds, peakBytes };
        },
      }],
      bars: [],
      bounds: [{ ours: "lade planSync", peakBytesAtMost: MOST }],
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
};
