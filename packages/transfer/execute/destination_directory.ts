import { PLATFORM } from "@lade/core/backend";
import { AlreadyExistsError, NotEmptyError, NotFoundError } from "@lade/core/errors";
import { system } from "@lade/core/system";
import type { UriCalls } from "../places/uri_calls.ts";
import { isLocalDirectory, localPathOf } from "../places/place.ts";
import type { Destination } from "../places/resolve_destination.ts";

/** The local directory that a transfer goes to, which is made when the first object is about to be written. */
export class DestinationDirectory {
  readonly #lade: UriCalls;
  readonly #uri: string | undefined;
  readonly #like: string | undefined;
  #making: Promise<boolean> | undefined;
  #isMade = false;

  /**
   * Makes nothing yet. Other destinations need nothing made. `like` is the path of the local directory that it becomes a
   * copy of: it is open to nobody to whom that one is closed.
   */
  constructor(lade: UriCalls, destination: Destination, like?: string) {
    this.#lade = lade;
    this.#like = like;
    const uri = destination.kind === "prefix" ? destination.place.uri : undefined;
    this.#uri = uri !== undefined && localPathOf(uri) !== undefined ? uri : undefined;
  }

  /** Makes the directory unless it is there; nothing to wait for once that is known. */
  make(): Promise<void> | undefined {
    return this.#isMade ? undefined : this.#make();
  }

  async #make(): Promise<void> {
    await (this.#making ??= this.#makeOnce());
    this.#isMade = true;
  }

  /** Removes the directory again if it was made and nothing came to be in it. */
  async removeIfUnused(): Promise<void> {
    if (this.#uri === undefined || !await this.#making?.catch(() => false)) return;
    try {
      await this.#lade.deleteContainer(this.#uri);
    } catch (error) {
      if (!(error instanceof NotEmptyError || error instanceof NotFoundError)) throw error;
    }
  }

  /** Whether it was this that made the directory. */
  async #makeOnce(): Promise<boolean> {
    if (this.#uri === undefined || await isLocalDirectory(this.#uri)) return false;
    try {
      await this.#lade.createContainer(this.#uri);
      if (this.#like !== undefined) await close(localPathOf(this.#uri) ?? "", this.#like);
      return true;
    } catch (error) {
      if (error instanceof AlreadyExistsError) return false;
      throw error;
    }
  }
}

/** Closes a directory to whom another one is closed, but not to its owner. */
async function close(path: string, like: string): Promise<void> {
  const [made, original] = await Promise.all([system.stat(path), system.stat(like).catch(() => undefined)]);
  if (PLATFORM === "windows" || !original?.isDirectory || made.mode === null || original.mode === null) {
    return;
  }
  const mode = made.mode & 0o777 & (original.mode | 0o700);
  if (mode !== (made.mode & 0o777)) await system.chmod(path, mode);
}
