/**
 * Characters that hide in the text around them, or steer the terminal that shows it: control characters, lone surrogates,
 * line and paragraph separators, spaces other than the two that look like one, and all that Unicode calls formatting
 * (bidirectional controls, joiners, tags, the byte order mark) or lets a font ignore (fillers, variation selectors).
 */
const DECEPTIVE = String
  .raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\ufffe\uffff]`;

/** What a picture is made of: a joiner between two of them and a selector after one show what they mean. */
const EMOJI = String
  .raw`\p{ExtPict}[\ufe0f\p{EMod}]?(?:\u200d\p{ExtPict}[\ufe0f\p{EMod}]?)*|[0-9#*]\ufe0f\u20e3`;

/** Marks that would sit on what stands before the text, and those beyond four on one character, which pile up. */
const MARKS = String.raw`(?<![\p{L}\p{M}\p{N}\p{S}])\p{M}+|(?<=\p{M}{4})\p{M}+`;

let foreign: RegExp | undefined;

/** What is escaped, but for the emoji. Made when it is first needed: it takes a millisecond, and most text is plain. */
function foreignText(): RegExp {
  return foreign ??= new RegExp(`(${EMOJI})|${MARKS}|${DECEPTIVE}`, "gu");
}

/** Text that holds nothing of the kind, which most is. */
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Writes a foreign text so that it can neither break a line, steer a terminal nor pass for another one: every such
 * character becomes an escape, `\n`, `\t` or `\u202e` (`\u{e0041}` beyond the first 65,536). Letters of every script,
 * their marks up to four in a row, and emoji stay. What is printable already stays as it is.
 */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(foreignText(), escapeUnlessEmoji);
}

/** As {@linkcode printable}, for each line of a text of several: only the line breaks stay. */
export function printableLines(text: string): string {
  return PLAIN.test(text) ? text : text.split("\n").map(printable).join("\n");
}

/** Writes a foreign text between quotes, with escapes as in JSON. */
export function quote(text: string): string {
  return printable(JSON.stringify(text));
}

/** Writes a value as JSON in one line that is also safe to look at. It is read back as exactly the same value. */
export function printableJson(value: unknown): string {
  const json = JSON.stringify(value);
  return PLAIN.test(json) ? json : json.replace(foreignText(), (found, emoji?: string) => {
    if (emoji !== undefined) return found;
    let escaped = "";
    for (let i = 0; i < found.length; i++) escaped += unit(found.charCodeAt(i));
    return escaped;
  });
}

function escapeUnlessEmoji(found: string, emoji?: string): string {
  return emoji ?? Array.from(found, escape).join("");
}

function escape(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\t") return "\\t";
  return character.length === 1
    ? unit(character.charCodeAt(0))
    : `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
