import type {
  DataLoader,
  Dataset,
  LoaderOptions,
  MixInput,
  MixOptions,
  Mixture,
  OpenDatasetOptions,
  StreamMixture,
} from "@lade/loader";
import { quote, redactSecrets } from "@lade/core/text";
import { isLocalDirectory, locate, type LocatedUri, locatePrefix } from "@lade/transfer/places";
import { defaultLade } from "./functions.ts";
import type { Lade } from "./lade.ts";

/** Options of {@linkcode dataset}. */
export interface DatasetOptions extends OpenDatasetOptions {
  /** Opens the URI; the one of the free functions by default. */
  readonly lade?: Lade;
}

/** One of several data sets that are drawn by weight, with options that are its own. */
export interface UriPart extends Omit<OpenDatasetOptions, "signal"> {
  /** What lies there. */
  readonly uri: string;
  /**
   * How often it is drawn beside the others; as often as it has samples where none of them says. Where one can only be gone
   * through, each needs a weight.
   */
  readonly weight?: number;
  /** What samples and failures call it; its URI by default. */
  readonly name?: string;
}

/** One of several data sets: its URI, that and more, or a data set that is open already. */
export type MixedPart = string | UriPart | MixInput<unknown>;

/** Options of {@linkcode dataset} over several URIs; those of samples are for data sets that have none of their own. */
export interface MixedDatasetOptions extends DatasetOptions, Pick<MixOptions, "tell"> {}

/** Options of {@linkcode loader}: those of batches and order, and what the samples are. */
export interface UriLoaderOptions<U, B> extends LoaderOptions<unknown, U, B> {
  /** What the samples are. */
  readonly dataset?: MixedDatasetOptions;
}

/**
 * Opens what lies under a URI of any scheme as a data set of samples: whole objects, rows of npy, records of TFRecord or
 * samples of webdataset shards, rows of CSV and JSON lines, as their names say; by the manifest beside them where there is
 * one. What is compressed, and lines of text, can only be gone through (`isMapDataset` tells), as a loader does too.
 */
export async function dataset(uri: string, options?: DatasetOptions): Promise<Dataset<unknown>>;
/**
 * Opens what lies under several URIs, each of any scheme and kind, as one data set, of which each is drawn as often as its
 * weight says (`mixDatasets` of `@lade/loader`); data sets that are open already may be among them. Where one can only be gone
 * through, samples have no numbers (`isStreamMixture` tells). Where one cannot be opened, all others are disposed of.
 */
export async function dataset(
  parts: readonly MixedPart[],
  options?: MixedDatasetOptions,
): Promise<Mixture<unknown> | StreamMixture<unknown>>;
export async function dataset(
  what: string | readonly MixedPart[],
  { tell, ...options }: MixedDatasetOptions = {},
): Promise<Dataset<unknown>> {
  if (Array.isArray(what)) return await mix(what, options, tell === undefined ? {} : { tell });
  if (typeof what !== "string") {
    throw new TypeError("Cannot open a data set of what is neither a URI nor a list of them");
  }
  if (tell === undefined) return await open(what, options);
  throw new TypeError(
    `Cannot let samples of ${quote(redactSecrets(what))} tell their data set: it is one alone`,
  );
}

async function open(
  uri: string,
  { lade = defaultLade(), ...rest }: DatasetOptions,
): Promise<Dataset<unknown>> {
  const [{ store, key }, { openDataset }] = await Promise.all([
    locateDataset(lade, uri),
    import("@lade/loader"),
  ]);
  return await openDataset(store, key, rest);
}

async function mix(
  given: readonly MixedPart[],
  options: DatasetOptions,
  told: Pick<MixOptions, "tell">,
): Promise<Mixture<unknown> | StreamMixture<unknown>> {
  const opening = given.map(async (given, place): Promise<MixInput<unknown>> => {
    const part: UriPart | MixInput<unknown> = typeof given === "string" ? { uri: given } : given;
    if (typeof part !== "object" || part === null || !("dataset" in part || typeof part.uri === "string")) {
      throw new TypeError(
        `Cannot open data set ${place} of several: it is a URI, { uri, weight, name } and options of its own, or { dataset, weight, name }`,
      );
    }
    if ("dataset" in part) return part;
    const { uri, weight, name, ...own } = part;
    return {
      dataset: await open(uri, { ...options, ...own }),
      ...(name !== undefined && { name }),
      ...(weight !== undefined && { weight }),
    };
  });
  const opened = await Promise.allSettled(opening);
  try {
    const { mixDatasets } = await import("@lade/loader");
    const inputs = opened.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    });
    return mixDatasets(inputs, told);
  } catch (error) {
    for (const result of opened) {
      // Of what was given open nothing is known.
      if (result.status === "fulfilled") await result.value.dataset?.[Symbol.asyncDispose]?.();
    }
    throw error;
  }
}

/** A local directory is one store with and without the slash at its end, so that its samples have one fingerprint. */
async function locateDataset(lade: Lade, uri: string): Promise<LocatedUri> {
  const place = await locate(lade, uri);
  return await isLocalDirectory(place.uri) ? await locatePrefix(lade, place) : place;
}

/**
 * Makes a loader over what lies under a URI, or under several, each drawn as its weight says: batches of its samples in an
 * exact order, resumed exactly.
 */
export async function loader<U = unknown, B = readonly U[]>(
  what: string | readonly MixedPart[],
  options: UriLoaderOptions<U, B> = {},
): Promise<DataLoader<B>> {
  const { dataset: given = {}, ...rest } = options;
  const { signal } = rest;
  const opening = { ...(signal && { signal }), ...given };
  const [{ createLoader }, opened] = await Promise.all([
    import("@lade/loader"),
    typeof what === "string" ? dataset(what, opening) : dataset(what, opening),
  ]);
  return createLoader<unknown, U, B>(opened, rest);
}
