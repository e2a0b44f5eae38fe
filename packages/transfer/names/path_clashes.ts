import { compareKeys } from "@lade/core/backend";
import { directoriesAbove } from "../places/directories_above.ts";
import { type Folding, foldName } from "./fold_name.ts";
import { NameHashes } from "./name_hashes.ts";

/** Finds names that cannot all be files below one directory. */
export interface PathClashes {
  /**
   * Takes the next name; one that ends in a slash is that of a directory. Returns why it cannot be there beside those
   * before it; it is not taken then.
   */
  take(name: string): string | undefined;
}

/** Finds what cannot be there together on a file system that takes these for one name. */
export function createClashes(folding: Folding): PathClashes {
  return folding.case || folding.form ? new FoldedClashes(folding) : new OrderedClashes();
}

/**
 * Finds names of files that others need as directories: `a`, and `a/b` after it. It takes names in the order of keys,
 * and holds only those that a later one may begin with, at most one for each character of a name. Of other orders it finds
 * some; the write of the second finds the rest.
 */
export class OrderedClashes implements PathClashes {
  #open: string[] = [];

  /** Takes a name. */
  take(name: string): string | undefined {
    this.#open = this.#open.filter((file) =>
      name.startsWith(`${file}/`) || name.startsWith(file) && compareKeys(name, `${file}/`) < 0
    );
    const file = this.#open.find((file) => name.startsWith(`${file}/`));
    if (file !== undefined) {
      return `there is an object ${JSON.stringify(file)}, which cannot be a directory too`;
    }
    if (!name.endsWith("/")) this.#open.push(name);
    return undefined;
  }
}

/**
 * Finds names that a file system takes for one, and files that others need as directories by whatever form of their names,
 * in any order. It holds 16 to 32 bytes for each name and for each directory.
 */
export class FoldedClashes implements PathClashes {
  readonly #folding: Folding;
  readonly #files = new NameHashes();
  readonly #directories = new NameHashes();
  #lastDirectory = "";

  /** Finds what these foldings make of names. */
  constructor(folding: Folding) {
    this.#folding = folding;
  }

  /** Takes a name. */
  take(name: string): string | undefined {
    const folded = foldName(name, this.#folding);
    const directory = folded.slice(0, Math.max(0, folded.lastIndexOf("/")));
    const isKnown = directory === this.#lastDirectory;
    if (!isKnown) {
      for (const above of directoriesOf(directory)) {
        if (this.#files.has(above)) return told("an object", "of a directory of it");
      }
    }
    if (!folded.endsWith("/")) {
      if (this.#directories.has(folded)) return told("a directory", "");
      if (!this.#files.add(folded)) return told("an object", "");
    }
    if (!isKnown) {
      for (const above of directoriesOf(directory)) this.#directories.add(above);
      this.#lastDirectory = directory;
    }
    return undefined;
  }
}

function told(what: string, of: string): string {
  return `${what} before it has the name${
    of === "" ? "" : ` ${of}`
  }, but for case or form, which this file system takes for one`;
}

/** A directory and those above it, from the top. */
function* directoriesOf(directory: string): Generator<string> {
  if (directory === "") return;
  yield* directoriesAbove(directory);
  yield directory;
}
