import { quote } from "@lade/core/text";
import type { Option } from "./option.ts";

/** What the parser takes for an option, known or not. All else it takes for an argument. */
const OPTION = /^(?!--=)--?[a-z0-9-]+(?:=|$)/i;
/** Dashes that programs for texts make of hyphens. */
const OTHER_DASH = /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;
/** What is white, not seen or a quote before a dash, as where a script quotes an option twice: `" --dry-run"`. */
const HIDDEN_DASH = /^[\s"'`\u2018-\u201f\u00ad\u200b-\u200f\u2060]+[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;
/** A negative number, which no option is called. */
const NUMBER = /^-[\d.]+$/;

/** Whether a word begins as options do, or seem to. */
export function beginsWithDash(word: string): boolean {
  return word.startsWith("-") || OTHER_DASH.test(word) || HIDDEN_DASH.test(word);
}

/**
 * What is wrong with a word that looks like an option and would be taken for something else: for the name of a file, such
 * as `--dry_run`, or for the value that the option before it lacks. Nothing where there is none. Behind `--` every word is
 * a name.
 */
export function findOddWord(
  args: readonly string[],
  options: readonly Option<unknown>[],
): string | undefined {
  let lacking: Option<unknown> | undefined;
  for (const arg of args) {
    const known = options.find(({ names }) => names.some((name) => name === arg));
    if (lacking) {
      if (arg !== "-" && beginsWithDash(arg) && !NUMBER.test(arg)) return withoutValue(lacking, arg);
      lacking = undefined;
    } else if (arg === "--") return undefined;
    else if (known) lacking = known.value && known;
    else if (HIDDEN_DASH.test(arg)) {
      return `${
        unexpected(arg)
      } A blank or a quote is before its dash; a name that begins so goes behind --.`;
    } else if (OTHER_DASH.test(arg)) {
      return `${
        unexpected(arg)
      } Options begin with -, and it begins with another dash; a name that does goes behind --.`;
    } else if (arg.length > 1 && arg.startsWith("-") && !OPTION.test(arg)) {
      return `${unexpected(arg)} A name that begins with - goes behind --.`;
    }
  }
}

function withoutValue({ names }: Option<unknown>, arg: string): string {
  const name = names.find((name) => name.startsWith("--")) ?? names[0];
  return `\`${name}\` needs a value, and ${
    quote(arg.split("=", 1)[0] ?? "")
  } looks like an option; a value that begins so goes behind ${name}=.`;
}

/** Without what follows a `=`, which may be a secret. */
function unexpected(arg: string): string {
  return `Unexpected option or argument: ${quote(arg.split("=", 1)[0] ?? "")}.`;
}
