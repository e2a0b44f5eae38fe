import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkpoints } from "@lade/lade";
import workspace from "../../../deno.json" with { type: "json" };
import config from "../../../packages/cli/deno.json" with { type: "json" };
import { COMMAND_NAMES } from "../../../packages/cli/program/commands.ts";
import { npmPackage } from "../../../tools/build/npm_package.ts";
import { bundlingFault } from "../../../tools/build/run_bundler.ts";
import { runFlags } from "../../../tools/build/run_flags.ts";
import { sha256Hex } from "../../../tools/build/sha256_hex.ts";
import { startFakeAzure } from "../../fakes/azure/mod.ts";
import { startFakeGcs } from "../../fakes/gcs/mod.ts";
import { startFakeS3 } from "../../fakes/s3/mod.ts";
import { TemporaryDirectory } from "../temporary_directory.ts";
import { namesIn } from "./packed.ts";
import { watchThreads } from "./watch_threads.ts";
import { runProgram, type RunProgramOptions } from "./run_program.ts";

/** From here on lanes pay. */
const WORTH_A_LANE = 80 * 2 ** 20;
const RUNTIME = `Deno ${Deno.version.deno}, ${Deno.build.target}`;
const VERSION = `lade ${config.version} (`;

const fault = Deno.build.os === "windows" ? "there is no shell" : await bundlingFault();

