import { system } from "@lade/core/system";

/** Removes local directories that deletions have left empty; those that were empty before stay. */
export class EmptiedDirectories {
  readonly #directory: string;
  readonly #kept: ReadonlySet<string>;
  readonly #parents = new Set<string>();

  /** Looks below `directory`, a path that ends in a slash and that itself stays; those in `kept` stay too. */
  constructor(directory: string, kept: ReadonlySet<string>) {
    this.#directory = directory;
    this.#kept = kept;
  }

  /** Notes that an object of this name is gone. */
  add(name: string): void {
    const end = name.lastIndexOf("/");
    if (end > 0) this.#parents.add(name.slice(0, end));
  }

  /** Removes them, and those above that become empty by it. What holds anything, or may not be removed, stays. */
  async remove(): Promise<void> {
    // The deepest first, so that a directory comes after all that lie in it.
    const depth = (name: string) => name.split("/").length;
    for (const name of [...this.#parents].sort((a, b) => depth(b) - depth(a))) {
      let left = name;
      while (await this.#removeOne(left) && left.includes("/")) left = left.slice(0, left.lastIndexOf("/"));
    }
  }

  async #removeOne(name: string): Promise<boolean> {
    if (this.#kept.has(name)) return false;
    const path = this.#directory + name;
    try {
      if (!(await system.lstat(path)).isDirectory) return false;
      await system.remove(path);
      return true;
    } catch (error) {
      // What was removed with an inner directory does not stop those above.
      return error instanceof system.errors.NotFound;
    }
  }
}
