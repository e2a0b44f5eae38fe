import type {
  EntryKind,
  MovedEntry,
  MoveTreeOptions,
  ObjectTree,
  RemovedEntry,
  RemoveTreeOptions,
  TreeEntry,
  WalkTreeOptions,
} from "../contract/object_tree.ts";
import type { CallOptions, LeftOut } from "../contract/types.ts";

/** Shows the part of a tree below a prefix as a tree of its own. */
export class PrefixedTree implements ObjectTree {
  readonly #tree: ObjectTree;
  readonly #prefix: string;

  /** Shows `tree` below `prefix`, which ends in `/`. */
  constructor(tree: ObjectTree, prefix: string) {
    this.#tree = tree;
    this.#prefix = prefix;
  }

  async kindOf(key: string, options?: CallOptions): Promise<EntryKind | undefined> {
    return await this.#tree.kindOf(this.#prefix + key, options);
  }

  async *walk(prefix: string, options: WalkTreeOptions = {}): AsyncGenerator<TreeEntry, void, void> {
    const { onLeftOut } = options;
    const telling = onLeftOut && { onLeftOut: (entry: LeftOut) => onLeftOut(this.#cut(entry)) };
    for await (const entry of this.#tree.walk(this.#prefix + prefix, { ...options, ...telling })) {
      if (entry.key !== this.#prefix) yield this.#cut(entry);
    }
  }

  /** The directory of the prefix stays, as that of a container does. */
  async *remove(key: string, options?: RemoveTreeOptions): AsyncGenerator<RemovedEntry, void, void> {
    const whole = key === "" ? { ...options, keepDirectory: true } : options;
    for await (const entry of this.#tree.remove(this.#prefix + key, whole)) yield this.#cut(entry);
  }

  async *move(
    from: string,
    to: string,
    options?: MoveTreeOptions,
  ): AsyncGenerator<MovedEntry, void, void> {
    for await (const entry of this.#tree.move(this.#prefix + from, this.#prefix + to, options)) {
      yield { ...this.#cut(entry), to: entry.to.slice(this.#prefix.length) };
    }
  }

  async makeDirectory(prefix: string, options?: CallOptions): Promise<void> {
    await this.#tree.makeDirectory(this.#prefix + prefix, options);
  }

  #cut<T extends { readonly key: string }>(entry: T): T {
    return { ...entry, key: entry.key.slice(this.#prefix.length) };
  }
}
