import { isCommandName, loadCommand } from "./commands.ts";
import { globalOptions } from "../command/global_options.ts";
import type { CommandLine, HelpFormat } from "./parsed_line.ts";
import { s3Options, withoutPayer, withS3 } from "./s3_options.ts";
import { firstArgument, readPlainly, valuesOf } from "../syntax/read_plainly.ts";

/**
 * Reads a command line. One that plainly runs a command is read here; the parser, which takes longer to load than most
 * commands to run, has all others: help, completions, abbreviations, mistakes.
 */
export async function readCommandLine(args: readonly string[], format: HelpFormat): Promise<CommandLine> {
  const plain = withoutPayer(args);
  return await readPlainLine(plain) ??
    await (await import("./parse_command_line.ts")).parseCommandLine(plain, format);
}

/** Reads a command line that plainly runs a command; `undefined` for any other. */
export async function readPlainLine(args: readonly string[]): Promise<CommandLine | undefined> {
  const common = [...Object.values(globalOptions), ...Object.values(s3Options)];
  const at = firstArgument(args, common);
  const name = args[at];
  if (!isCommandName(name)) return undefined;
  const command = await loadCommand(name);
  const given = readPlainly(args.toSpliced(at, 1), [...common, ...Object.values(command.options)]);
  if (!given) return undefined;
  const settings = withS3(valuesOf(globalOptions, given), valuesOf(s3Options, given));
  return { kind: "run", invocation: command.invoke(valuesOf(command.options, given)), settings };
}
