import { assertEquals, assertMatch } from "@std/assert";
import { npmPackage } from "../../../tools/build/npm_package.ts";
import { runFlags } from "../../../tools/build/run_flags.ts";
import { TemporaryDirectory } from "../temporary_directory.ts";
import { runProgram } from "./run_program.ts";

/** In place of Deno: tells how it was started, and on a signal which one. */
const RUNTIME = `#!/bin/sh
printf '%s\\n' "update=$DENO_NO_UPDATE_CHECK" "$@"
[ "$WAIT" ] || exit 7
for signal in INT HUP TERM QUIT; do trap "echo $signal; exit 9" $signal; done
echo ready
for turn in $(seq 600); do sleep 0.05; done
`;
/** Nodes that cannot become another program start it beside themselves. */
const SPAWNS = ["--require", "./spawns.cjs"];

const hasNode = Deno.build.os !== "windows" &&
  (await runProgram("sh", ["-c", "command -v node"])).code === 0;

/** A package that is installed in `node_modules` of a directory of its own, over a Deno of which nothing is real. */
async function install(): Promise<{ directory: TemporaryDirectory; launcher: string }> {
  const directory = await TemporaryDirectory.make({
    "program/main.js": "1",
    "work/spawns.cjs": "process.execve = undefined;",
    "work/windows.cjs": `process.execve = undefined;
Object.defineProperty(process, "platform", { value: "win32" });`,
    "work/node_modules/deno/install_api.cjs":
      `exports.runInstall = () => require("node:path").join(__dirname, "deno");`,
  });
  const { path } = directory;
  await directory.writeProgram("work/node_modules/deno/deno", RUNTIME);
  const { bytes } = await npmPackage(`${path}/program`);
  await Deno.writeFile(`${path}/lade.tgz`, bytes);
  const lade = `${path}/work/node_modules/@lade/cli`;
  await Deno.mkdir(lade, { recursive: true });
  const tar = ["-xzf", `${path}/lade.tgz`, "-C", lade, "--strip-components", "1"];
  assertEquals((await runProgram("tar", tar)).code, 0);
  return { directory, launcher: `${lade}/lade.cjs` };
}

Deno.test({
  name: "the package of npm starts Deno with the flags of the system, arguments and exit code as they are",
  ignore: !hasNode,
  async fn() {
    const { directory, launcher } = await install();
    await using _directory = directory;
    assertEquals([false, true].map((isWindows) => runFlags(isWindows).at(-1)), [
      "--allow-run=/bin/sh",
      "--allow-run=cmd.exe",
    ]);
    const main = launcher.replace("lade.cjs", "program/main.js");
    const args = ["a b", "", "*", "--", "-x"];
    for (
      const [how, isWindows] of [[[], false], [SPAWNS, false], [
        ["--require", "./windows.cjs"],
        true,
      ]] as const
    ) {
      const options = { cwd: `${directory.path}/work` };
      const { code, stdout, stderr } = await runProgram("node", [...how, launcher, ...args], options);
      assertEquals([code, stderr], [7, ""]);
      assertEquals(stdout.split("\n"), ["update=1", "run", ...runFlags(isWindows), main, ...args, ""]);
    }
  },
});

Deno.test({
  name: "what asks the package of npm to stop reaches the program, whose end is its own",
  ignore: !hasNode,
  async fn() {
    const { directory, launcher } = await install();
    await using _directory = directory;
    for (const how of [[], SPAWNS]) {
      for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"] as const) {
        const process = new Deno.Command("node", {
          args: [...how, launcher],
          cwd: `${directory.path}/work`,
          env: { WAIT: "1" },
          stdin: "null",
          stdout: "piped",
          stderr: "null",
        }).spawn();
        const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
        let told = "";
        while (!told.endsWith("ready\n")) told += (await lines.read()).value ?? "ready\n";
        process.kill(signal);
        assertEquals((await process.status).code, 9, signal);
        told = "";
        for (let next = await lines.read(); !next.done; next = await lines.read()) told += next.value;
        assertEquals(told, `${signal.slice(3)}\n`);
      }
    }
  },
});

Deno.test({
  name: "the package of npm ends as a program that a signal ended, and says what it lacks",
  ignore: !hasNode,
  async fn() {
    const { directory, launcher } = await install();
    await using _directory = directory;
    const cwd = `${directory.path}/work`;
    const deno = "work/node_modules/deno/deno";
    await directory.writeProgram(deno, "#!/bin/sh\nkill -KILL $$\n");
    assertEquals((await runProgram("node", [...SPAWNS, launcher], { cwd })).code, 137);
    await Deno.chmod(`${directory.path}/${deno}`, 0o644);
    for (const how of [[], SPAWNS]) {
      const { code, stdout, stderr } = await runProgram("node", [...how, launcher], { cwd });
      assertEquals([code, stdout], [1, ""]);
      assertMatch(stderr, /^lade: Cannot start: .*EACCES\n$/);
    }
    await Deno.remove(`${cwd}/node_modules/deno`, { recursive: true });
    const { code, stderr } = await runProgram("node", [launcher], { cwd });
    assertEquals(code, 1);
    const missing = "Cannot find module 'deno/install_api.cjs'";
    const asks = `the package "deno" of npm has to be installed for this platform`;
    assertEquals(stderr, `lade: Cannot start: ${missing}; ${asks}\n`);
  },
});
