import { defineCommand } from "../command/command.ts";
import { UsageError } from "../command/usage_error.ts";
import { workloadCommandOptions, type WorkloadCommandValues } from "../workload/workload_command_options.ts";

/** `lade workload`. */
export const workload = defineCommand({
  name: "workload",
  brief: "Run benchmarks that a spec describes, and compare them",
  description:
    "run does what a spec says: it puts, gets, looks at, lists and deletes objects of given sizes, at a concurrency or a rate, \
and prints a table of rates and latencies; --json prints all of the result. check shows what it would do, without any \
store. clean removes what a run left, also one that was killed. compare compares two results; the exit code is 1 where \
the second one is slower for certain. Only a prefix that is empty, or has the marker of the spec, is written to, and \
only objects that the spec can name are deleted.",
  usage: "check|run|clean SPEC | compare FILE FILE",
  examples: [
    ["lade workload check spec.yaml", "shows objects, bytes, operations and memory"],
    ["lade workload run spec.yaml --json > now.json", "runs it, and keeps the result"],
    ["lade workload clean spec.yaml", "removes what it left"],
    ["lade workload compare before.json now.json --tolerance 10%", "fails where it became slower"],
  ],
  options: workloadCommandOptions,
  whenUnread: "goes on",
  check: checkWorkload,
  run: async (context, given) => {
    const { runWorkloadCommand } = await import("../workload/run_workload_command.ts");
    await runWorkloadCommand(context, given);
  },
});

function checkWorkload({ action, files, target, memory, tolerance }: WorkloadCommandValues): void {
  const needed = action === "compare" ? 2 : 1;
  if (files.length !== needed) {
    throw new UsageError(action === "compare" ? "compare needs two results." : `${action} needs one spec.`);
  }
  if (tolerance !== undefined && action !== "compare") {
    throw new UsageError("--tolerance is for workload compare.");
  }
  if (target !== undefined && action !== "run" && action !== "clean") {
    throw new UsageError("--target is for workload run and clean.");
  }
  if (memory !== undefined && action !== "run" && action !== "check") {
    throw new UsageError("--memory is for workload run and check.");
  }
}
