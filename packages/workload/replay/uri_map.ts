import { hashText } from "./hash_text.ts";

/** Where operations below a prefix go. */
export interface UriRule {
  /** A prefix of URIs of the log. */
  readonly from: string;
  /** What takes its place: one prefix, or several that share its objects. */
  readonly to: readonly string[];
}

/**
 * Which of several targets an operation goes to: `"sticky"` by a hash of the name, so that an object is always at one of them,
 * or `"round-robin"` to each in its turn, for targets that show the same objects.
 */
export type Balance = "sticky" | "round-robin";

/** Where an operation goes. */
export interface MappedUri {
  /** The prefix that it goes below. */
  readonly base: string;
  /** The name below it. */
  readonly rest: string;
  /** All prefixes where its object may be looked for. */
  readonly bases: readonly string[];
  /** The rule; absent where the log has its own place. */
  readonly rule?: UriRule;
  /** Names the object, wherever it is: the same for all operations on it. */
  readonly id: string;
}

const URI = /^[a-z][a-z0-9+.-]*:\/\/./is;

/** Reads `FROM=TO[,TO…]`, each a URI of a prefix. A `RangeError` says what is wrong. */
export function parseUriRule(text: string): UriRule {
  const equals = text.search(/=[a-z][a-z0-9+.-]*:\/\//i);
  if (equals < 0) {
    throw new RangeError(
      `${JSON.stringify(text)} is not of the form FROM=TO, such as s3://logged/=s3://bench/`,
    );
  }
  return checkRule({
    from: text.slice(0, equals),
    to: text.slice(equals + 1).split(/,(?=[a-z][a-z0-9+.-]*:\/\/)/i),
  });
}

/** A slash ends each: `s3://a` is not to be taken for a prefix of `s3://ab`. */
function checkRule({ from, to }: UriRule): UriRule {
  const prefix = (uri: string) => {
    if (!URI.test(uri)) throw new RangeError(`${JSON.stringify(uri)} is no URI, such as s3://bucket/prefix/`);
    return uri.endsWith("/") ? uri : `${uri}/`;
  };
  if (to.length === 0) throw new RangeError(`${JSON.stringify(from)} leads nowhere`);
  const targets = to.map(prefix);
  if (new Set(targets).size < targets.length) {
    throw new RangeError(`${JSON.stringify(from)} leads to one place twice`);
  }
  return { from: prefix(from), to: targets };
}

/** Takes the URIs of a log to those of a replay, by the rule with the longest prefix. One serves a whole replay. */
export class UriMap {
  /** The longest prefix first. */
  readonly rules: readonly UriRule[];
  readonly #balance: Balance;
  readonly #turns = new Map<UriRule, number>();

  /** Takes rules, each with another prefix: else it is a `RangeError`. */
  constructor(rules: readonly UriRule[] = [], balance: Balance = "sticky") {
    this.rules = rules.map(checkRule).toSorted((a, b) => b.from.length - a.from.length);
    this.#balance = balance;
    const froms = this.rules.map(({ from }) => from);
    const twice = froms.find((from, at) => froms.indexOf(from) < at);
    if (twice !== undefined) throw new RangeError(`there are two rules for ${JSON.stringify(twice)}`);
  }

  /** All places that rules lead to. */
  get targets(): readonly string[] {
    return [...new Set(this.rules.flatMap(({ to }) => to))];
  }

  /**
   * Where `file` in the container `endpoint`, which ends in a slash, is replayed. Without rules that is where it was; with
   * rules, `undefined` where none fits.
   */
  map(endpoint: string, file: string): MappedUri | undefined {
    const uri = endpoint + file;
    if (this.rules.length === 0) return { base: endpoint, rest: file, bases: [endpoint], id: uri };
    const rule = this.rules.find(({ from }) => uri.startsWith(from));
    if (!rule) return undefined;
    const rest = uri.slice(rule.from.length);
    const [first = ""] = rule.to;
    if (rule.to.length === 1) return { base: first, rest, bases: rule.to, rule, id: first + rest };
    if (this.#balance === "sticky") {
      const base = rule.to[hashText(rest) % rule.to.length] ?? first;
      return { base, rest, bases: [base], rule, id: base + rest };
    }
    const turn = this.#turns.get(rule) ?? 0;
    this.#turns.set(rule, (turn + 1) % rule.to.length);
    return { base: rule.to[turn] ?? first, rest, bases: rule.to, rule, id: first + rest };
  }
}
