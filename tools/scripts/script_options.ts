import { parseArgs, type ParseArgsConfig } from "node:util";

/**
 * Reads the command line of a script of this repository. `--help` prints `help` and ends with 0; what the line gets
 * wrong is said in one line, and ends with 2.
 */
export function readScriptOptions<const Config extends ParseArgsConfig>(
  help: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
    console.log(help);
    Deno.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Ends the script for a wrong command line. */
export function refuse(message: string): never {
  console.error(`error: ${message} (--help tells more)`);
  Deno.exit(2);
}
