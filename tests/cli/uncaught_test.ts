import { assertEquals } from "@std/assert";
import { ladeArguments, type ProcessOutcome } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Runs `lade` with a module that is loaded before it, and that does harm once the command is under way. */
async function runWith(harm: string, args: readonly string[]): Promise<ProcessOutcome> {
  await using directory = await TemporaryDirectory.make({ a: "data", "preload.js": harm });
  const [run = "run", ...rest] = ladeArguments(args, { cwd: directory.path });
  const process = new Deno.Command(Deno.execPath(), {
    args: [run, `--preload=${directory.path}/preload.js`, ...rest],
    cwd: directory.path,
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { code, stdout, stderr } = await process.output();
  await process.stdin.abort().catch(() => {});
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** Does something when the command first writes. */
function atFirstWrite(harm: string): string {
  return `const { encode } = TextEncoder.prototype;
    let done = false;
    TextEncoder.prototype.encode = function (text) {
      if (!done) { done = true; ${harm} }
      return encode.call(this, text);
    };`;
}

/** Does something when the command has begun to watch for errors, which it does right after taking the console. */
function onceWatched(harm: string): string {
  return `const { log } = console;
    const timer = setInterval(() => { if (console.log !== log) { clearInterval(timer); ${harm} } }, 1);
    Deno.unrefTimer(timer);`;
}

Deno.test("what a library prints mixes neither with the output of a command nor with its JSON", async () => {
  const harm = atFirstWrite('console.log("stray"); console.warn("stray\\u001b[2J"); console.error("stray");');
  const quiet = await runWith(harm, ["ls", "a"]);
  assertEquals([quiet.code, quiet.stdout.includes("stray"), quiet.stderr], [0, false, ""]);
  const told = await runWith(harm, ["ls", "-v", "--json", "a"]);
  assertEquals(JSON.parse(told.stdout).type, "object");
  const notes = told.stderr.trimEnd().split("\n").map((line) => JSON.parse(line).message);
  assertEquals(notes, ["stray", "stray\x1b[2J", "stray"]);
});

Deno.test("an error that nothing catches ends the command, and is printed as every other one", async () => {
  for (const harm of ["throw error;", "Promise.reject(error);"]) {
    const preload = onceWatched(
      `const error = new Error("bad \\u001b[2J http://user:hunter2@host"); ${harm}`,
    );
    const { code, stderr } = await runWith(preload, ["pipe", "memory://m/x"]);
    assertEquals([code, stderr.split("\n")[0]], [1, "lade: bad \\u001b[2J http://***@host"]);
    const json = await runWith(preload, ["pipe", "--json", "memory://m/x"]);
    assertEquals([json.code, JSON.parse(json.stderr).message], [1, "bad \x1b[2J http://***@host"]);
  }
});
