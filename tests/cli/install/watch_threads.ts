import { assertEquals } from "@std/assert";
import { runFlags } from "../../../tools/build/run_flags.ts";
import { runProgram } from "./run_program.ts";

/** What the threads of one name did. */
export interface WatchedThreads {
  readonly started: number;
  /** Answers by their type, of which those that say that nothing was done do not count. */
  readonly answers: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
}

/** Runs before the program, in its isolate. */
const WATCH = `
const watched = {};
globalThis.Worker = class extends Worker {
  constructor(url, options) {
    super(url, options);
    const threads = watched[options.name] ??= { started: 0, answers: {}, errors: [] };
    threads.started++;
    this.addEventListener("message", ({ data: { type = "ended", count, error, ms } }) => {
      if (error !== undefined || count === 0 || ms?.every?.((each) => each < 0)) return;
      threads.answers[type] = (threads.answers[type] ?? 0) + 1;
    });
    this.addEventListener("error", ({ message }) => threads.errors.push(message));
  }
};
addEventListener("unload", () => Deno.writeTextFileSync(Deno.env.get("WATCHED"), JSON.stringify(watched)));
`;

/** Runs a command line by a program that has unpacked itself, and says which threads it started, and what these did. */
export async function watchThreads(
  unpacked: string,
  line: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Readonly<Record<string, WatchedThreads>>> {
  const [watch, watched] = [`${cwd}/watch.js`, `${cwd}/watched.json`];
  await Deno.writeTextFile(watch, WATCH);
  const args = ["run", ...runFlags(false), `--preload=${watch}`, `${unpacked}/program/main.js`];
  const options = { cwd, env: { ...env, WATCHED: watched } };
  const { code, stderr } = await runProgram(`${unpacked}/deno`, [...args, ...line.split(" ")], options);
  assertEquals([code, stderr], [0, ""], line);
  return JSON.parse(await Deno.readTextFile(watched));
}
