import type { Literal } from "./parse_literal.ts";

/** The text of a literal, as Python's `repr` writes it. */
export function formatLiteral(literal: Literal): string {
  switch (literal.kind) {
    case "string":
      return formatString(literal.value);
    case "integer":
      return String(literal.value);
    case "bool":
      return literal.value ? "True" : "False";
    case "none":
      return "None";
    case "list":
      return `[${literal.items.map(formatLiteral).join(", ")}]`;
    case "tuple": {
      const items = literal.items.map(formatLiteral);
      return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
    }
    case "dict": {
      const entries = [...literal.entries].map(([key, value]) =>
        `${formatString(key)}: ${formatLiteral(value)}`
      );
      return `{${entries.join(", ")}}`;
    }
  }
}

const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function formatString(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = [...value].map((character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === quote) return `\\${quote}`;
    if (Object.hasOwn(ESCAPED, character)) return ESCAPED[character];
    if (code < 0x20 || (code >= 0x7f && code <= 0xa0)) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code >= 0xd800 && code <= 0xdfff ? `\\u${code.toString(16)}` : character;
  });
  return `${quote}${escaped.join("")}${quote}`;
}
