import { startFakeAzure } from "../../tests/fakes/azure/mod.ts";
import { startFakeGcs } from "../../tests/fakes/gcs/mod.ts";
import { startFakeS3 } from "../../tests/fakes/s3/mod.ts";

const MARK = "loads ";

/** What the commands load that are run most, on small objects: what matters for a command that does much is no start. */
const LOCAL = [
  ["ls", "."],
  ["cp", "-q", "a", "b"],
  ["sync", "-q", "tree/", "copy/"],
  ["rm", "-q", "b"],
];

/** The same of a store with a container `place`. */
const REMOTE = (place: string) => [
  ["put", "-q", "a", `${place}/a`],
  ["ls", `${place}/`],
  ["get", "-q", `${place}/a`, "got"],
  ["cat", `${place}/a`],
  ["sync", "-q", "tree/", `${place}/tree/`],
  ["rm", "-q", `${place}/a`],
];

/**
 * The files that a bundled program loads, for each of the commands that are run most. They are run, on files of their own
 * and on servers within this process; a failure says which command failed, and how.
 */
export async function commandsLoads(bundle: ReadonlyMap<string, string>): Promise<Set<string>[]> {
  const directory = await Deno.makeTempDir({ prefix: "lade-loads-" });
  try {
    const program = `${directory}/program`;
    const home = `${directory}/home`;
    await Deno.mkdir(program);
    await Deno.mkdir(`${home}/tree`, { recursive: true });
    for (const path of ["a", "tree/a", "tree/b"]) await Deno.writeTextFile(`${home}/${path}`, path);
    for (const [name, code] of bundle) {
      const tell = `Deno.stderr.writeSync(new TextEncoder().encode("${MARK}${name}\\n"));`;
      await Deno.writeTextFile(`${program}/${name}`, tell + code);
    }
    await using s3 = await startFakeS3({ buckets: ["box"] });
    await using azure = await startFakeAzure({ containers: ["box"] });
    await using gcs = await startFakeGcs({ buckets: ["box"], allowsAnonymous: true });
    const env = {
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      AWS_ENDPOINT_URL: s3.url,
      AWS_REGION: "us-east-1",
      AZURE_STORAGE_CONNECTION_STRING: azure.connectionString,
      STORAGE_EMULATOR_HOST: gcs.url,
      HOME: home,
      NO_COLOR: "1",
      DENO_DIR: `${directory}/deno`,
    };
    const load = async (args: readonly string[]) => {
      const { success, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--no-prompt",
          "--unstable-lazy-dynamic-imports",
          "-A",
          `${program}/main.js`,
          ...args,
        ],
        cwd: home,
        env,
        clearEnv: true,
        stdout: "null",
        stderr: "piped",
      }).output();
      const lines = new TextDecoder().decode(stderr).split("\n");
      if (!success) {
        const said = lines.filter((line) => !line.startsWith(MARK)).join("\n").trim();
        throw new Error(`Cannot see what the command loads: lade ${args.join(" ")}: ${said}`);
      }
      return new Set(
        lines.filter((line) => line.startsWith(MARK)).map((line) => line.slice(MARK.length)),
      );
    };
    const sequences = [LOCAL, ...["s3://box", "az://box", "gs://box"].map(REMOTE)];
    const loads = await Promise.all(sequences.map((commands) => inTurn(commands, load)));
    return loads.flat();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function inTurn<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await run(item));
  return results;
}
