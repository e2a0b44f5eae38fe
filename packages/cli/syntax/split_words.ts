import { printable } from "@lade/core/text";

/** The words of a line, or what is wrong with it in one sentence. */
export type WordsReading = { readonly words: readonly string[] } | { readonly problem: string };

/** What a shell would act on; as a name it is quoted. */
const OPERATORS: ReadonlySet<string> = new Set([
  ...["|", "||", "&", "&&", ";", "<", "<<", ">", ">>", "2>", "2>&1", "&>", "(", ")"],
]);

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "'": "'",
  '"': '"',
  "\\": "\\",
};

/** A piece of a word: quoted in one of three ways, escaped, or plain. */
const PIECE = /\$'((?:[^'\\]|\\.)*)'|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\$]+|\$)/suy;

/**
 * Splits a line into words as a shell does, with `'…'`, `"…"`, `$'…'` and `\`, and a comment behind `#`. Nothing is
 * expanded: `$`, `*` and `~` stand for themselves. What is for a shell to do (`|`, `>`, `;`) is a problem.
 */
export function splitWords(line: string): WordsReading {
  const words: string[] = [];
  for (let at = 0;;) {
    while (/\s/.test(line[at] ?? "")) at++;
    if (at >= line.length || line[at] === "#") return { words };
    const start = at;
    let word = "";
    for (PIECE.lastIndex = at; at < line.length && !/\s/.test(line[at] ?? ""); at = PIECE.lastIndex) {
      PIECE.lastIndex = at;
      const found = PIECE.exec(line);
      if (!found) return { problem: describeRest(line.slice(at)) };
      const [, ansi, single, double, escaped, plain] = found;
      const text = ansi !== undefined
        ? unescape(ansi)
        : single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? plain;
      if (text === undefined) {
        return { problem: `An escape in ${found[0]} is none of \\n, \\t, \\xHH, \\uHHHH.` };
      }
      word += text;
    }
    const written = line.slice(start, at);
    if (OPERATORS.has(written)) {
      return {
        problem: `${JSON.stringify(written)} is for a shell, which is not here; as a name it is quoted.`,
      };
    }
    words.push(word);
  }
}

/** Writes a word so that {@linkcode splitWords}, and a shell, read it back: as it is where nothing in it needs a quote. */
export function quoteWord(word: string): string {
  const isShown = printable(word) === word;
  if (isShown && /^(?![#~])[^\s'"\\$`*?[\]{}()<>|&;!]+$/.test(word)) return word;
  if (isShown) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = word.replaceAll(/['\\]|[^\x20-\x7e]/gu, (found) => {
    const code = found.codePointAt(0) ?? 0;
    if (found === "\n") return String.raw`\n`;
    if (found === "\t") return String.raw`\t`;
    if (code < 0x7f) return `\\${code < 0x20 ? `x${hex(code, 2)}` : found}`;
    return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
  });
  return `$'${escaped}'`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

function describeRest(rest: string): string {
  return rest === "\\"
    ? "A line ends in a backslash: a command is one line."
    : `A quote is not closed: ${rest}`;
}

/** What stands between `$'` and `'`; `undefined` where an escape is none. */
function unescape(text: string): string | undefined {
  let isWrong = false;
  const plain = text.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu,
    (_found, byte?: string, short?: string, long?: string, other?: string) => {
      const code = Number.parseInt(byte ?? short ?? long ?? "", 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      const known = other === undefined ? undefined : ESCAPES[other];
      isWrong ||= known === undefined;
      return known ?? "";
    },
  );
  return isWrong ? undefined : plain;
}
