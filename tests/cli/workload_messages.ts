import type { Lade } from "@lade/lade";
import { MemoryStore } from "@lade/core";
import {
  compareResults,
  parseWorkload,
  planWorkload,
  runWorkload,
  type WorkloadResult,
} from "@lade/workload/run";
import { ComparedWorkloadsMessage } from "../../packages/cli/messages/compared_workloads_message.ts";
import {
  CleanedWorkloadMessage,
  WorkloadMessage,
  WorkloadPlanMessage,
} from "../../packages/cli/messages/workload_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";

/** A result that has a text in every field. */
export async function workloadResult(text = "text"): Promise<WorkloadResult> {
  const spec = await parseWorkload({
    version: 1,
    target: text,
    objects: { s: { count: 3, size: 10 } },
    phases: [{ name: text, put: "s" }],
  });
  const store = new MemoryStore();
  const result = await runWorkload(spec, () => Promise.resolve({ store, key: "w/" }));
  return {
    ...result,
    target: text,
    stopped: text,
    verify: { reads: 1, wrong: 1, examples: [{ key: text, offset: 1 }] },
    advice: [{ code: "knee", text }],
    phases: result.phases.map((phase) => ({
      ...phase,
      ops: phase.ops.map((op) => ({ ...op, errors: [{ kind: text, count: 1, example: text }] })),
    })),
  };
}

/** What `lade workload` prints of what has a text in every field, by kind. */
export async function workloadMessages(text: string): Promise<Readonly<Record<string, Message>>> {
  const result = await workloadResult(text);
  const { spec } = result;
  const phases = [...result.phases, ...result.phases.map((phase) => ({ ...phase, name: `${text}3` }))];
  const other = { ...result, spec: { ...spec, target: `${text}2` }, phases };
  const left = { target: text, deleted: 1, aborted: 1, left: 1, leftKeys: [text] };
  return {
    workload: new WorkloadMessage(result, 120),
    workloadplan: new WorkloadPlanMessage(spec, planWorkload(spec), 120),
    cleanedworkload: new CleanedWorkloadMessage(left),
    comparedworkloads: new ComparedWorkloadsMessage(compareResults(result, other), 0, 120),
  };
}

/** Where {@linkcode putWorkload} puts a spec. */
export const WORKLOAD = "memory://logs/hostile.json";

/** Puts a spec with a text wherever one may stand. */
export async function putWorkload(lade: Lade, text: string): Promise<void> {
  const target = `memory://w/${text.replaceAll(/[\0\ud800]/g, "")}/`;
  const phases = [{ name: text, put: "s" }];
  const spec = { version: 1, target, objects: { s: { count: 2, size: 1 } }, phases };
  await lade.put(WORKLOAD, JSON.stringify(spec));
}

/** Command lines of `lade workload` and `lade bench` with a text wherever one may stand. */
export function workloadLines(
  text: string,
): Readonly<Record<"workload" | "bench", readonly (readonly string[])[]>> {
  return {
    workload: [
      ["check", WORKLOAD],
      ["run", WORKLOAD],
      ["run", WORKLOAD, "--target", `memory://w/${text}`],
      ["clean", WORKLOAD],
      ["compare", WORKLOAD, WORKLOAD],
      ["check", AWAY + text],
      ["compare", WORKLOAD, WORKLOAD, "--tolerance", text],
      [text],
    ],
    bench: [[text, "--time", "1s"], [AWAY + text, "--concurrency", text]],
  };
}

const AWAY = "memory://m/away/";
