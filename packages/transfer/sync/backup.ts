import type { ObjectMeta } from "@lade/core";
import { parseUri } from "@lade/core/backend";
import { InvalidNameError } from "@lade/core/errors";
import { copyObject, moveObject, type PlaceJudge } from "@lade/core/operations";
import { DestinationDirectory } from "../execute/destination_directory.ts";
import { byScheme } from "../places/by_scheme.ts";
import { localPathOf, type Place, placeBelow } from "../places/place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { RootWatch } from "../plan/root_watch.ts";
import { LinkGuard } from "./link_guard.ts";

/** What a {@linkcode Backup} works with. */
export interface BackupConfig {
  /** The stores. */
  readonly lade: UriCalls;
  /** The prefix below which everything is kept. */
  readonly directory: Place;
  /** What it keeps objects of: a local backup is open to nobody to whom that is closed. */
  readonly keeps: Place;
  /** What that becomes like. */
  readonly source: Place;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Keeps what a synchronization replaces or deletes, each under its name in a prefix of its own, by the service's own means
 * where it has both. What the backup has of a name already is replaced. A symbolic link below a local one may lead to what
 * is to be kept, or to the source: nothing is written through it, nor once a directory is one of these by a second mount.
 */
export class Backup {
  readonly #config: BackupConfig;
  readonly #made: DestinationDirectory;
  readonly #guard: LinkGuard | undefined;
  readonly #watches: readonly RootWatch[];
  #mounted: Promise<string | undefined> = Promise.resolve(undefined);

  /** Makes nothing yet. */
  constructor(config: BackupConfig) {
    this.#config = config;
    const { lade, directory, keeps, source } = config;
    this.#made = new DestinationDirectory(lade, { kind: "prefix", place: directory }, localPathOf(keeps.uri));
    const path = localPathOf(directory.uri);
    this.#guard = path === undefined ? undefined : new LinkGuard(path);
    this.#watches = [source, keeps].flatMap(({ uri }) => RootWatch.below(directory.uri, uri) ?? []);
  }

  /** Where an object of this name is kept. */
  placeOf(name: string): Place {
    return placeBelow(this.#config.directory, name);
  }

  /** Removes its directory again if it was made and nothing came to be in it. */
  async removeIfUnused(): Promise<void> {
    await this.#made.removeIfUnused();
  }

  /** Copies an object there, if it still is what was listed: it is replaced afterwards. */
  async copy(from: Place, listed: ObjectMeta, name: string): Promise<void> {
    const { store, key } = await this.#open(name);
    await copyObject(from.store, from.key, store, key, this.#options(listed));
  }

  /** Moves an object there, if it still is what was listed. */
  async move(from: Place, listed: ObjectMeta, name: string): Promise<void> {
    const to = await this.#open(name);
    const { judge, lade } = this.#config;
    const areLocal = localPathOf(from.uri) !== undefined && localPathOf(to.uri) !== undefined;
    const near = from.store !== to.store && areLocal
      ? await byScheme(lade, parseUri(from.uri).scheme, [from, to])
      : undefined;
    const [here = from, there = to] = near ?? [];
    await moveObject(here.store, here.key, there.store, there.key, { ...this.#options(listed), judge });
  }

  async #open(name: string): Promise<Place> {
    const to = this.placeOf(name);
    const link = await this.#guard?.linkIn(name);
    if (link !== undefined) {
      const detail = `${JSON.stringify(this.placeOf(link).uri)} is a symbolic link, and may lead anywhere`;
      throw new InvalidNameError({ operation: "back up to", uri: to.uri, detail, advice: "remove it" });
    }
    for (const watch of this.#watches) {
      const [before, found] = [this.#mounted, watch.find(name)];
      if (found) this.#mounted = before.then(async (at) => at ?? await found);
    }
    const mounted = await this.#mounted;
    if (mounted !== undefined) {
      const detail = `${JSON.stringify(this.placeOf(mounted).uri)} is the source or the destination`;
      throw new InvalidNameError({ operation: "back up to", uri: to.uri, detail });
    }
    await this.#made.make();
    return to;
  }

  #options(listed: ObjectMeta) {
    const { signal } = this.#config;
    return { signal, ...(listed.etag !== undefined && { sourceIfMatch: listed.etag }) };
  }
}
