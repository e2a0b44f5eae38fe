import { isCommandName, loadCommand, withOwnName } from "./commands.ts";
import { plainOptions } from "../command/plain_options.ts";
import type { GlobalOptions } from "../command/global_options.ts";
import type { CommandLine, HelpFormat } from "./parsed_line.ts";
import type { OptionTable } from "../syntax/option.ts";
import { firstArgument, type Given, readPlainly, valuesOf } from "../syntax/read_plainly.ts";

/** Options that stand beside those of a command, and what they come to. */
interface CommonOptions {
  readonly tables: readonly OptionTable[];
  readonly settings: (given: Given) => GlobalOptions;
}

/**
 * Reads a command line. One that plainly runs a command is read here; the parser, which takes longer to load than most
 * commands to run, has all others: help, completions, abbreviations, mistakes.
 */
export async function readCommandLine(args: readonly string[], format: HelpFormat): Promise<CommandLine> {
  const plain = withOwnName(withoutPayer(args));
  return await readPlainLine(plain) ??
    await (await import("./parse_command_line.ts")).parseCommandLine(plain, format);
}

/**
 * Reads a command line that plainly runs a command; `undefined` for any other. The settings of the backends are loaded only
 * for one that says something about them.
 */
export async function readPlainLine(args: readonly string[]): Promise<CommandLine | undefined> {
  const plain = { tables: [plainOptions], settings: plainSettings };
  return await readLine(args, plain) ?? await readLine(args, await loadCommonOptions());
}

async function readLine(
  args: readonly string[],
  { tables, settings }: CommonOptions,
): Promise<CommandLine | undefined> {
  const common = tables.flatMap((table) => Object.values(table));
  const at = firstArgument(args, common);
  const name = args[at];
  if (!isCommandName(name)) return undefined;
  const command = await loadCommand(name);
  const given = readPlainly(args.toSpliced(at, 1), [...common, ...Object.values(command.options)]);
  if (!given) return undefined;
  return {
    kind: "run",
    invocation: command.invoke(valuesOf(command.options, given)),
    settings: settings(given),
  };
}

function plainSettings(given: Given): GlobalOptions {
  return {
    ...valuesOf(plainOptions, given),
    bandwidth: undefined,
    config: {},
    opLog: undefined,
    noEndpointCache: false,
  };
}

async function loadCommonOptions(): Promise<CommonOptions> {
  const [{ globalOptions }, { backendOptions, withBackends }] = await Promise.all([
    import("../command/global_options.ts"),
    import("./backend_options.ts"),
  ]);
  return {
    tables: [globalOptions, backendOptions],
    settings: (given) => withBackends(valuesOf(globalOptions, given), valuesOf(backendOptions, given)),
  };
}

/**
 * Takes the one value out that other programs give `--request-payer`, as in `--request-payer requester`: left there, it
 * would be read as the name of a local file.
 */
function withoutPayer(args: readonly string[]): readonly string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.flatMap((arg, at) => {
    if (at >= end) return [arg];
    if (arg === "--request-payer=requester") return ["--request-payer"];
    return arg === "requester" && args[at - 1] === "--request-payer" ? [] : [arg];
  });
}
