/**
 * Installs the servers that `deno task test:servers` runs against, each by its own ecosystem's command, into `.servers`:
 * versitygw by Go, moto by Python. What is there already is left alone; what cannot be had is named.
 *
 * @module
 */
import { findProgram } from "./find_program.ts";
import { SERVERS_DIRECTORY } from "./servers_directory.ts";

/** A server and the commands that bring it. */
interface Recipe {
  /** What it is called. */
  readonly name: string;
  /** The program to look for. */
  readonly program: string;
  /** The program that the commands need. */
  readonly needs: string;
  /** The commands, in order. */
  readonly commands: readonly (readonly string[])[];
}

const BOUND_MS = 600_000;
const VENV = `${SERVERS_DIRECTORY}/venv`;

const RECIPES: readonly Recipe[] = [
  {
    name: "versitygw",
    program: "versitygw",
    needs: "go",
    commands: [["go", "install", "github.com/versity/versitygw/cmd/versitygw@v1.8.0"]],
  },
  {
    name: "moto",
    program: "moto_server",
    needs: "python3",
    commands: [
      ["python3", "-m", "venv", VENV],
      [`${VENV}/bin/pip`, "install", "--quiet", "--disable-pip-version-check", "moto[server,s3]==5.2.*"],
    ],
  },
];

/** Installs one server and gives the line to print. */
async function install({ name, program, needs, commands }: Recipe): Promise<string> {
  const found = findProgram(program);
  if (found !== undefined) return `${name}: ${found}`;
  if (findProgram(needs) === undefined) return `skipped: ${name} is not installed, for ${needs} is not there`;
  for (const command of commands) {
    const failure = await run(command);
    if (failure !== undefined) {
      return `skipped: ${name} cannot be installed: ${command.join(" ")}: ${failure}`;
    }
  }
  const installed = findProgram(program);
  return installed === undefined
    ? `skipped: ${name} cannot be installed: no program came of it`
    : `${name}: ${installed}`;
}

/** Runs a command and gives the last line of what it said where it failed. */
async function run([command, ...args]: readonly string[]): Promise<string | undefined> {
  if (command === undefined) return undefined;
  const signal = AbortSignal.timeout(BOUND_MS);
  const env = { GOBIN: `${SERVERS_DIRECTORY}/bin` };
  const { success, stderr } = await new Deno.Command(command, { args, env, signal, stdout: "null" }).output();
  if (success) return undefined;
  if (signal.aborted) return `not done within ${BOUND_MS / 60_000} minutes`;
  return new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "no reason given";
}

await Deno.mkdir(`${SERVERS_DIRECTORY}/bin`, { recursive: true });
await Promise.all(RECIPES.map(async (recipe) => console.log(await install(recipe))));
