import type { Value } from "./value.ts";

/** Reads a schema that is written as `lade show` tells it. What reads it is loaded when its value is asked for. */
export const schemaValue: Value<string> = {
  metavar: "SCHEMA",
  placeholder: "",
  read: (text) => text.trim() === "" ? { problem: "A schema cannot be empty." } : { value: text },
  format: (text) => text,
};

/** Reads names with commas between them; one in quotes is a JSON string, which may hold commas. */
export const namesValue: Value<readonly string[]> = {
  metavar: "NAMES",
  placeholder: [],
  read(text) {
    const names: string[] = [];
    const piece = /\s*("(?:[^"\\]|\\.)*"|[^",]*)\s*(,|$)/suy;
    for (let at = 0; at <= text.length;) {
      piece.lastIndex = at;
      const [, name = "", end] = piece.exec(text) ?? [];
      const plain = name.startsWith('"') ? unquoted(name) : name.trim();
      if (end === undefined || plain === undefined || plain === "") {
        return { problem: `${JSON.stringify(text)} is no list of names with commas between them.` };
      }
      names.push(plain);
      if (end === "") break;
      at = piece.lastIndex;
    }
    return { value: names };
  },
  format: (names) => names.map((name) => JSON.stringify(name)).join(","),
};

function unquoted(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}
