import { InvalidNameError, NotEmptyError, PermissionDeniedError, UnsupportedError } from "@lade/core/errors";
import { deletePrefix, listVersions, placeOf } from "@lade/core/operations";
import { parseUri, pathOfUri } from "@lade/core/backend";
import { asPrefix, type LocatedUri, type UriCalls, whatIsLeft } from "@lade/transfer/places";
import { needDirectory, refuseDirectory } from "./refuse_directory.ts";
import { removeVersions, tellVersions } from "./settle_versions.ts";
import { type Removal, type RemovalAdvice, SCRIPT_ADVICE } from "./removal.ts";

/** What services call the version of an object that was written while none were kept. */
const NO_VERSION = "null";
/** How many versions are read: one page. */
const ENOUGH_VERSIONS = 1000;

/** What container is to be removed. */
export interface ContainerRequest {
  /** Names it. */
  readonly uri: string;
  /** Everything in it goes first; without it a container that holds anything is left alone. */
  readonly force?: boolean;
  /** With `force`: all versions and delete markers go, instead of the objects. */
  readonly versions?: boolean;
  /** What messages say to do; words for scripts by default. */
  readonly advice?: RemovalAdvice;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * Finds out which container a URI names and whether it may be removed, before anything is. A URI of a key or of a
 * prefix is an `InvalidNameError`. The last thing that `run` yields is the container itself, unless something in it could
 * not be removed.
 */
export async function settleContainer(lade: UriCalls, request: ContainerRequest): Promise<Removal> {
  const { force = false, versions = false, advice = SCRIPT_ADVICE, signal } = request;
  const call = signal ? { signal } : {};
  const place = await locateContainer(lade, request.uri);
  const { store, uriOf } = place;
  const uri = uriOf("");
  if (store.tree) {
    await needDirectory(store, "remove", uri, call);
    await refuseDirectory(store, "remove", uri, call);
  }
  if (force && !versions && !store.tree) await refuseVersions(place, advice, call);
  const everything = async function* (dryRun: boolean) {
    if (!force) return;
    if (versions) {
      const list = () => listVersions(store, "", call);
      return yield* dryRun ? tellVersions(place, list()) : removeVersions(place, list, call);
    }
    for await (const { key, error } of deletePrefix(store, "", { ...call, dryRun })) {
      yield { uri: uriOf(key), ...(error && { error }) };
    }
  };
  return {
    kind: "container",
    uri,
    place: await placeOf(store, "", call),
    async *preview() {
      if (!force) await refuseContent(place, advice, call);
      yield* everything(true);
      yield { uri };
    },
    async *run() {
      let isEmpty = true;
      for await (const removed of everything(false)) {
        isEmpty &&= !removed.error;
        yield removed;
      }
      if (!isEmpty) return;
      // What a URL says of its container is in no URI.
      const named = /^https?:/i.test(request.uri) ? request.uri : uri;
      await lade.deleteContainer(named, call).catch(async (error) => {
        throw error instanceof NotEmptyError ? await explained(place, request, advice, call, error) : error;
      });
      yield { uri };
    },
  };
}

/** The container that a URI names: with a slash at its end, a directory is one. */
async function locateContainer(lade: UriCalls, uri: string): Promise<LocatedUri> {
  const place = await lade.locate(uri);
  if (place.key === "") return place;
  const prefix = place.key.endsWith("/") ? place : await asPrefix(lade, place);
  if (prefix.key === "") return prefix;
  const detail = place.key.endsWith("/")
    ? "it names a prefix, a container is needed"
    : "it names a key, a container is needed";
  throw new InvalidNameError({ operation: "remove", uri: place.uriOf(place.key), detail });
}

/**
 * A container that keeps versions would keep those of its objects, and stay: that is an error before the first object goes,
 * as far as a page of its versions shows it.
 */
async function refuseVersions(
  { store, uriOf }: LocatedUri,
  advice: RemovalAdvice,
  call: { readonly signal?: AbortSignal },
): Promise<void> {
  let seen = 0;
  try {
    for await (const { version, etag, isDeleteMarker, isLatest } of listVersions(store, "", call)) {
      // What is called by its etag alone is kept or not: only an older one shows it.
      if (!isLatest || isDeleteMarker || (version !== NO_VERSION && version !== etag)) {
        const detail = "it keeps versions, which stay when its objects are removed";
        const uri = uriOf("");
        throw new NotEmptyError({ operation: "remove", uri, detail, advice: advice.versions });
      }
      if (++seen === ENOUGH_VERSIONS) return;
    }
  } catch (error) {
    if (!(error instanceof UnsupportedError || error instanceof PermissionDeniedError)) throw error;
  }
}

async function refuseContent(
  place: LocatedUri,
  advice: RemovalAdvice,
  call: { readonly signal?: AbortSignal },
): Promise<void> {
  const { store, uriOf } = place;
  if (store.tree) {
    for await (const { kind } of store.tree.walk("", call)) {
      if (kind !== "directory") throw await explained(place, {}, advice, call);
    }
  } else {
    for await (const _ of store.list("", { ...call, order: "any", limit: 1 })) {
      throw notEmpty(uriOf(""), advice);
    }
  }
}

async function explained(
  { store, uriOf }: LocatedUri,
  { force = false, versions = false }: Pick<ContainerRequest, "force" | "versions">,
  advice: RemovalAdvice,
  call: { readonly signal?: AbortSignal },
  cause?: NotEmptyError,
): Promise<NotEmptyError> {
  const uri = uriOf("");
  try {
    for await (const _ of store.list("", { ...call, order: "any", limit: 1 })) {
      return notEmpty(uri, advice, cause);
    }
  } catch (error) {
    if (!(error instanceof PermissionDeniedError) || store.tree) throw error;
    const detail = "it holds objects, older versions, delete markers or unfinished uploads";
    return new NotEmptyError({ operation: "remove", uri, detail, advice: advice.force, cause });
  }
  if (store.tree) {
    const left = await whatIsLeft(pathOfUri(parseUri(uri).rest));
    const next = force ? undefined : advice.force;
    return new NotEmptyError({ operation: "remove", uri, detail: left, advice: next, cause });
  }
  // A store that has advice of its own knows what is left.
  if (cause?.advice !== undefined) return cause;
  if (force && versions) {
    const left = "all that could be listed is removed, but the service does not take it for empty";
    const next =
      "wait until other programs have ended, abort unfinished uploads (lade sweep -f), and try again";
    return new NotEmptyError({ operation: "remove", uri, detail: left, advice: next, cause });
  }
  const detail = "it holds no objects, but older versions, delete markers or unfinished uploads";
  return new NotEmptyError({ operation: "remove", uri, detail, advice: advice.versions, cause });
}

function notEmpty(uri: string, { force }: RemovalAdvice, cause?: unknown): NotEmptyError {
  return new NotEmptyError({ operation: "remove", uri, detail: "it holds objects", advice: force, cause });
}
