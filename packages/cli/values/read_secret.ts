import { type Setting, SettingText } from "@lade/core/settings";

/** Reads a secret that a file holds: its text without the white space around it, or its bytes where these are taken. */
export function readSecret(row: Setting, path: string, source: string): SettingText | Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such file" : "it cannot be read";
    throw new TypeError(`Cannot read ${row.name} from ${JSON.stringify(path)}: ${reason}`, { cause: error });
  }
  return row.type.accepts(bytes) ? bytes : new SettingText(new TextDecoder().decode(bytes), source);
}
