import { compareKeys, needText } from "@lade/core/backend";

/** Which keys a listing wants, and which directories may hold any of them. */
export class KeyWindow {
  readonly #prefix: string;
  readonly #startAfter: string;

  constructor(prefix: string, startAfter: string) {
    needText(prefix);
    this.#prefix = prefix;
    this.#startAfter = startAfter;
  }

  /** The directory part of the prefix: empty, or ending in `/`. */
  get directory(): string {
    return this.#prefix.slice(0, this.#prefix.lastIndexOf("/") + 1);
  }

  /** What the names in {@linkcode directory}, or in a directory below it (ending in `/`), have to be like. */
  names(directory: string): NameWindow {
    return {
      prefix: below(directory, this.#prefix),
      after: below(directory, this.#startAfter),
      isBehind: compareKeys(directory, this.#startAfter) < 0 && !this.#startAfter.startsWith(directory),
    };
  }

  /** Whether a key, or the common prefix of a directory (ending in `/`), comes after the start. */
  isAfterStart(key: string): boolean {
    return compareKeys(key, this.#startAfter) > 0;
  }
}

/** {@linkcode KeyWindow} seen from one directory. */
export interface NameWindow {
  /** Names start with this. */
  readonly prefix: string;
  /** Names come after this; a directory may also hold it. */
  readonly after: string;
  /** Whether all names come before the start. */
  readonly isBehind: boolean;
}

/** Whether a name (a directory's ends in `/`) is wanted, or may hold what is wanted. */
export function isInWindow(name: string, { prefix, after, isBehind }: NameWindow): boolean {
  if (isBehind || !name.startsWith(prefix)) return false;
  if (after === "" || compareKeys(name, after) > 0) return true;
  return name.endsWith("/") && after.startsWith(name);
}

function below(directory: string, key: string): string {
  return key.startsWith(directory) ? key.slice(directory.length) : "";
}
