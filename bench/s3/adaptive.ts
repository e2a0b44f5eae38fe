import { fileURLToPath } from "node:url";
import type { Bench } from "../bench.ts";
import { envOf } from "./bench_server.ts";
import { ladeChild } from "./programs.ts";
import { runSelfTimed } from "../timed_command.ts";

const SIZE = 2 ** 30;

/** The fake far away: 40 ms until it answers, 100 MB/s on a connection. How many to open is found by measuring. */
export const adaptive: Bench = {
  name: "s3-adaptive",
  title: "GET 1 GiB, 40 ms of latency, 100 MB/s per connection",
  async prepare() {
    const script = fileURLToPath(new URL("./slow_server.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-A", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { url, ...keys } = JSON.parse((await reader.read()).value ?? "");
    const env = envOf(keys, url);
    const contender = (name: string, work: string) => {
      const command = ladeChild(work);
      return { name, run: () => runSelfTimed({ command, env, amount: SIZE }) };
    };
    return {
      unit: "bytes",
      contenders: [
        contender("lade", "read-into"),
        contender("lade, one stream", "read-into-one-stream"),
      ],
      bars: [{ ours: "lade", baseline: "lade, one stream", atLeast: 8 }],
      async [Symbol.asyncDispose]() {
        await reader.cancel();
        await child.stdin.close();
        await child.status;
      },
    };
  },
};
