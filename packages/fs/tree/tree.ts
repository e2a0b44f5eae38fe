import {
  basePath,
  type CallName,
  isRoot,
  objectUri,
  PermissionDeniedError,
  uriPathOf,
} from "@lade/core/backend";
import type { SymlinkPolicy } from "../names/local_config.ts";
import type { FileCalls } from "./file_calls.ts";

/**
 * The paths of a store: where a key's file is, and whether symbolic links may lead there.
 *
 * The policy is checked against the real path, right after a file was opened or right before a directory is changed.
 * It keeps a store inside its root whatever links lie in it; it is no defence against a process that swaps
 * directories for links at the very moment of a call, for which the system's own permissions are the means.
 */
export class Tree {
  /** The directory, absolute, without a trailing slash (but that of a root, such as `/`). */
  readonly root: string;
  /** Its URI, without a trailing slash (but that of a root). */
  readonly uri: string;
  /** Whether paths have to be checked at all: a root is not left, but by a link to another one. */
  readonly isGuarded: boolean;
  /** What links may do. */
  readonly policy: SymlinkPolicy;
  readonly #calls: FileCalls;
  readonly #base: string;
  #realBase: string | undefined;

  constructor(scheme: string, root: string, policy: SymlinkPolicy, calls: FileCalls) {
    this.root = root;
    this.policy = policy;
    this.uri = `${scheme}://${uriPathOf(root)}`;
    this.isGuarded = policy === "refuse" || (policy === "follow-inside" && !isRoot(root));
    this.#calls = calls;
    this.#base = basePath(root);
  }

  /** The path of a key's file. */
  path(key: string): string {
    return `${this.#base}/${key}`;
  }

  /** Whether no directory but the root leads to `path`. */
  isRightBelow(path: string): boolean {
    return path.lastIndexOf("/") === this.#base.length;
  }

  /** What an error about a key names. */
  subject(operation: string, key: string): CallName {
    return { operation, uri: objectUri(this.uri, key) };
  }

  /** Whether `path`, whose real path is `real`, may be touched. */
  async allows(path: string, real: string): Promise<boolean> {
    if (!this.isGuarded || this.isKnownToAllow(path, real)) return true;
    this.#realBase = basePath(await this.#calls.realPath(this.root));
    return this.#fits(path, real, this.#realBase);
  }

  /** Whether `path`, whose real path is `real`, may be touched by what is known of the root's real path. */
  isKnownToAllow(path: string, real: string): boolean {
    return this.#realBase !== undefined && this.#fits(path, real, this.#realBase);
  }

  /** Throws a `PermissionDeniedError` unless the existing `path` may be touched, as the root always may. */
  async check(subject: CallName, path: string): Promise<void> {
    if (this.isGuarded && path !== this.root) {
      await this.checkReal(subject, path, await this.#calls.realPath(path));
    }
  }

  /** Throws a `PermissionDeniedError` unless `path`, whose real path is `real`, may be touched. */
  async checkReal(subject: CallName, path: string, real: string): Promise<void> {
    if (!await this.allows(path, real)) throw this.#refusal(subject);
  }

  #refusal(subject: CallName): PermissionDeniedError {
    if (this.policy === "refuse") {
      const detail = 'it is or lies behind a symbolic link, and symlinks is set to "refuse"';
      return new PermissionDeniedError({ ...subject, detail });
    }
    const detail = `a symbolic link leads out of ${JSON.stringify(this.root)}`;
    return new PermissionDeniedError({
      ...subject,
      detail,
      advice: 'set symlinks to "follow" (--config file.symlinks=follow) to follow it',
    });
  }

  /** What `isKnownToAllow` asks of the real path of a file at `path`, by values alone; nothing where it is not known. */
  ruleOf(path: string): PathRule | undefined {
    if (this.#realBase === undefined) return undefined;
    return this.policy === "refuse"
      ? { type: "is", path: this.#realBase + path.slice(this.#base.length) }
      : { type: "below", path: `${this.#realBase}/` };
  }

  #fits(path: string, real: string, realBase: string): boolean {
    if (this.policy === "refuse") return real === realBase + path.slice(this.#base.length);
    return real.startsWith(realBase) && (real.length === realBase.length || real[realBase.length] === "/");
  }
}

/** What the real path of a file has to be: this one, or one that begins so. */
export interface PathRule {
  readonly type: "is" | "below";
  readonly path: string;
}

export { directoryOf } from "@lade/core/backend";
