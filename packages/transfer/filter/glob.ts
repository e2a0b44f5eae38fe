import { type CodeRange, type GlobNode, type GlobNodes, parseGlob, spansSegments } from "./parse_glob.ts";

/** One step of a compiled glob. Where no slash may be, `slash` is false. */
type Step =
  | { readonly kind: "character"; readonly code: number }
  | { readonly kind: "any"; readonly slash: boolean }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly CodeRange[] }
  /** Goes on at all of these. */
  | { readonly kind: "fork"; readonly to: number[] }
  | { readonly kind: "end" };

const SLASH = 0x2f;
/** After so many places of names they are counted anew, so that one more name fits into 31 bits. */
const MOST_PLACES = 2 ** 30;

/**
 * A glob over names such as `logs/2026/a.gz`, upper and lower case told apart. It takes steps in proportion to the
 * length of the name times its own, whatever both hold.
 *
 * `*` matches within a segment, `**` across slashes, a `**` that is a segment no segment too; `?` one character, `[a-z]`
 * and `[!a-z]` one of a class, `{a,b}` one of several; a backslash takes the next character as it stands. A name that
 * begins with a dot is like any other.
 */
export class Glob {
  /** What every name begins with that it matches. */
  readonly literalPrefix: string;
  readonly #steps: readonly Step[];
  readonly #lastSegment: boolean;
  readonly #suffix: string;
  /** The steps that each leads to without a character. */
  readonly #reached: readonly (readonly number[])[];
  /** Steps that are alive at a place of the name, and the place at which each was last added. */
  #alive: number[] = [];
  #next: number[] = [];
  readonly #addedAt: Int32Array;
  #time = 0;

  /**
   * Reads a glob; what is none is a `TypeError` that shows the place. With a slash at its beginning it is matched against
   * the whole name, else against its end, from the beginning of any segment on; with a slash at its end it matches all
   * that lies below. `anchored` matches against the whole name anyway.
   */
  constructor(glob: string, anchored = false) {
    const isRooted = anchored || glob.startsWith("/");
    const text = !anchored && isRooted ? glob.slice(1) : glob;
    if (text === "") {
      const advice = glob === "" ? "it is empty" : 'it names nothing; "**" matches everything';
      throw new TypeError(`Cannot use the glob ${JSON.stringify(glob)}: ${advice}`);
    }
    // Read as a whole, so that a problem names the place in it.
    const nodes = parseGlob(glob).slice(glob.length - text.length);
    const last = nodes.at(-1);
    if (last?.kind === "segments" || last?.kind === "character" && last.code === SLASH) {
      nodes.push({ kind: "globstar" });
    }
    this.#lastSegment = !isRooted && !spansSegments(nodes);
    this.#steps = compile(isRooted || this.#lastSegment ? nodes : [{ kind: "segments" }, ...nodes]);
    this.#reached = this.#steps.map((_, index) => reachedFrom(index, this.#steps));
    this.#addedAt = new Int32Array(this.#steps.length);
    this.literalPrefix = isRooted ? literal(nodes) : "";
    this.#suffix = literal(nodes.toReversed(), true);
  }

  /** Whether a name matches. */
  matches(name: string): boolean {
    if (!name.endsWith(this.#suffix) || !name.startsWith(this.literalPrefix)) return false;
    let at = this.#lastSegment ? name.lastIndexOf("/") + 1 : 0;
    if (this.#time > MOST_PLACES) this.#addedAt.fill(this.#time = 0);
    this.#alive.length = 0;
    this.#time++;
    this.#add(this.#alive, 0);
    while (at < name.length) {
      if (this.#alive.length === 0) return false;
      const code = name.codePointAt(at) ?? 0;
      at += code > 0xffff ? 2 : 1;
      this.#next.length = 0;
      this.#time++;
      for (const index of this.#alive) {
        const step = this.#steps[index];
        if (step && takes(step, code)) this.#add(this.#next, index + 1);
      }
      [this.#alive, this.#next] = [this.#next, this.#alive];
    }
    return this.#addedAt[this.#steps.length - 1] === this.#time;
  }

  /** Adds what a step leads to, but for what is there for this place already. */
  #add(list: number[], first: number): void {
    for (const index of this.#reached[first] ?? []) {
      if (this.#addedAt[index] === this.#time) continue;
      this.#addedAt[index] = this.#time;
      list.push(index);
    }
  }
}

/** The steps that take a character, or are the end, to which the forks from a step lead; itself, where it is none. */
function reachedFrom(first: number, steps: readonly Step[]): readonly number[] {
  const seen = new Set<number>();
  const waiting = [first];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const step = steps[index];
    if (step?.kind === "fork") waiting.push(...step.to);
  }
  return [...seen].filter((index) => steps[index]?.kind !== "fork");
}

function takes(step: Step, code: number): boolean {
  switch (step.kind) {
    case "character":
      return step.code === code;
    case "any":
      return step.slash || code !== SLASH;
    case "class":
      return code !== SLASH &&
        step.ranges.some(([first, last]) => first <= code && code <= last) !== step.negated;
    default:
      return false;
  }
}

function compile(nodes: GlobNodes): readonly Step[] {
  const steps: Step[] = [];
  const fork = () => {
    const to: number[] = [];
    steps.push({ kind: "fork", to });
    return to;
  };
  /** Any number of characters: a loop, with the way out behind it. */
  const loop = (slash: boolean) => {
    const start = steps.length;
    const to = fork();
    steps.push({ kind: "any", slash });
    fork().push(start);
    to.push(start + 1, steps.length);
  };
  const append = (node: GlobNode): void => {
    if (node.kind === "star" || node.kind === "globstar") loop(node.kind === "globstar");
    else if (node.kind === "any") steps.push({ kind: "any", slash: false });
    else if (node.kind === "segments") {
      const around = fork();
      around.push(steps.length);
      loop(true);
      steps.push({ kind: "character", code: SLASH });
      around.push(steps.length);
    } else if (node.kind === "choice") {
      const into = fork();
      const ends = node.choices.map((choice) => {
        into.push(steps.length);
        choice.forEach(append);
        return fork();
      });
      for (const end of ends) end.push(steps.length);
    } else steps.push(node);
  };
  nodes.forEach(append);
  steps.push({ kind: "end" });
  return steps;
}

/** The plain characters that pieces begin with, or reversed end with. */
function literal(nodes: GlobNodes, reversed = false): string {
  const characters: string[] = [];
  for (const node of nodes) {
    if (node.kind !== "character") break;
    characters.push(String.fromCodePoint(node.code));
  }
  return (reversed ? characters.toReversed() : characters).join("");
}
