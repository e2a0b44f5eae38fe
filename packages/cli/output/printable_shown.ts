import { printable } from "@lade/core/text";

/** What a text of the program's own may hold besides letters: line breaks, and the colours and weights of `Style` and the help: none that hide. */
// deno-lint-ignore no-control-regex
const OWN = /(\n|\t|\0|\x1b\[(?:[0-4](?:;[0-4])?|31)m)/;

const PLAIN = /^[\n\x20-\x7e]*$/;

/**
 * The last look at what goes to a terminal: whatever a message did not escape itself becomes an escape, but for breaks
 * between its lines, tabs and NUL between the words of completions, and colours.
 */
export function printableShown(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.split(OWN).map((piece, at) => at % 2 === 1 ? piece : printable(piece)).join("");
}
