import { assertEquals } from "@std/assert";
import { packSelfExtracting } from "../../../tools/build/pack_self_extracting.ts";
import { TemporaryDirectory } from "../temporary_directory.ts";
import { writeExecutable } from "../../write_executable.ts";
import { runProgram, type RunProgramOptions } from "./run_program.ts";

/** In place of Deno: tells how it was started. What the environment names is done before, where it is asked for its version. */
const RUNTIME = `#!/bin/sh
if [ "$1" = --version ]; then
  eval "\${WHEN_TRIED-}"
  exit
fi
printf '%s\\n' "DENO_DIR=$DENO_DIR" "umask=$(umask)" "$0" "$@"
eval "\${WHEN_RUN-}"
`;

/** A packed program in a directory of its own, where a home is, too. */
export class Packed implements AsyncDisposable {
  readonly directory: TemporaryDirectory;

  private constructor(directory: TemporaryDirectory) {
    this.directory = directory;
  }

  static async make(): Promise<Packed> {
    const directory = await TemporaryDirectory.make({
      deno: RUNTIME,
      "program/main.js": crypto.randomUUID(),
      "program/a b's.js": "2",
      "program/empty.js": "",
      "work/x": "",
      "home/x": "",
      "tmp/x": "",
    });
    const packed = new Packed(directory);
    await packed.renew();
    return packed;
  }

  /** Packs the program as it is now, in place of what was packed. */
  async renew(): Promise<void> {
    const { path } = this.directory;
    const setup = { program: `${path}/program`, deno: `${path}/deno`, target: "TARGET", level: 1 };
    await writeExecutable(`${this.file}.new`, await packSelfExtracting(setup));
    await Deno.rename(`${this.file}.new`, this.file);
  }

  get file(): string {
    return `${this.directory.path}/lade`;
  }

  get env(): Record<string, string> {
    const { path } = this.directory;
    return { HOME: `${path}/home`, TMPDIR: `${path}/tmp` };
  }

  /** Where it unpacks itself to. */
  get place(): string {
    return `${this.directory.path}/home/.cache/lade/program`;
  }

  async start(args: readonly string[] = [], { env, ...options }: RunProgramOptions = {}) {
    return await runProgram(this.file, args, { ...options, env: { ...this.env, ...env } });
  }

  /** Starts it, which is to work, and gives the directory that it was run from. */
  async startedFrom(options: RunProgramOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.start([], options);
    assertEquals([code, stderr], [0, ""]);
    const [, , runtime = ""] = stdout.split("\n");
    return runtime.replace(/\/deno$/, "");
  }

  /** The only directory below a place. */
  async unpacked(place = this.place): Promise<string> {
    const names = await namesIn(place);
    assertEquals(names.length, 1, names.join());
    return `${place}/${names[0]}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
  }
}

/** The names in a directory, in order. */
export async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}

/** The permission bits of a file. */
export async function modeOf(path: string): Promise<number> {
  return ((await Deno.stat(path)).mode ?? 0) & 0o777;
}

/** Options of tests that need a shell. */
export const POSIX = { ignore: Deno.build.os === "windows" };
