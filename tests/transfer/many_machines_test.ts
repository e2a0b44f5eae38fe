import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RequestRecord } from "@lade/testing/http";
import { parse } from "yaml";
import { ladeArguments } from "../cli/run_lade.ts";
import { S3Cli } from "../cli/s3_cli.ts";
import { S3Here } from "../cli/s3_here.ts";

const FOLDER = new URL("../../examples/many_machines/", import.meta.url);

const OBJECTS = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`data/${i % 2 ? "größe" : "x y"}/${i}.bin`, `content ${i}`]),
);

/** What the test reads of a Job of Kubernetes. */
interface KubernetesJob {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completionMode: string;
    readonly completions: number;
    readonly parallelism: number;
    readonly backoffLimitPerIndex: number;
    readonly podFailurePolicy: { readonly rules: readonly PodFailureRule[] };
    readonly template: {
      readonly spec: { readonly restartPolicy: string; readonly containers: readonly Container[] };
    };
  };
}

interface PodFailureRule {
  readonly action: string;
  readonly onExitCodes?: {
    readonly containerName: string;
    readonly operator: string;
    readonly values: readonly number[];
  };
  readonly onPodConditions?: readonly { readonly type: string }[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: unknown }[];
}

async function manifest(): Promise<KubernetesJob> {
  return parse(await Deno.readTextFile(new URL("kubernetes_job.yaml", FOLDER)));
}

Deno.test("the manifest for Kubernetes is a Job as batch/v1 has it", async () => {
  const { apiVersion, kind, metadata, spec, ...rest } = await manifest();
  assertEquals([apiVersion, kind, rest], ["batch/v1", "Job", {}]);
  const {
    completionMode,
    completions,
    parallelism,
    backoffLimitPerIndex,
    podFailurePolicy,
    template,
    ...others
  } = spec;
  assertEquals(others, {});
  assertEquals(completionMode, "Indexed");
  assert(Number.isInteger(completions) && completions > 1 && completions <= 100_000);
  assert(Number.isInteger(parallelism) && parallelism > 0 && parallelism <= completions);
  assert(Number.isInteger(backoffLimitPerIndex) && backoffLimitPerIndex > 0);
  // Of a Job of indexes the name and the last index make the host name of a pod: a label of 63 characters at most.
  assert(/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(metadata.name));
  assert(`${metadata.name}-${completions - 1}`.length <= 63);
  // Limits by index and rules for failures are for pods that are not restarted in place.
  assertEquals(template.spec.restartPolicy, "Never");
  const names = template.spec.containers.map(({ name }) => name);
  for (const { action, onExitCodes, onPodConditions, ...unknown } of podFailurePolicy.rules) {
    assertEquals(unknown, {});
    assert(["FailJob", "FailIndex", "Ignore", "Count"].includes(action));
    assertEquals([onExitCodes, onPodConditions].filter((rule) => rule !== undefined).length, 1);
    if (!onExitCodes) continue;
    const { containerName, operator, values } = onExitCodes;
    assert(names.includes(containerName) && ["In", "NotIn"].includes(operator));
    assertEquals(values, [...new Set(values)].sort((a, b) => a - b));
    assert(operator === "NotIn" || !values.includes(0));
  }
  for (const { env, image } of template.spec.containers) {
    assert(/:[\w.-]+$/.test(image), "an image without a tag is whatever was pushed last");
    for (const { value } of env) {
      assertEquals(typeof value, "string", "a variable that is no string is refused");
    }
  }
});

Deno.test("the completions of the manifest, with the variables that Kubernetes sets, copy everything once", async () => {
  const { spec: { completions, template } } = await manifest();
  const [container] = template.spec.containers;
  assert(container);
  const { command: [program], args, env: given } = container;
  assertEquals(program, "lade");
  const env = Object.fromEntries(given.map(({ name, value }) => [name, `${value}`]));
  await using cli = await S3Here.start({ server: { buckets: ["bucket", "copy"] }, objects: OBJECTS });
  for (let index = 0; index < completions; index++) {
    const { code, stderr } = await cli.run(args, { env: { ...env, JOB_COMPLETION_INDEX: `${index}` } });
    assertEquals(code, 0, stderr);
    assertStringIncludes(
      stderr,
      `shard ${index + 1} of ${completions} (JOB_COMPLETION_INDEX=${index}, LADE_SHARDS=`,
    );
  }
  assertEquals(copiedOf(cli.texts("copy")), OBJECTS);
  assertEquals((await cli.run(["jobs", "status", "s3://copy/jobs/"])).code, 0);
  assertEquals(writes(cli.fake.requests), Object.keys(OBJECTS).length);
});

