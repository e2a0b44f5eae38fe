import { WorkloadSpecError } from "../errors/workload_spec_error.ts";
import type { WorkloadSpec } from "../spec/workload_spec.ts";

/** The prefix that a workload runs in; one that is given comes before that of the spec. None is a `WorkloadSpecError`. */
export function targetOf(spec: WorkloadSpec, given: string | undefined): string {
  const target = given ?? spec.target;
  if (target === undefined || target === "") {
    throw new WorkloadSpecError({
      uri: "workload",
      path: "target",
      detail: "it is not given",
      advice: "write target: s3://bucket/prefix/",
    });
  }
  return target;
}
