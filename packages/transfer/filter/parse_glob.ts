/** A piece of a glob. */
export type GlobNode =
  /** This character, by its code point. */
  | { readonly kind: "character"; readonly code: number }
  /** `?`: any character but a slash. */
  | { readonly kind: "any" }
  /** `*`: any number of characters, none a slash. */
  | { readonly kind: "star" }
  /** `**`: any number of characters. */
  | { readonly kind: "globstar" }
  /** `**` and a slash, as a segment: any number of segments, none too. */
  | { readonly kind: "segments" }
  /** `[a-z]`, `[!a-z]`: a character of these, or of no others; never a slash. */
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly CodeRange[] }
  /** `{a,b}`: one of these. */
  | { readonly kind: "choice"; readonly choices: readonly GlobNodes[] };

/** Pieces that follow one another. */
export type GlobNodes = readonly GlobNode[];

/** Code points from the first to the last. */
export type CodeRange = readonly [first: number, last: number];

const DEEPEST = 32;
const SLASH = 0x2f;

/** Reads a glob into its pieces. What is none is a `TypeError` that shows the place. */
export function parseGlob(glob: string): GlobNodes {
  const parser = new GlobParser(glob);
  const nodes = parser.sequence(0);
  if (!parser.isAtEnd) parser.refuse('"}" closes nothing; write "\\\\}" for the character');
  return nodes;
}

class GlobParser {
  readonly #glob: string;
  readonly #characters: readonly string[];
  #at = 0;

  constructor(glob: string) {
    this.#glob = glob;
    this.#characters = [...glob];
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#characters.length;
  }

  refuse(detail: string, at = this.#at): never {
    throw new TypeError(`Cannot use the glob ${JSON.stringify(this.#glob)}: at ${at + 1}: ${detail}`);
  }

  /** Everything up to the end, or within braces up to the comma or brace that ends a choice. */
  sequence(depth: number): GlobNodes {
    const nodes: GlobNode[] = [];
    while (!this.isAtEnd) {
      const start = this.#at;
      const character = this.#characters[start] ?? "";
      if (character === "}" || character === "," && depth > 0) break;
      this.#at++;
      if (character === "*") nodes.push(this.#stars(start));
      else if (character === "?") nodes.push({ kind: "any" });
      else if (character === "[") nodes.push(this.#class(start));
      else if (character === "{") nodes.push(this.#choice(start, depth + 1));
      else nodes.push({ kind: "character", code: this.#code(character, start) });
    }
    return nodes;
  }

  #stars(start: number): GlobNode {
    if (this.#characters[start + 1] !== "*") return { kind: "star" };
    this.#at++;
    if (this.#characters[start + 2] === "*") this.refuse('more than two "*"', start);
    const before = this.#characters[start - 1];
    const isSegment = before === undefined || before === "/";
    if (!isSegment || this.#characters[start + 2] !== "/") return { kind: "globstar" };
    this.#at++;
    return { kind: "segments" };
  }

  #code(character: string, start: number): number {
    if (character !== "\\") return character.codePointAt(0) ?? 0;
    const escaped = this.#characters[this.#at++];
    if (escaped === undefined) this.refuse('"\\\\" is followed by nothing', start);
    return escaped?.codePointAt(0) ?? 0;
  }

  #class(start: number): GlobNode {
    const negated = this.#characters[this.#at] === "!" || this.#characters[this.#at] === "^";
    if (negated) this.#at++;
    const ranges: CodeRange[] = [];
    const first = this.#at;
    for (;;) {
      const at = this.#at;
      const character = this.#characters[this.#at++];
      if (character === undefined) this.refuse('"[" is not closed; write "\\\\[" for the character', start);
      if (character === "]") {
        if (at === first) this.refuse('"[" holds nothing; write "\\\\[" for the character', start);
        return { kind: "class", negated, ranges };
      }
      if (character === "[" && this.#characters[this.#at] === ":") {
        this.refuse('classes such as "[:alpha:]" are not known; write ranges such as "[a-z]"', at);
      }
      const low = this.#code(character ?? "", at);
      ranges.push([low, this.#rangeEnd(low, at)]);
    }
  }

  /** The last character of a range, which may be its first alone. */
  #rangeEnd(low: number, start: number): number {
    const end = this.#characters[this.#at + 1];
    if (this.#characters[this.#at] !== "-" || end === undefined || end === "]") return low;
    this.#at += 2;
    const high = this.#code(end, this.#at - 1);
    if (high < low) this.refuse("the range ends before it begins", start);
    return high;
  }

  #choice(start: number, depth: number): GlobNode {
    if (depth > DEEPEST) this.refuse(`braces lie more than ${DEEPEST} deep`, start);
    const choices: GlobNodes[] = [];
    for (;;) {
      choices.push(this.sequence(depth));
      const end = this.#characters[this.#at++];
      if (end === undefined) this.refuse('"{" is not closed; write "\\\\{" for the character', start);
      if (end === "}") return { kind: "choice", choices };
    }
  }
}

/** Whether a slash can be part of what pieces match. */
export function spansSegments(nodes: GlobNodes): boolean {
  return nodes.some((node) =>
    node.kind === "globstar" || node.kind === "segments" ||
    node.kind === "character" && node.code === SLASH ||
    node.kind === "choice" && node.choices.some(spansSegments)
  );
}
