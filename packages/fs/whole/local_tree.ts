import type {
  CallOptions,
  EntryKind,
  MovedEntry,
  MoveTreeOptions,
  ObjectTree,
  RemovedEntry,
  RemoveTreeOptions,
  TreeEntry,
  WalkTreeOptions,
} from "@lade/core";
import { type CallName, InvalidNameError, NotFoundError } from "@lade/core/backend";
import { fileError } from "../files/file_error.ts";
import { formFault, segmentFault } from "../names/path_fault.ts";
import { isUnfinishedName } from "../names/temporary_name.ts";
import { ensureDirectory } from "../tree/ensure_directory.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";

/** Files as they lie in their directories. Its parts are loaded when they are first needed. */
export class LocalTree implements ObjectTree {
  readonly #setup: LocalSetup;

  /** Looks at nothing yet. */
  constructor(setup: LocalSetup) {
    this.#setup = setup;
  }

  async kindOf(key: string, { signal }: CallOptions = {}): Promise<EntryKind | undefined> {
    const { calls, tree } = this.#setup;
    const subject = this.#subject("look at", key);
    const path = key === "" ? tree.root : tree.path(key.replace(/\/$/, ""));
    try {
      signal?.throwIfAborted();
      if (key !== "") await calls.present(tree.check(subject, directoryOf(path)));
      const kind = (await calls.present(calls.lstat(path)))?.kind;
      if (kind !== "file") return kind;
      return isUnfinishedName(path.slice(path.lastIndexOf("/") + 1)) ? "other" : "object";
    } catch (error) {
      throw fileError(error, subject, signal);
    }
  }

  async makeDirectory(prefix: string, { signal }: CallOptions = {}): Promise<void> {
    const { tree } = this.#setup;
    const subject = this.#subject("make directory", prefix);
    const key = prefix.replace(/\/$/, "");
    try {
      signal?.throwIfAborted();
      const detail = key === "" ? undefined : segmentFault(key);
      if (detail !== undefined) throw new InvalidNameError({ ...subject, detail });
      await ensureDirectory(this.#setup, subject, key === "" ? tree.root : tree.path(key));
    } catch (error) {
      throw fileError(error, subject, signal);
    }
  }

  async *walk(
    prefix: string,
    { onLeftOut, signal }: WalkTreeOptions = {},
  ): AsyncGenerator<TreeEntry, void, void> {
    this.#subject("walk", prefix);
    const { beginWalk, surveyTree, walkTree } = await import("./walk_tree.ts");
    const walk = await beginWalk(this.#setup, "walk", prefix, signal, onLeftOut);
    if (!walk) return;
    if (!onLeftOut) await surveyTree(walk, prefix);
    yield* walkTree(walk, prefix);
  }

  async *remove(
    key: string,
    { keepDirectory, signal }: RemoveTreeOptions = {},
  ): AsyncGenerator<RemovedEntry, void, void> {
    this.#subject("remove", key);
    const { removeEntry, removeTree } = await import("./remove_tree.ts");
    if (key === "" || key.endsWith("/")) return yield* removeTree(this.#setup, key, keepDirectory, signal);
    const kind = await this.kindOf(key, signal ? { signal } : {});
    await removeEntry(this.#setup, key, signal);
    yield { key, kind: kind ?? "object" };
  }

  async *move(
    from: string,
    to: string,
    options: MoveTreeOptions = {},
  ): AsyncGenerator<MovedEntry, void, void> {
    const isTree = from === "" || from.endsWith("/");
    if (isTree !== (to === "" || to.endsWith("/"))) {
      const [one, other] = [from, to].map((key) => JSON.stringify(key));
      throw new TypeError(`Cannot move ${one} to ${other}: both end in a slash, or neither does`);
    }
    this.#subject("move", from);
    this.#subject("move to", to);
    if (isTree && to.startsWith(from)) {
      const detail = `${JSON.stringify(this.#setup.tree.subject("", to).uri)} ${
        to === from ? "is the same" : "lies in it"
      }`;
      throw new InvalidNameError({ ...this.#setup.tree.subject("move", from), detail });
    }
    if (isTree) {
      const { moveTree } = await import("./move_tree.ts");
      return yield* moveTree(this.#setup, from, to, options);
    }
    const { tree } = this.#setup;
    const { createOnly = false, dryRun = false, signal } = options;
    const kind = await this.kindOf(from, signal ? { signal } : {});
    if (kind === undefined || kind === "directory") {
      throw new NotFoundError({
        ...tree.subject("move", from),
        detail: kind ? "it is a directory, move it as one" : "no such file or link",
      });
    }
    const { moveLink } = await import("./move_link.ts");
    const paths = { from: tree.path(from), target: tree.path(to) };
    if (!dryRun) await moveLink(this.#setup, { key: from, to, kind, ...paths }, createOnly, signal);
    yield { key: from, to, kind };
  }

  /** What messages name. A key or prefix that leads to what has another one (`a/../`, `/`) is an `InvalidNameError`. */
  #subject(operation: string, key: string): CallName {
    const subject = this.#setup.tree.subject(operation, key);
    const detail = key === "" ? undefined : formFault(key.replace(/\/$/, ""));
    if (detail !== undefined) throw new InvalidNameError({ ...subject, detail });
    return subject;
  }
}
