import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { runSelfTimed } from "../timed_command.ts";
import { startFake } from "./gcs_bucket.ts";

const FAR = { latencyMs: 40, bytesPerSecond: 100e6 };

/** The fake far away: 40 ms until it answers, 100 MB/s on a connection. How many to open is found by measuring. */
function farAway(
  name: string,
  title: string,
  works: readonly (readonly [who: string, ...work: string[]])[],
): Bench {
  return {
    name,
    title,
    async prepare() {
      const { root, env, ...fake } = await startFake(FAR);
      const names = works.map(([who]) => who);
      return {
        unit: "bytes",
        contenders: works.map(([who, ...work]) => ({
          name: who,
          run: () => runSelfTimed({ command: ladeChildAt(root, ...work), env, amount: 2 ** 30 }),
        })),
        bars: [{ ours: names[0] ?? "", baseline: names[1] ?? "", atLeast: 8 }],
        [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
      };
    },
  };
}

/** Reads. */
export const adaptive: Bench = farAway(
  "gs-adaptive",
  "GET 1 GiB, 40 ms of latency, 100 MB/s per connection",
  [
    ["lade", "read-into"],
    ["lade, one stream", "read-into-one-stream"],
  ],
);

/** Writes. */
export const adaptivePut: Bench = farAway(
  "gs-put-adaptive",
  "PUT 1 GiB, 40 ms of latency, 100 MB/s per connection",
  [["lade", "put", String(2 ** 30)], ["lade, one stream", "put-one-stream", String(2 ** 30)]],
);
