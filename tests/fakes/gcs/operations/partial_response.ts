import { GcsError } from "../gcs_error.ts";

/** Members that are asked for, each with what is asked of it: all of it where there is nothing. */
type Selection = Map<string, Selection>;

/**
 * What `fields` leaves of a document: paths with commas between, `a/b` and `a(b,c)` for members of members, `*` for all
 * ("Partial response").
 */
export function selectFields(document: unknown, fields: string | undefined): unknown {
  if (fields === undefined || fields === "" || fields === "*") return document;
  const tokens = fields.match(/[(),/]|[^(),/\s]+/g) ?? [];
  const selection = parseList(tokens);
  if (tokens.length > 0) throw new GcsError("InvalidArgument", `Invalid field selection ${fields}`);
  return pick(document, selection);
}

function parseList(tokens: string[]): Selection {
  const selection: Selection = new Map();
  do {
    const name = tokens.shift() ?? "";
    if (/^[(),/]?$/.test(name)) throw new GcsError("InvalidArgument", `Invalid field selection ${name}`);
    selection.set(name, parseInner(tokens));
  } while (tokens[0] === "," && tokens.shift());
  return selection;
}

function parseInner(tokens: string[]): Selection {
  if (tokens[0] === "/") {
    const [, name = ""] = tokens.splice(0, 2);
    return new Map([[name, parseInner(tokens)]]);
  }
  if (tokens[0] !== "(") return new Map();
  tokens.shift();
  const inner = parseList(tokens);
  if (tokens.shift() !== ")") throw new GcsError("InvalidArgument", "Invalid field selection");
  return inner;
}

function pick(value: unknown, selection: Selection): unknown {
  if (selection.size === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, selection));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const inner = selection.get(name) ?? selection.get("*");
      return inner && member !== undefined ? [[name, pick(member, inner)]] : [];
    }),
  );
}
