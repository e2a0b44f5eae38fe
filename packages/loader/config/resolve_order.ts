import { checkOptions, optionWords } from "@lade/core/backend";
import { quote, redactSecrets } from "@lade/core/text";
import type { MapDataset, SampleBlocks } from "../datasets/dataset.ts";
import type { OrderDescription, PartOrder } from "../order/sampler.ts";
import type { WeightTable } from "../order/weighted.ts";
import { type Take, whole } from "./check_options.ts";
import type { LoaderOptions } from "./loader_options.ts";

const WINDOW = 8;
/** Runs that are gone through side by side, where nobody says how many. */
export const LANES = 16;
/** What an object that shuffles blocks may say. */
export const OF_SHUFFLE = { block: "any", window: "any", lanes: "any" } as const;

/** What an order is made for. */
export interface ResolveOrderGround {
  /** The data set. */
  readonly dataset:
    & { readonly uri: string }
    & Partial<Pick<MapDataset<unknown>, "length" | "blocks" | "parts">>;
  /** What samples are drawn by, where the options have weights. */
  readonly weights?: WeightTable | undefined;
}

type OrderOptions = Pick<LoaderOptions<unknown>, "shuffle" | "weights" | "samplesPerEpoch">;

/** The order that options say; a `TypeError` where they contradict one another or the data set. */
export function resolveOrder(
  { shuffle, weights, samplesPerEpoch }: OrderOptions,
  { dataset, weights: table }: ResolveOrderGround,
  take: Take,
): OrderDescription {
  const { uri, length, parts } = dataset;
  const called = quote(redactSecrets(uri));
  if (weights === undefined && !parts) {
    if (samplesPerEpoch === undefined) return orderOfAll(shuffle, dataset, take);
    throw new TypeError(
      `Cannot load ${samplesPerEpoch} samples in an epoch of ${called}: it brings each sample once; samplesPerEpoch is of \
weights and of several data sets`,
    );
  }
  if (length === undefined) {
    throw new TypeError(
      `Cannot draw samples of ${called}: they have no numbers; lade loader index writes the index of shards`,
    );
  }
  const drawn = take("loader.samplesPerEpoch", samplesPerEpoch, length, "data set");
  whole("samplesPerEpoch", drawn, 1);
  if (parts) {
    if (weights === undefined) return mixtureOf(parts, { shuffle, length: drawn }, take);
    throw new TypeError(`Cannot load ${called} by weights of samples: each of its data sets has a weight`);
  }
  if (shuffle !== undefined) {
    throw new TypeError(
      "Cannot load with both weights and shuffle: what is drawn by weights has an order of its own",
    );
  }
  if (!table || table.length !== length) {
    throw new TypeError(`Cannot load ${called} by ${table?.length} weights: it has ${length} samples`);
  }
  take("loader.weights", weights, undefined);
  return { version: 1, kind: "weighted", length: drawn, weights: table.hash };
}

function orderOfAll(
  shuffle: OrderOptions["shuffle"],
  { length = 0, blocks }: ResolveOrderGround["dataset"],
  take: Take,
): OrderDescription {
  const kind = take("loader.shuffle", shuffle, false);
  if (kind === false) return { version: 1, kind: "sequential", length };
  if (kind === "full" || (kind === true && !blocks)) return { version: 1, kind: "full", length };
  const { block, window, lanes } = blockShuffleOf(kind, blocks ? [blocks] : [], take);
  const records = take("loader.shuffle.block", block, blocks?.records ?? 1, blocks ? "data set" : "default");
  whole("shuffle.block", records, 1);
  return { version: 1, kind: "block", length, block: records, window, lanes };
}

/** Each data set is gone through in the order that it would have alone. */
function mixtureOf(
  parts: NonNullable<MapDataset<unknown>["parts"]>,
  { shuffle, length }: { readonly shuffle: OrderOptions["shuffle"]; readonly length: number },
  take: Take,
): OrderDescription {
  const kind = take("loader.shuffle", shuffle, false);
  const plain = (kind: "sequential" | "full") =>
    parts.map(({ length, weight }): PartOrder => ({ length, weight, kind }));
  if (kind === false || kind === "full") {
    return { version: 1, kind: "mixed", length, parts: plain(kind === false ? "sequential" : "full") };
  }
  const { block, window, lanes } = blockShuffleOf(kind, parts.flatMap(({ blocks }) => blocks ?? []), take);
  if (block !== undefined) whole("shuffle.block", take("loader.shuffle.block", block, block), 1);
  const orders = parts.map((part) =>
    shuffledPart(part, { weight: part.weight, isAuto: kind === true, block, window })
  );
  if (orders.every(({ kind }) => kind === "full")) {
    return { version: 1, kind: "mixed", length, parts: orders };
  }
  return { version: 1, kind: "mixed", length, lanes, parts: orders };
}

/** How samples by number are shuffled within a mixture: with `isAuto` by blocks only where these are side by side. */
export function shuffledPart(
  { length, blocks }: Pick<MapDataset<unknown>, "length" | "blocks">,
  { weight, isAuto, block, window = Math.min(blocks?.window ?? WINDOW, WINDOW) }: {
    readonly weight: number;
    readonly isAuto: boolean;
    readonly block: number | undefined;
    readonly window?: number;
  },
): PartOrder {
  return isAuto && !blocks
    ? { length, weight, kind: "full" }
    : { length, weight, kind: "block", block: block ?? blocks?.records ?? 1, window };
}

/** By default what the data sets say, and of several that which holds the least. */
function blockShuffleOf(shuffle: OrderOptions["shuffle"], told: readonly SampleBlocks[], take: Take) {
  const given = shuffle === true ? {} : shuffle;
  if (typeof given !== "object") {
    throw new TypeError(
      `Cannot shuffle by ${optionWords(shuffle)}: it is true, false, "full", or { block, window, lanes }`,
    );
  }
  checkOptions("make a loader's shuffle", given, OF_SHUFFLE);
  const least = (name: "window" | "lanes", otherwise: number) => {
    const values = told.flatMap((blocks) => blocks[name] ?? []);
    const source = values.length > 0 ? "data set" : "default";
    return take(`loader.shuffle.${name}`, given[name], Math.min(...values, otherwise), source);
  };
  const window = least("window", WINDOW);
  const lanes = least("lanes", LANES);
  whole("shuffle.window", window, 1);
  whole("shuffle.lanes", lanes, 1);
  return { block: given.block, window, lanes };
}
