import { assertEquals, assertStringIncludes } from "@std/assert";
import { startFakeAzure } from "./fakes/azure/mod.ts";
import { startFakeGcs } from "./fakes/gcs/mod.ts";
import { startFakeS3 } from "./fakes/s3/mod.ts";

/** The repository. */
export const ROOT: URL = new URL("..", import.meta.url);

/** How a script runs: without any permission, unless it is said. */
export interface Run {
  readonly permissions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the script of a document in some runtime, and gives what it prints. */
export type RunScript = (document: string, run?: Run) => Promise<string>;

/** The first script of a document. */
export async function scriptOf(document: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(document, ROOT));
  const [, script = ""] = /^```ts\n(.*?)^```/ms.exec(text) ?? [];
  assertStringIncludes(script, "import ");
  return script;
}

/** Runs the first script of a document in Deno, and gives what it prints. */
export async function runScript(document: string, { permissions = [], env = {} }: Run = {}): Promise<string> {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/script.ts`;
  try {
    await Deno.writeTextFile(path, await scriptOf(document));
    return await output(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "--config", "deno.json", ...permissions, path],
      env,
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What a program prints that succeeds. */
export async function output(
  program: string,
  { args, env = {} }: { readonly args: string[]; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const { stdout, stderr, code } = await new Deno.Command(program, {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What the scripts of packages print that need no permission. */
export const PRINTED: Readonly<Record<string, readonly string[]>> = {
  workload: [
    "{ rows: 2, errors: 1 }",
    "PUT memory://memory/a 1000 no error",
    'STAT memory://memory/missing 0 not-found: Cannot head "memory://memory/missing": no such object',
  ],
  codec: [
    "e3069283",
    "e3069283",
    "4waSgw==",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a",
  ],
  core: ["write", "CRC-32C P0TnYw==", "get", "6 bytes of 6", "get", '"1\\n2\\n"'],
  formats: ['[ "bias" ] [ 3 ] Float32Array(3) [ 0.5, 1.5, 2.5 ]', '2 [ "id", "name" ]'],
  lade: ["memory://demo/greeting.txt", "memory://demo/rows.csv", "hello", "ell", "2 rows", "not-found"],
  testing: ["first unavailable", "then 3", "a minute later true"],
  transfer: ["memory://from/a.txt 3", "1 done, 0 failed"],
};

/** What the scripts of backends over HTTP print. */
export const SERVED = 'runs/7/state.json 12\n{"step":100}\n';

/** Runs the script of a backend over HTTP against a server in this process. */
export async function runServed(name: "s3" | "azure" | "gcs", run: RunScript): Promise<string> {
  const document = `packages/${name}/README.md`;
  if (name === "s3") {
    await using fake = await startFakeS3({ buckets: ["train-data"] });
    return await run(document, {
      permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-sys=osRelease"],
      env: {
        AWS_ACCESS_KEY_ID: fake.accessKeyId,
        AWS_SECRET_ACCESS_KEY: fake.secretAccessKey,
        AWS_ENDPOINT_URL: fake.url,
        AWS_REGION: "us-east-1",
      },
    });
  }
  if (name === "azure") {
    await using fake = await startFakeAzure({ containers: ["train-data"] });
    return await run(document, {
      permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env=AZURE_STORAGE_CONNECTION_STRING"],
      env: { AZURE_STORAGE_CONNECTION_STRING: fake.connectionString },
    });
  }
  await using fake = await startFakeGcs({ buckets: ["train-data"], allowsAnonymous: true });
  return await run(document, {
    permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env=STORAGE_EMULATOR_HOST"],
    env: { STORAGE_EMULATOR_HOST: new URL(fake.url).host },
  });
}
