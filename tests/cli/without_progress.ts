/** As `ProgressMessage` has them. */
const LINE = /^lade: (?:\d+%, )?[\d.]+ (?:[KMGTP]i)?B(?: of [^,\n]+)?, [^\n]*\/s(?:, [^\n]*)?\n/gm;

/**
 * What a command told on standard error, but for the lines that say now and then how far it is: whether there are any depends
 * on how fast the machine is. All of it where the command line asks for them.
 */
export function withoutProgress(stderr: string, args: readonly string[] = []): string {
  return args.some((arg) => arg.startsWith("--progress")) ? stderr : stderr.replace(LINE, "");
}
