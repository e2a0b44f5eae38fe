import type { Option } from "./option.ts";

/**
 * Writes the values of short options as words of their own: `-j4` and `-j=4` become `-j 4`. A flag with a value, such
 * as `-r=1`, is a problem, which the parser would take for a flag and the name of a file.
 */
export function splitShortValues(
  args: readonly string[],
  options: readonly Option<unknown>[],
): { readonly args: readonly string[] } | { readonly problem: string } {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  const split: string[] = [];
  for (const [at, arg] of args.entries()) {
    const [, name = "", equals, value = ""] = at < end ? /^(-[A-Za-z])(=?)(.+)$/s.exec(arg) ?? [] : [];
    const option = options.find(({ names }) => names.some((known) => known === name));
    if (option?.value) split.push(name, value);
    else if (option && equals === "=") {
      return { problem: `\`${name}\` takes no value, but got ${JSON.stringify(value)}.` };
    } else split.push(arg);
  }
  return { args: split };
}
