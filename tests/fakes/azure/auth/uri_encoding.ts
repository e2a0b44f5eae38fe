import { AzureError } from "../azure_error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes percent-encoding. What is not UTF-8 is `InvalidUri`. */
export function decodeUri(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "%") {
      const hex = text.slice(i + 1, i + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) throw new AzureError("InvalidUri");
      bytes.push(parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(text.charCodeAt(i));
    }
  }
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    throw new AzureError("InvalidUri");
  }
}

/** The pairs of a query, decoded, names in lower case; a plus is a space, and several values are joined by commas. */
export function parseQuery(rawQuery: string): Map<string, string> {
  const all = new Map<string, string[]>();
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair.replaceAll("+", "%20")) ?? [];
    const key = decodeUri(name).toLowerCase();
    all.set(key, [...all.get(key) ?? [], decodeUri(value)]);
  }
  return new Map([...all].map(([name, values]) => [name, values.sort().join(",")]));
}
