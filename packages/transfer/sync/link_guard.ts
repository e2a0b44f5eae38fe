import { system } from "@lade/core/system";
import { directoriesAbove } from "../places/directories_above.ts";

/** Directories that are remembered at most. */
const MOST_KNOWN = 4096;

/** Finds symbolic links below a local directory: what is written or removed behind one may lie anywhere. */
export class LinkGuard {
  readonly #directory: string;
  readonly #known = new Map<string, Promise<boolean>>();

  /** Looks below `directory`, a path that ends in a slash and that itself may be a link. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The first part of a name that is a link, or the name itself; `undefined` where none is. */
  async linkIn(name: string): Promise<string | undefined> {
    for (const directory of directoriesAbove(name)) {
      if (await this.#isKnownLink(directory)) return directory;
    }
    return await this.#isLink(name) ? name : undefined;
  }

  #isKnownLink(directory: string): Promise<boolean> {
    let known = this.#known.get(directory);
    if (known === undefined) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      known = this.#isLink(directory);
      this.#known.set(directory, known);
    }
    return known;
  }

  async #isLink(name: string): Promise<boolean> {
    try {
      return (await system.lstat(this.#directory + name)).isSymlink;
    } catch {
      // What cannot be looked at is for the store to say.
      return false;
    }
  }
}
