import { quote } from "@lade/core/text";
import type { Option } from "./option.ts";

/** What the parser takes for an option, known or not. All else it takes for an argument. */
const OPTION = /^(?!--=)--?[a-z0-9-]+(?:=|$)/i;
/** Dashes that programs for texts make of hyphens. */
const OTHER_DASH = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;

/** Whether a word begins as options do, or seem to. */
export function beginsWithDash(word: string): boolean {
  return word.startsWith("-") || OTHER_DASH.test(word);
}

/**
 * What is wrong with a word that looks like an option and would be taken for the name of a file, such as `--dry_run`;
 * nothing where there is none. Behind `--` every word is a name.
 */
export function findOddWord(
  args: readonly string[],
  options: readonly Option<unknown>[],
): string | undefined {
  let isValue = false;
  for (const arg of args) {
    const known = options.find(({ names }) => names.some((name) => name === arg));
    if (isValue) isValue = false;
    else if (arg === "--") return undefined;
    else if (known) isValue = known.value !== undefined;
    else if (OTHER_DASH.test(arg)) {
      return `${
        unexpected(arg)
      } Options begin with -, and it begins with another dash; a name that does goes behind --.`;
    } else if (arg.length > 1 && arg.startsWith("-") && !OPTION.test(arg)) {
      return `${unexpected(arg)} A name that begins with - goes behind --.`;
    }
  }
}

/** Without what follows a `=`, which may be a secret. */
function unexpected(arg: string): string {
  return `Unexpected option or argument: ${quote(arg.split("=", 1)[0] ?? "")}.`;
}
