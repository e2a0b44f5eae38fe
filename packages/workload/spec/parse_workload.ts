import { WorkloadSpecError } from "../errors/workload_spec_error.ts";
import { Field } from "./fields.ts";
import { readContent, readObjects } from "./read_objects.ts";
import { readPhases } from "./read_phases.ts";
import type { WorkloadSpec } from "./workload_spec.ts";

/** Options of {@linkcode parseWorkload}. */
export interface ParseWorkloadOptions {
  /** Where the spec is from, for messages; `workload` by default. */
  readonly uri?: string;
}

/** Characters of a spec, at most. */
const LONGEST = 2 ** 20;
const KEYS = ["version", "target", "seed", "data", "objects", "phases", "verify", "maxErrorRate"] as const;
const DEFAULT_ERROR_RATE = 0.01;

/**
 * Reads a workload: a text of YAML or JSON, or the value of one. All of it is checked: a key that there is not, a key that
 * is there twice, a value out of its bounds and what can not go together are a `WorkloadSpecError`, which names the place
 * and, of a misspelled key, the one that may be meant. What is not given has its default in what is returned.
 */
export async function parseWorkload(
  spec: unknown,
  { uri = "workload" }: ParseWorkloadOptions = {},
): Promise<WorkloadSpec> {
  const root = new Field(typeof spec === "string" ? await parseText(spec, uri) : spec, "", uri);
  const { version, target, seed, data, objects, phases, verify, maxErrorRate } = root.mapping(KEYS);
  if (version.value !== 1) throw version.fault("this program knows version 1", "write version: 1");
  const sets = readObjects(objects);
  return {
    ...(target.isPresent && { target: target.text() }),
    seed: seed.isPresent ? seed.whole({ least: 0, most: 2 ** 32 - 1 }) : 0,
    data: readContent(data),
    objects: sets,
    phases: readPhases(phases, sets),
    verify: verify.isPresent ? readVerify(verify) : 0,
    maxErrorRate: maxErrorRate.isPresent ? maxErrorRate.share() : DEFAULT_ERROR_RATE,
  };
}

/** JSON is YAML, too, and a key that is there twice is told. */
async function parseText(text: string, uri: string): Promise<unknown> {
  const fault = (detail: string, cause?: unknown) =>
    new WorkloadSpecError({ uri, path: "", detail, ...(cause !== undefined && { cause }) });
  if (text.length > LONGEST) throw fault(`it has more than ${LONGEST} characters`);
  const { CORE_SCHEMA, load, YAMLException } = await import("js-yaml");
  try {
    return load(text, { schema: CORE_SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? ` in line ${error.mark.line + 1}` : "";
    throw fault(`it is neither YAML nor JSON${line}: ${error.reason}`, error);
  }
}

function readVerify(field: Field): number {
  if (field.value === "none") return 0;
  if (field.value === "all") return 1;
  const [, share] = typeof field.value === "string" ? /^sample (.+)$/.exec(field.value) ?? [] : [];
  if (share === undefined) throw field.fault('it is none, all, or a share such as "sample 1%"');
  return field.share(share);
}
