import type { Bench } from "../bench.ts";
import { ladeChildAt } from "../programs.ts";
import { runSelfTimed } from "../timed_command.ts";
import { startFake } from "./start_fake.ts";

/** The fake far away: 40 ms until it answers, 100 MB/s on a connection. How many to open is found by measuring. */
export const adaptive: Bench = {
  name: "az-adaptive",
  title: "GET 1 GiB, 40 ms of latency, 100 MB/s per connection",
  async prepare() {
    const fake = await startFake({ latencyMs: 40, bytesPerSecond: 100e6 });
    const { root, env } = fake;
    const contender = (name: string, work: string) => ({
      name,
      run: () => runSelfTimed({ command: ladeChildAt(root, work), env, amount: 2 ** 30 }),
    });
    return {
      unit: "bytes",
      contenders: [
        contender("lade", "read-into"),
        contender("lade, one stream", "read-into-one-stream"),
      ],
      bars: [{ ours: "lade", baseline: "lade, one stream", atLeast: 8 }],
      [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
    };
  },
};
