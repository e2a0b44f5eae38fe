import { AzureError } from "../azure_error.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes percent-encoding. What is not UTF-8 is `InvalidUri`. */
export function decodeUri(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decoder.decode(bytesOf(text));
  } catch {
    throw new AzureError("InvalidUri");
  }
}

/** Decodes a name or a value of a query; what is not UTF-8 is replaced. */
function decodeQuery(text: string): string {
  return text.includes("%") ? lenient.decode(bytesOf(text)) : text;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
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
  return Uint8Array.from(bytes);
}

/** The pairs of a query, decoded, names in lower case; a plus is a space, and several values are joined by commas. */
export function parseQuery(rawQuery: string): Map<string, string> {
  const all = new Map<string, string[]>();
  for (const pair of rawQuery.split("&")) {
    if (pair === "") continue;
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair.replaceAll("+", "%20")) ?? [];
    const [key, decoded] = [decodeQuery(name).toLowerCase(), decodeQuery(value)];
    all.set(key, [...all.get(key) ?? [], decoded]);
  }
  return new Map([...all].map(([name, values]) => [name, values.sort().join(",")]));
}
