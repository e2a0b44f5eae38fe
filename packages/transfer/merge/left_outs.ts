import { directoriesAbove } from "../places/directories_above.ts";

/** Names that a listing gave no object for, since they are links, pipes or the like, each with the reason. */
export class LeftOuts {
  readonly #reasons = new Map<string, string>();

  /** Takes a name below the prefix; that of a directory may end in a slash. */
  add(name: string, reason: string): void {
    this.#reasons.set(name.replace(/\/$/, ""), reason);
  }

  /** The name, or the part of it before a slash, that was left out; `undefined` where none was. */
  find(name: string): string | undefined {
    if (this.#reasons.size === 0) return undefined;
    if (this.#reasons.has(name)) return name;
    for (const directory of directoriesAbove(name)) if (this.#reasons.has(directory)) return directory;
    return undefined;
  }

  /** Why a name was left out. */
  reasonOf(name: string): string | undefined {
    return this.#reasons.get(name);
  }

  /** All of them. */
  entries(): Iterable<readonly [name: string, reason: string]> {
    return this.#reasons;
  }
}