Deno.test("a manifest without the number of shares fails with the exit code by which its Job ends", async () => {
  const { spec: { podFailurePolicy, template } } = await manifest();
  await using cli = await S3Here.start({ server: { buckets: ["bucket", "copy"] }, objects: OBJECTS });
  const env = { JOB_COMPLETION_INDEX: "0" };
  const { code } = await cli.run(template.spec.containers[0]?.args ?? [], { env });
  const [rule] = podFailurePolicy.rules;
  assertEquals([rule?.action, rule?.onExitCodes?.values], ["FailJob", [code]]);
  assertEquals(cli.texts("copy"), {});
});

/** What starts as many tasks as the job has, each told which it is, and ends with the worst of their exit codes. */
const SRUN = `#!/bin/bash
while [[ $1 == --* ]]; do shift; done
for ((i = 0; i < SLURM_NTASKS; i++)); do
  SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=$SLURM_NTASKS SLURM_PROCID=$i SLURM_LOCALID=0 "$@" &
  pids+=($!)
done
worst=0
for pid in "\${pids[@]}"; do wait "$pid"; code=$?; ((code > worst)) && worst=$code; done
exit "$worst"
`;

/** The script of Slurm, run by a batch system that has only what it stands on: \`srun\`, and variables. */
class Batch implements AsyncDisposable {
  private constructor(readonly cli: S3Cli) {}

  static async start(srun: string): Promise<Batch> {
    const cli = await S3Cli.start({}, { buckets: ["bucket", "copy"], minPartSize: 1 });
    for (const [key, text] of Object.entries(OBJECTS)) cli.fake.putObject("bucket", key, text);
    const options = cli.options();
    const permissions = (options.permissions ?? []).map((flag) =>
      flag.startsWith("--allow-env") ? "--allow-env" : flag
    );
    const words = [Deno.execPath(), ...ladeArguments([], { ...options, permissions })];
    await cli.directory.writeProgram("srun", srun);
    await cli.directory.writeProgram(
      "lade",
      `#!/bin/bash\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`,
    );
    return new Batch(cli);
  }

  /** Runs the script as a batch script is: its own process has the variables of the first task, and no step. */
  async run(tasks: number): Promise<{ code: number; stderr: string }> {
    const { cli: { directory: { path } } } = this;
    const { code, stderr } = await new Deno.Command("/bin/bash", {
      args: [fileURLToPath(new URL("slurm_job.sh", FOLDER))],
      cwd: path,
      env: {
        ...this.cli.options().env,
        PATH: `${path}:${Deno.env.get("PATH")}`,
        SLURM_JOB_ID: "7",
        SLURM_PROCID: "0",
        SLURM_NTASKS: `${tasks}`,
      },
    }).output();
    return { code, stderr: new TextDecoder().decode(stderr) };
  }

  copied(): Record<string, string> {
    const text = (key: string) => new TextDecoder().decode(this.cli.fake.bytes("copy", key));
    return copiedOf(Object.fromEntries(this.cli.fake.objects("copy").map(({ key }) => [key, text(key)])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cli[Symbol.asyncDispose]();
  }
}

Deno.test("the script for Slurm copies everything once, by as many tasks as it asks for", async () => {
  const script = await Deno.readTextFile(new URL("slurm_job.sh", FOLDER));
  const tasks = Number(/^#SBATCH --ntasks=(\d+)$/m.exec(script)?.[1]);
  assertEquals(tasks, 4);
  await using batch = await Batch.start(SRUN);
  const { code, stderr } = await batch.run(tasks);
  assertEquals(code, 0, stderr);
  for (let number = 1; number <= tasks; number++) {
    assertStringIncludes(stderr, `does shard ${number} of ${tasks} (SLURM_PROCID=`);
  }
  assertEquals(batch.copied(), OBJECTS);
  assertEquals(writes(batch.cli.fake.requests), Object.keys(OBJECTS).length);
});

Deno.test("the script for Slurm without srun does nothing, rather than the first share alone", async () => {
  await using batch = await Batch.start('#!/bin/bash\nwhile [[ $1 == --* ]]; do shift; done\nexec "$@"\n');
  const { code, stderr } = await batch.run(4);
  assertEquals(code, 2);
  assertStringIncludes(stderr.replaceAll(/\s+/g, " "), "start lade by srun");
  assertEquals(batch.copied(), {});
});

/** What was copied, without what is told of it. */
function copiedOf(texts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !key.startsWith("jobs/")));
}

/** Requests that made an object in the bucket `copy`. */
function writes(requests: readonly RequestRecord[]): number {
  return requests.filter(({ method, path }) => method === "PUT" && path.startsWith("/copy/data/")).length;
}
