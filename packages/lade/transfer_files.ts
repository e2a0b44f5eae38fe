import { basename } from "node:path";
import type { CopyObjectOptions, CopyObjectResult, CopyTreeOptions, Dropped, LeftOut } from "@lade/core";
import { AlreadyExistsError, InvalidNameError, NotFoundError, UnsupportedError } from "@lade/core/errors";
import { copyTree } from "@lade/core/operations";
import { directoryUri, fileUri, type LocatedUri, type UriCalls } from "@lade/transfer/places";

/** The calls that transfers of files are made of: a `Lade` has them. */
export interface CopyCalls extends UriCalls {
  /** Copies an object. */
  copy(from: string, to: string, options?: CopyObjectOptions): Promise<CopyObjectResult>;
}

/** What a finished transfer of files moved. */
export interface TransferSummary {
  /** Objects copied. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
  /** How many objects lack something that their sources have, by the name of it; absent where none does. */
  readonly dropped?: Readonly<Partial<Record<Dropped["name"], number>>>;
}

/** Uploads files, and directories with all below them, to a prefix. */
export async function uploadFiles(
  lade: CopyCalls,
  paths: Iterable<string>,
  uri: string,
  given: CopyTreeOptions,
): Promise<TransferSummary> {
  const options = { guessContentType: true, ...given };
  if (!uri.endsWith("/")) {
    throw new InvalidNameError({
      operation: "upload to",
      uri,
      detail: "a prefix is needed, which ends in /",
    });
  }
  const target = await lade.locate(uri);
  const tally = new Tally("upload to", uri);
  const names = new Map<string, string>();
  const refuseTwin = (path: string, name: string) => {
    const earlier = names.get(name);
    names.set(name, earlier ?? path);
    if (earlier === undefined) return true;
    const detail = `${JSON.stringify(earlier)} has the same name`;
    tally.fail(new InvalidNameError({ operation: "upload", uri: fileUri(path), detail }));
    return false;
  };
  const all = [...paths];
  for (const path of all) {
    const directory = await isDirectory(path).catch((error) => tally.fail(error));
    if (directory === true) {
      const { filter } = options;
      const from = await lade.locate(directoryUri(path));
      const fits = (key: string) => all.length === 1 || refuseTwin(`${path}/${key}`, key);
      await tally.tree(from, target, {
        ...options,
        filter: (meta) => (filter?.(meta) ?? true) && fits(meta.key.slice(from.key.length)),
      });
    } else if (directory === false && refuseTwin(path, basename(path))) {
      await tally.one(lade, fileUri(path), target.uriOf(target.key + basename(path)), options);
    }
  }
  return tally.summary();
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const detail = "no such file or directory";
    throw new NotFoundError({ operation: "upload", uri: fileUri(path), detail, cause: error });
  }
}

/** Downloads an object, or everything under a prefix, into a directory. */
export async function downloadFiles(
  lade: CopyCalls,
  uri: string,
  directory: string,
  options: CopyTreeOptions,
): Promise<TransferSummary> {
  const source = await lade.locate(uri);
  await makeDirectory(lade, directory);
  const target = await lade.locate(directoryUri(directory));
  const tally = new Tally("download", uri);
  if (source.key === "" || source.key.endsWith("/")) {
    await tally.tree(source, target, options);
  } else {
    const name = source.key.slice(source.key.lastIndexOf("/") + 1);
    await tally.one(lade, uri, target.uriOf(target.key + name), options);
  }
  return tally.summary();
}

async function makeDirectory(lade: CopyCalls, directory: string): Promise<void> {
  try {
    await lade.createContainer(directoryUri(directory));
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
  }
}

/** Counts what was copied, and collects what failed. */
class Tally {
  readonly #action: string;
  readonly #uri: string;
  readonly #errors: unknown[] = [];
  #objects = 0;
  #bytes = 0;
  readonly #dropped: Partial<Record<Dropped["name"], number>> = {};

  constructor(action: string, uri: string) {
    this.#action = action;
    this.#uri = uri;
  }

  /** Copies a tree. What of it has bytes and is no object counts as failed, and would be missed otherwise. */
  async tree(from: LocatedUri, to: LocatedUri, options: CopyTreeOptions): Promise<void> {
    const onLeftOut = (leftOut: LeftOut) => {
      const { hasBytes, key, reason: detail, error } = leftOut;
      options.onLeftOut?.(leftOut);
      if (hasBytes) {
        this.#add(0, error ?? new UnsupportedError({ operation: "copy", uri: from.uriOf(key), detail }));
      }
    };
    const results = copyTree(from.store, from.key, to.store, to.key, { ...options, onLeftOut });
    for await (const { source, error, dropped } of results) this.#add(source.size, error, dropped);
  }

  /** Notes what could not be copied. */
  fail(error: unknown): void {
    this.#add(0, error);
  }

  async one(lade: CopyCalls, from: string, to: string, options: CopyTreeOptions): Promise<void> {
    const { signal, onProgress, checksum, keepTime, guessContentType } = options;
    try {
      const copied = await lade.copy(from, to, {
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
        ...(checksum && { checksum }),
        ...(options.createOnly && { ifNoneMatch: "*" }),
        ...(keepTime !== undefined && { keepTime }),
        ...(guessContentType !== undefined && { guessContentType }),
      });
      this.#add(copied.size, undefined, copied.dropped);
    } catch (error) {
      signal?.throwIfAborted();
      this.#add(0, error);
    }
  }

  summary(): TransferSummary {
    if (this.#errors.length > 0) {
      const [first] = this.#errors;
      const all = this.#errors.length + this.#objects;
      if (all === 1) throw first;
      const counts = `${this.#errors.length} of ${all} objects failed`;
      const reason = first instanceof Error ? first.message : String(first);
      const message = `Cannot ${this.#action} ${JSON.stringify(this.#uri)}: ${counts}; the first: ${reason}`;
      throw new AggregateError(this.#errors, message);
    }
    const dropped = Object.keys(this.#dropped).length > 0 ? { dropped: this.#dropped } : {};
    return { objects: this.#objects, bytes: this.#bytes, ...dropped };
  }

  #add(size: number, error: unknown, dropped: readonly Dropped[] = []): void {
    for (const { name } of dropped) this.#dropped[name] = (this.#dropped[name] ?? 0) + 1;
    if (error !== undefined) this.#errors.push(error);
    else {
      this.#objects++;
      this.#bytes += size;
    }
  }
}
