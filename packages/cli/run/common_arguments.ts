import type { CommandContext } from "../command/command_context.ts";

/**
 * The words of the command line of `lade run` that hold for each of its commands, so that one of them can be given alone;
 * `undefined` where they cannot be told from its own.
 */
export async function commonArguments(
  { args, settings, readLine }: CommandContext,
  file: string,
): Promise<readonly string[] | undefined> {
  const common: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "-j" || arg === "--jobs") at++;
    else if (!/^(?:-j.+|--jobs=.*|--fail-fast|--)$/.test(arg)) common.push(arg);
  }
  for (const at of [common.indexOf("run"), common.lastIndexOf(file)]) if (at >= 0) common[at] = "";
  const words = common.filter((word) => word !== "");
  const read = await readLine([...words, "ls"]);
  return read.kind === "run" && JSON.stringify(read.settings) === JSON.stringify(settings)
    ? words
    : undefined;
}
