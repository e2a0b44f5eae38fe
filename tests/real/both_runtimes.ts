import { assertEquals } from "@std/assert";
import { bundleCommand } from "../../tools/build/bundle_command.ts";
import { bundlingFault } from "../../tools/build/run_bundler.ts";
import { runFlags } from "../../tools/build/run_flags.ts";
import { findNode } from "../../tools/servers/find_node.ts";
import { runProgram } from "../cli/install/run_program.ts";
import type { ProcessOutcome } from "../cli/run_lade.ts";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { withoutProgress } from "../cli/without_progress.ts";

/** Where a command runs. */
export type RuntimeName = "deno" | "node";

/** What each runtime is given. */
export type OfEach<T> = Readonly<Record<RuntimeName, T>>;

const NAMES = ["deno", "node"] as const;
/** When the files were written. */
const WRITTEN = new Date("2026-02-03T04:05:06Z");
const node = findNode();

/** Why nothing can be tried here; nothing where it can. */
export const lacking: string | undefined = node === undefined
  ? "Node is not installed: deno task servers"
  : await bundlingFault();

let program: Promise<string> | undefined;

/** The command as `deno task build` makes it, which is made once. */
function builtCommand(): Promise<string> {
  return program ??= build();
}

async function build(): Promise<string> {
  const path = await Deno.makeTempDir({ prefix: "lade-built-" });
  addEventListener("unload", () => Deno.removeSync(path, { recursive: true }));
  await bundleCommand(path);
  return `${path}/main.js`;
}

/** The program of a runtime, and the arguments by which it runs the command. */
export async function commandOf(runtime: RuntimeName): Promise<readonly [path: string, ...args: string[]]> {
  const main = await builtCommand();
  return runtime === "deno"
    ? [Deno.execPath(), "run", ...runFlags(Deno.build.os === "windows"), main]
    : [node ?? "node", main];
}

/** What a command line is run with. */
export interface BothOptions {
  /** Variables of the environment. */
  readonly env?: Partial<OfEach<Readonly<Record<string, string>>>>;
  /** What standard input gives; nothing by default. */
  readonly stdin?: string;
  /** Whether several objects are worked on at once, so that lines come as they are done. */
  readonly anyOrder?: boolean;
}

/** Two directories of the same files, in one of which Deno runs the command, and in the other Node. */
export class BothRuntimes implements AsyncDisposable {
  readonly #directories: OfEach<TemporaryDirectory>;
  readonly #homes: OfEach<TemporaryDirectory>;

  private constructor(directories: OfEach<TemporaryDirectory>, homes: OfEach<TemporaryDirectory>) {
    this.#directories = directories;
    this.#homes = homes;
  }

  static async make(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<BothRuntimes> {
    const [deno, node] = [await TemporaryDirectory.make(files), await TemporaryDirectory.make(files)];
    // What is younger than a moment is not remembered, and a moment may pass in one of them only.
    for (const directory of [deno, node]) {
      for (const name of Object.keys(files)) await Deno.utime(`${directory.path}/${name}`, WRITTEN, WRITTEN);
    }
    const homes = { deno: await TemporaryDirectory.make(), node: await TemporaryDirectory.make() };
    return new BothRuntimes({ deno, node }, homes);
  }

  /** The directory of a runtime. */
  of(runtime: RuntimeName): TemporaryDirectory {
    return this.#directories[runtime];
  }

  /** Runs a command line in one of them, in which `ROOT/` is the directory. */
  async run(
    runtime: RuntimeName,
    args: readonly string[],
    { env, stdin = "" }: BothOptions = {},
  ): Promise<ProcessOutcome> {
    const [path, ...before] = await commandOf(runtime);
    const cwd = this.of(runtime).path;
    const here = args.map((arg) => arg.replaceAll("ROOT/", `${cwd}/`));
    return await runProgram(path, [...before, ...here], {
      cwd,
      stdin,
      env: this.environment(runtime, env?.[runtime]),
    });
  }

  /** The environment of a command: a home of its own, and what is given. */
  environment(runtime: RuntimeName, env: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { HOME: this.#homes[runtime].path, DENO_NO_UPDATE_CHECK: "1", ...env };
  }

  /** Runs a command line in both, finds no difference, and gives what it came to, with `ROOT` for the directory. */
  async same(args: readonly string[], options: BothOptions = {}): Promise<ProcessOutcome> {
    const [onDeno, onNode] = await Promise.all(NAMES.map((name) => this.run(name, args, options)));
    const shown = (name: RuntimeName, { code, stdout, stderr }: ProcessOutcome) => {
      const plain = (text: string) => this.#plain(name, text, options);
      return { code, stdout: plain(stdout), stderr: plain(stderr) };
    };
    if (!onDeno || !onNode) throw new TypeError("nothing was run");
    const expected = shown("deno", onDeno);
    assertEquals(shown("node", onNode), expected, args.join(" "));
    return expected;
  }

  /** Finds the same files in both, and gives them. */
  async sameFiles(): Promise<Record<string, string>> {
    const files = await this.of("deno").tree();
    assertEquals(await this.of("node").tree(), files);
    return files;
  }

  /** What two runs may differ in is taken out: where they ran, times, and what depends on them. */
  #plain(name: RuntimeName, text: string, { anyOrder = false }: BothOptions): string {
    const plain = withoutProgress(text).replaceAll(this.of(name).path, "ROOT").replaceAll(
      this.#homes[name].path,
      "HOME",
    )
      .replace(/127\.0\.0\.1:\d+/g, "SERVER").replace(
        /\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g,
        "TIME",
      )
      .replace(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "DURATION")
      .replace(/\b\d+(?:\.\d+)? (?:[KMG]i)?B\/s/g, "RATE");
    return anyOrder ? plain.split("\n").sort().join("\n") : plain;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of NAMES) {
      await this.#directories[name][Symbol.asyncDispose]();
      await this.#homes[name][Symbol.asyncDispose]();
    }
  }
}
