/** What breaks a row, or a strict reader of quoted fields. */
const ODD = /[\p{Cc}"]/u;

/** Whether a name cannot stand in a row as it is. */
export function isOdd(name: string): boolean {
  return ODD.test(name);
}

/** A name with what breaks a row, and each percent sign, as `%` and two digits. */
export function encodeName(name: string): string {
  return name.replace(/[\p{Cc}"%]/gu, (character) => encodeURIComponent(character));
}

/** The name that {@linkcode encodeName} was given. A broken sequence is a `URIError`. */
export function decodeName(text: string): string {
  return decodeURIComponent(text);
}
