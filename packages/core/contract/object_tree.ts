import type { CallOptions, DeleteResult, LeftOut } from "./types.ts";

/** What a name itself stands for, links not followed. */
export type EntryKind = "object" | "link" | "directory" | "other";

/** Something that lies under a prefix; `"other"` is a socket, pipe, device or unfinished write. */
export interface TreeEntry {
  /** Its key; that of a directory ends in `/`. */
  readonly key: string;
  /** What it is. */
  readonly kind: EntryKind;
  /** Of a directory: whether nothing lies in it. */
  readonly isEmpty?: boolean;
}

/** What became of something that was to be removed. */
export interface RemovedEntry extends DeleteResult {
  /** What it was. */
  readonly kind: EntryKind;
}

/** What became of something that was to be moved. */
export interface MovedEntry extends TreeEntry {
  /** Its new key. */
  readonly to: string;
  /** Why it was not moved; absent when it was. */
  readonly error?: Error;
  /** It stays on purpose, because the destination exists and `createOnly` is set. */
  readonly isKept?: boolean;
}

/** Options of `ObjectTree.walk`. */
export interface WalkTreeOptions extends CallOptions {
  /**
   * Called with each entry that has no name of its own, since that is not UTF-8, and with each directory that may not be
   * read; the walk goes on past these, and into other file systems. Without it they end the walk before its first entry.
   */
  readonly onLeftOut?: (leftOut: LeftOut) => void;
}

/** Options of `ObjectTree.remove`. */
export interface RemoveTreeOptions extends CallOptions {
  /** Keeps the directory of the prefix, empty. */
  readonly keepDirectory?: boolean;
}

/** Options of `ObjectTree.move`. */
export interface MoveTreeOptions extends CallOptions {
  /** Leaves alone what exists at the destination, and its source. */
  readonly createOnly?: boolean;
  /** Moves nothing, and yields what would be moved. */
  readonly dryRun?: boolean;
}

/**
 * A store that holds more than objects: links, directories, sockets. Listings show objects alone, and follow links;
 * removals and moves act on the entries themselves.
 */
export interface ObjectTree {
  /** What has this name (the empty key: the container); `undefined` where nothing has. */
  kindOf(key: string, options?: CallOptions): Promise<EntryKind | undefined>;

  /**
   * Yields everything under a prefix, the entries of a directory before the directory, and follows no link. What may not
   * be read is a `PermissionDeniedError`, and another file system mounted below an `InvalidNameError`, before the first
   * entry; with `onLeftOut` neither is.
   */
  walk(prefix: string, options?: WalkTreeOptions): AsyncIterable<TreeEntry>;

  /**
   * Removes everything under a prefix, and with a key the one thing of that name, where it is no directory. It walks
   * the tree before it removes the first entry. The directory of the prefix goes too; that of the container stays.
   */
  remove(key: string, options?: RemoveTreeOptions): AsyncIterable<RemovedEntry>;

  /**
   * Moves everything under a prefix to another one within the store, and with a key the one thing of that name. Links are
   * moved as links; a directory is moved in one step where the new name is free.
   */
  move(from: string, to: string, options?: MoveTreeOptions): AsyncIterable<MovedEntry>;

  /**
   * Makes the directory of a prefix, with those above it, unless it is there. A file or a broken link that is in the way
   * is an `InvalidNameError`, a link that leads out of the store a `PermissionDeniedError`.
   */
  makeDirectory(prefix: string, options?: CallOptions): Promise<void>;
}