Deno.test({
  name: "what deno task compile makes needs no Deno, no clone and no permission" +
    (fault === undefined ? "" : ` (skipped: ${fault})`),
  ignore: fault !== undefined,
  async fn(t) {
    await using directory = await TemporaryDirectory.make({
      "home/x": "",
      "work/tree/a": "1",
      "work/tree/b/c": "22",
    });
    const { path } = directory;
    const lade = `${path}/made/lade`;
    const told = await compile(path, lade);
    assertMatch(
      told,
      /^\S+\/made\/lade is the command for \S+, \d+\.\d MiB; it unpacks itself at its first start: /,
    );
    assertMatch(told, /: what deno compile made is not the program: it says deno \d\S* .*\n$/);
    assertEquals(
      await Deno.readTextFile(`${lade}.sha256`),
      `${await sha256Hex(await Deno.readFile(lade))}  lade\n`,
    );
    const cwd = `${path}/work`;
    const home = { HOME: `${path}/home` };
    const used = new Set<string>();
    const outcome = async (args: readonly string[], { env, ...options }: RunProgramOptions = {}) => {
      if (args[0] !== undefined) used.add(args[0]);
      return await runProgram(lade, args, { cwd, ...options, env: { ...home, ...env } });
    };
    /** Runs a command line, which is to work without a word on standard error. */
    const run = async (line: string, options?: RunProgramOptions) => {
      const { code, stdout, stderr } = await outcome(line.split(" "), options);
      assertEquals([code, stderr], [0, ""], line);
      return stdout;
    };

    await t.step("two first starts at once tell version, build and runtime", async () => {
      const told = await Promise.all([run("--version"), run("-V")]);
      for (const text of told) {
        assert(text.startsWith(VERSION) && text.endsWith(`, ${RUNTIME})\n`), text);
        assertMatch(text, /\(build [0-9a-f]{10} of \d{4}-\d\d-\d\d(?: with changes)?, |\(from source, /);
      }
    });

    const place = `${path}/home/.cache/lade/program`;
    const unpacked = `${place}/${(await namesIn(place)).join()}`;
    const program = `${unpacked}/program`;

    await t.step("commands on files, formats and checkpoints", async () => {
      await run("put -q -r tree/ file://" + `${path}/set/`);
      await run(`cp -q -r ${path}/set/ copy/`);
      await run("sync -q --delete tree/ copy/");
      assertMatch(await run("ls copy"), / 1 a\n +PRE b\/\n$/);
      assertMatch(await run("stat copy/a"), /size +1/);
      assertEquals(await run("cat copy/a copy/b/c"), "122");
      await run("check -q tree/ copy/");
      assertMatch(await run("hash copy/a"), /^[0-9a-f]{64} /);
      assertMatch(await run("du copy"), /^ +3 +2 file:/);
      assertMatch(await run("find copy/ --include **/c"), /copy\/b\/c\n$/);
      assertMatch(await run("tree copy"), /c/);
      await run("get -q copy/a got");
      await run("mv -q got moved");
      await run("pipe -q --zstd 3 piped", { stdin: "x".repeat(1000) });
      await run("get -q --decompress piped.zst back");
      assertEquals(await Deno.readTextFile(`${cwd}/back`), "x".repeat(1000));
      await Deno.writeTextFile(`${cwd}/t.csv`, "id,name\n1,a\n2,b\n");
      for (const to of ["t.parquet", "t.arrow", "t.tfrecord", "t.jsonl"]) await run(`convert -q t.csv ${to}`);
      assertMatch(await run("show t.parquet"), /name +string/);
      assertMatch(await run("head -n1 t.parquet"), /^id +name\n *1 +a\n$/);
      await run("index -q t.tfrecord");
      assertMatch(await run("verify -q t.parquet t.tfrecord"), /^t.parquet: OK.*\nt.tfrecord: OK/);
      assertMatch(await run("loader plan t.parquet --batch-size 2"), /2 samples/);
      await Deno.writeTextFile(`${cwd}/lines`, "lade ls copy\n");
      await run("run -q lines");
      await run("sweep -q copy/");
      await run("jobs list");
      assertMatch(await run("doctor -q copy/"), /^ok +directory/);
      {
        await using series = await checkpoints(`file://${path}/checkpoints/`, { run: "r" });
        const data = new Float32Array([1, 2]);
        await series.save(1, { tensors: [{ name: "w", dtype: "float32", shape: [2], data }] }).committed;
      }
      assertMatch(await run(`checkpoint ls ${path}/checkpoints/`), /\b1\b/);
      await run("cat -q --op-log ops.tsv.zst copy/a");
      assertMatch(await run("oplog analyze ops.tsv.zst"), /^GET +1 +0 /m);
      assertMatch(await run("replay --asap ops.tsv.zst"), /^ +replay +1 +0 /m);
      await Deno.writeTextFile(
        `${cwd}/spec.yaml`,
        "version: 1\ntarget: w/\nobjects: { s: { count: 3, size: 1KiB } }\nphases:\n  - put: s\n  - delete: own\n",
      );
      assertMatch(await run("workload run spec.yaml"), /^put-1 +×16 +put +3 +0 +3\.00 KiB /m);
      assertMatch(await run("bench . --time 1s --size 1KiB --concurrency 1"), /^get +×1 +get +\d+ +0 /m);
      await run("rm -q -r copy/ moved");
    });

    await t.step("manual pages and completions come out of it", async () => {
      assertMatch(await run("man"), /^\.TH "LADE" "1"/);
      assertMatch(await run("man sync"), /^\.TH "LADE-SYNC" "1"/);
      for (const shell of ["bash", "zsh", "fish"]) {
        assertStringIncludes(await run(`completion ${shell}`), "lade");
      }
      assertStringIncludes(await run("completion bash c"), "cp");
    });

    await t.step("s3://, az:// and gs://, by their SDKs, too", async () => {
      await using s3 = await startFakeS3();
      await using azure = await startFakeAzure();
      await using gcs = await startFakeGcs({ allowsAnonymous: true });
      const env = {
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        AWS_ENDPOINT_URL: s3.url,
        AWS_REGION: "us-east-1",
        AZURE_STORAGE_CONNECTION_STRING: azure.connectionString,
        STORAGE_EMULATOR_HOST: gcs.url,
        GOOGLE_CLOUD_PROJECT: "project",
      };
      const large = new Uint8Array(20 * 2 ** 20).map((_, at) => (at * 2_654_435_761) >>> 13);
      await Deno.writeFile(`${cwd}/large`, large);
      for (const place of ["s3://box", "az://box", "gs://box"]) {
        await run(`mb -q ${place}`, { env });
        await run(`put -q large ${place}/large`, { env });
        await run(`cp -q ${place}/large ${place}/copy`, { env });
        await run(`get -q ${place}/copy back`, { env });
        assert(await areEqual(`${cwd}/back`, large), place);
        await run(`ls -r ${place}/`, { env });
        await run(`rb -q -f ${place}`, { env });
      }
      assertMatch(await run("presign s3://box/a", { env }), /^http:\/\/127\.0\.0\.1:\d+\/box\/a\?/);
    });

    await t.step("what is worth a lane takes one, and a shell is asked for keys", async () => {
      await using s3 = await startFakeS3({ buckets: ["box"] });
      const bytes = new Uint8Array(WORTH_A_LANE).map((_, at) => (at * 2_654_435_761) >>> 13);
      s3.putObject("box", "huge", bytes);
      const keys = { Version: 1, AccessKeyId: s3.accessKeyId, SecretAccessKey: s3.secretAccessKey };
      await directory.write("keys.json", JSON.stringify(keys));
      await directory.write("home/.aws/config", `[default]\ncredential_process = cat "${path}/keys.json"\n`);
      const env = { AWS_ENDPOINT_URL: s3.url, AWS_REGION: "us-east-1", LADE_LANES: "2" };
      const { code, stderr } = await outcome(["get", "-v", "--json", "s3://box/huge", "huge"], { env });
      assertEquals(code, 0, stderr);
      assertMatch(stderr, /"lanes":[12],/);
      assert(await areEqual(`${cwd}/huge`, bytes));
    });

    await t.step({
      name: "each kind of thread starts from what was unpacked, and does its work",
      ignore: navigator.hardwareConcurrency < 2,
      async fn() {
        // Slow enough that a thread is ready before all has come.
        await using s3 = await startFakeS3({ buckets: ["box"], bytesPerSecond: 2e7 });
        const bytes = new Uint8Array(2 * WORTH_A_LANE).map((_, at) =>
          at % 3 === 0 ? (at * 2_654_435_761) >>> 11 : 7
        );
        s3.putObject("box", "huge", bytes);
        await Deno.writeFile(`${cwd}/huge`, bytes);
        for (let at = 0; at < 100; at++) {
          await directory.write(`work/set/${at}`, bytes.subarray(at, at + 1_000_000));
        }
        await directory.write(
          "work/size.ts",
          "export const size = ({ bytes }: { bytes: Uint8Array }) => bytes.length;",
        );
        const env = {
          ...home,
          AWS_ACCESS_KEY_ID: s3.accessKeyId,
          AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
          AWS_ENDPOINT_URL: s3.url,
          AWS_REGION: "us-east-1",
          LADE_LANES: "2",
        };
        const loader = "loader run -q set --batch-size 4";
        for (
          const [name, answer, line] of [
            ["lade lane", "poured", "get -q s3://box/huge back"],
            ["lade writer", "wrote", `get -q s3://box/huge direct://${cwd}/past`],
            ["lade-zstd", "ended", "put -q --zstd 3 huge packed/"],
            ["lade reader", "read", `${loader} --shuffle full --epochs 6`],
            ["lade sample worker", "made", `${loader} --workers 2 --transform size.ts#size`],
          ] as const
        ) {
          const threads = (await watchThreads(unpacked, line, { cwd, env }))[name];
          assert(threads && (threads.answers[answer] ?? 0) > 0, `${line}: ${JSON.stringify(threads)}`);
          assertEquals(threads.errors, [], line);
        }
        for (const name of ["back", "past"]) assert(await areEqual(`${cwd}/${name}`, bytes), name);
      },
    });

    await t.step("a module may not run other programs, nor load libraries", async () => {
      await directory.write(
        "work/module.ts",
        `
export const same = (sample: unknown) => sample;
export const run = () => new Deno.Command("true").outputSync().code;
export const load = () => Deno.dlopen("/nowhere.so", {});
`,
      );
      const loader = (name: string) =>
        outcome(["loader", "run", "t.parquet", "--batch-size", "1", "--transform", `module.ts#${name}`]);
      assertEquals((await loader("same")).code, 0);
      for (const [name, flag] of [["run", "run"], ["load", "ffi"]] as const) {
        const { code, stderr } = await loader(name);
        assertEquals(code, 1);
        assertMatch(stderr, new RegExp(`Requires ${flag} access`), stderr);
      }
    });

    await t.step("deno install puts the same program into an empty home", async () => {
      const flags = runFlags(false).filter((flag) => flag !== "--quiet" && flag !== "--no-config");
      const env = { HOME: `${path}/empty`, DENO_DIR: `${path}/empty/deno` };
      await Deno.mkdir(`${path}/empty`);
      const args = ["install", "--quiet", "--global", "--name", "lade", ...flags, `${program}/main.js`];
      assertEquals((await runProgram(Deno.execPath(), args, { cwd, env })).code, 0);
      const found = `${path}/empty/.deno/bin:${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`;
      const { code, stdout, stderr } = await runProgram(`${path}/empty/.deno/bin/lade`, ["ls", "tree"], {
        cwd,
        env: { ...env, PATH: found },
      });
      assertEquals([code, stderr], [0, ""]);
      assertMatch(stdout, / 1 a\n +PRE b\/\n$/);
    });

    await t.step(
      "npm installs a package of it, and npx runs it with its arguments and exit codes",
      async () => {
        const { name, bytes } = await npmPackage(program);
        await directory.write(`npm/${name}`, bytes);
        const options = { cwd: `${path}/npm`, env: { HOME: Deno.env.get("HOME") ?? "", ...npmSettings() } };
        const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--silent"];
        const installed = await runProgram("npm", ["install", ...quiet, `./${name}`], options);
        assertEquals(installed.code, 0, installed.stderr);
        const npx = async (...args: string[]) =>
          await runProgram("npx", ["--no-install", "lade", ...args], options);
        const version = await npx("--version");
        assertEquals([version.code, version.stderr], [0, ""]);
        assert(version.stdout.startsWith(VERSION), version.stdout);
        await directory.write("npm/a b/x", "1");
        const listed = await npx("ls", "a b");
        assertEquals([listed.code, listed.stderr], [0, ""]);
        assertMatch(listed.stdout, / 1 x\n$/);
        assertEquals((await npx("lss")).code, 2);
      },
    );

    await t.step("every command was run", () => {
      assertEquals(COMMAND_NAMES.filter((name) => !used.has(name)), []);
    });
  },
});

/** Runs `deno task compile` in a clone whose path has a space, with this Deno in place of the runtime that is downloaded. */
async function compile(path: string, output: string): Promise<string> {
  const clone = `${path}/a clone 🚢`;
  await Deno.symlink(fileURLToPath(new URL("../../../", import.meta.url)), clone);
  const [, ...task] = workspace.tasks.compile.split(" ");
  const script = task.pop();
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...task, `--config=${clone}/deno.json`, `${clone}/${script}`, "--output", output],
    env: { DENORT_BIN: Deno.execPath(), NO_COLOR: "1" },
  }).output();
  await Deno.remove(clone);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([success, text(stderr)], [true, ""]);
  return text(stdout);
}

async function areEqual(path: string, bytes: Uint8Array): Promise<boolean> {
  const read = await Deno.readFile(path);
  return read.length === bytes.length && read.every((byte, at) => byte === bytes[at]);
}

/** The variables by which npm finds its registry. */
function npmSettings(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => /^npm_config_|_proxy$/i.test(name)),
  );
}
