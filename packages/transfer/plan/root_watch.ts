import { directoryOf, isRoot } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { localPathOf } from "../places/place.ts";

/**
 * Looks at the directories of a local tree whether one of them is the root of another tree by another name, such as one
 * that is mounted twice: no path shows that. Of a root that does not exist yet, the nearest directory above it counts. It
 * costs one look at each directory.
 */
export class RootWatch {
  readonly #directory: string;
  readonly #root: Promise<string | undefined>;
  #last = "";

  /** Looks below `directory`, a path that ends in a slash, for the directory `root`. */
  constructor(directory: string, root: string) {
    this.#directory = directory;
    this.#root = nearestIdentity(root);
  }

  /** Looks below the directory of a URI for that of another one; `undefined` unless both are local. */
  static below(directory: string, root: string): RootWatch | undefined {
    const [path, other] = [localPathOf(directory), localPathOf(root)];
    return path === undefined || other === undefined ? undefined : new RootWatch(path, other);
  }

  /** The directory of a name, or one above it, that is the root. Nothing is waited for where that is known already. */
  find(name: string): Promise<string | undefined> | undefined {
    const directory = name.slice(0, name.lastIndexOf("/") + 1);
    const before = this.#last;
    if (before.startsWith(directory)) return undefined;
    this.#last = directory;
    return this.#look(directory, before);
  }

  async #look(directory: string, before: string): Promise<string | undefined> {
    const root = await this.#root;
    if (root === undefined) return undefined;
    for (let end = directory.indexOf("/"); end >= 0; end = directory.indexOf("/", end + 1)) {
      const above = directory.slice(0, end + 1);
      if (!before.startsWith(above) && await identityOf(this.#directory + above) === root) return above;
    }
    return undefined;
  }
}

async function nearestIdentity(path: string): Promise<string | undefined> {
  for (let at = path;; at = directoryOf(at.replace(/(?<=.)\/$/, ""))) {
    const identity = await identityOf(at);
    if (identity !== undefined || isRoot(at)) return identity;
  }
}

/** What distinguishes a directory on this machine; `undefined` where there is none, or nobody can tell. */
async function identityOf(path: string): Promise<string | undefined> {
  try {
    // On Windows neighbours have one number, to the digits that Deno gives.
    const { birthtime, dev, ino } = await system.stat(path);
    return ino ? `${dev}:${ino}:${birthtime?.getTime()}` : undefined;
  } catch {
    return undefined;
  }
}
