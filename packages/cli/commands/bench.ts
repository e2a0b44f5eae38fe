import { defineCommand } from "../command/command.ts";
import { benchCommandOptions } from "../workload/bench_command_options.ts";

/** `lade bench`. */
export const bench = defineCommand({
  name: "bench",
  brief: "Measure how fast a store is from here",
  description:
    "Puts and then gets objects with more and more at a time, and prints a table of rates and latencies, where more at a time \
brings little more, and what limited it. Objects lie below a new prefix of its own, which is removed at the end, also \
when it is interrupted. An operation that fails is counted; more than 1 % of them end it with the exit code 1, as does a \
wrong byte with --verify.",
  usage: "URI",
  examples: [
    ["lade bench s3://bucket/scratch/", "measures a bucket for half a minute"],
    ["lade bench /mnt/disk/ --size 1MiB --time 10s", "measures a directory"],
    ["lade bench az://host/container --concurrency 8,32,128 --verify", "compares every byte that is read"],
  ],
  options: benchCommandOptions,
  whenUnread: "goes on",
  run: async (context, given) => {
    const { runBench } = await import("../workload/bench_store.ts");
    await runBench(context, given);
  },
});
