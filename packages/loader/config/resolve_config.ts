import { checkOptions, optionWords } from "@lade/core/backend";
import type { DatasetBase, MapDataset, StreamDataset, StreamMixture } from "../datasets/dataset.ts";
import type { OrderDescription } from "../order/sampler.ts";
import type { Remainder, World } from "../order/shares.ts";
import type { WeightTable } from "../order/weighted.ts";
import { type Take, type ValueSource, whole } from "./check_options.ts";
import type { EngineOptions, LoaderOptions } from "./loader_options.ts";
import { resolveModule } from "./module_export.ts";
import { resolveWorkers } from "./resolve_workers.ts";
import { resolveOrder } from "./resolve_order.ts";
import { checkMixture, mixtureOrderOf } from "./resolve_mixture.ts";
import { checkStream, streamOrderOf } from "./resolve_stream.ts";

export type { ValueSource };

/** What batches there are and in which order. */
export interface LoaderLevel {
  /** Samples of a batch on this rank. */
  readonly batchSize: number;
  /** Samples of a step, on all ranks. */
  readonly globalBatchSize: number;
  /** Which process this is. */
  readonly world: World;
  /** Decides all that is random. */
  readonly seed: number;
  /** How samples are ordered. */
  readonly order: OrderDescription;
  /** What becomes of samples that fill no whole step. */
  readonly remainder: Remainder;
  /** Times through the data set. */
  readonly epochs: number;
  /** Steps of an epoch, where options say how many. */
  readonly steps?: number;
  /** What is done about a sample that cannot be had: `"fail"`, `"skip"`, or `"function"`, which says it of each. */
  readonly onError: string;
  /** Samples that may be skipped in an epoch. */
  readonly maxSkipped: number;
  /** Whether a data set without samples is gone through as nothing. */
  readonly allowEmpty: boolean;
  /** What makes other samples of samples: `"none"`, `"function"`, or the URL of a module, `#`, and the name of its export. */
  readonly transform: string;
  /** What puts samples together, said the same way. */
  readonly collate: string;
}

/** What is held and read ahead. */
export interface PoolLevel {
  /** Bytes of batches. */
  readonly maxBytes: number;
  /** Batches read ahead. */
  readonly batchesAhead: "auto" | number;
  /** Samples worked on at the same time. */
  readonly samplesInFlight: number;
  /** Workers that run what is of a module; 0 where that is this thread. */
  readonly workers: number;
}

/** How bytes are read. */
export interface EngineLevel {
  /** Bytes between two samples that are read and dropped. */
  readonly coalesceGap: number | "auto";
  /** Bytes asked for as one, at most. */
  readonly coalesceSize: number;
}

/** A loader's configuration with every default written out, by its three levels, and where each value comes from. */
export interface LoaderConfig {
  /** Batches and order. */
  readonly loader: LoaderLevel;
  /** Memory and reading ahead. */
  readonly pool: PoolLevel;
  /** Reading. */
  readonly engine: EngineLevel;
  /** By path, such as `pool.maxBytes`. */
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** What options may be; what is `"any"` is looked at where it is resolved. */
export const LOADER_OPTIONS = {
  batchSize: "any",
  globalBatchSize: "any",
  world: "any",
  seed: "any",
  shuffle: "any",
  weights: "any",
  samplesPerEpoch: "any",
  remainder: "any",
  epochs: "any",
  steps: "any",
  transform: "any",
  collate: "any",
  onError: "any",
  maxSkipped: "any",
  allowEmpty: "boolean",
  state: "any",
  signal: "signal",
  pool: "any",
  engine: "any",
  context: "any",
} as const;
const POOL = {
  maxBytes: "any",
  batchesAhead: "any",
  samplesInFlight: "any",
  buffers: "any",
  workers: "any",
} as const;
const ENGINE = { coalesceGap: "any", coalesceSize: "any" } as const;
const WORLD = { rank: "any", size: "any" } as const;

const BATCH = 1;
const SAMPLES_IN_FLIGHT = 256;
const COALESCE_SIZE = 8 * 2 ** 20;
const MAX_SKIPPED = 100;

/** The options that a configuration says. Of what works on samples it says which it is. */
export interface ConfigOptions extends Omit<LoaderOptions<unknown>, "transform" | "collate"> {
  /** Of samples of any type. */
  readonly transform?: unknown;
  /** Of batches of any type. */
  readonly collate?: unknown;
}

/** What a configuration is resolved with. */
export interface ConfigGround {
  /** The data set. */
  readonly dataset:
    & Pick<DatasetBase, "uri">
    & Partial<Pick<MapDataset<unknown>, "length" | "blocks" | "parts">>;
  /** The data set, where its samples can only be gone through. */
  readonly stream?: Pick<StreamDataset<unknown>, "parts" | "window">;
  /** The data set, where it is several of which some can only be gone through. */
  readonly mixture?: Pick<StreamMixture<unknown>, "uri" | "members">;
  /** What samples are drawn by, where the options have weights. */
  readonly weights?: WeightTable | undefined;
  /** Bytes that the context's byte budget has. */
  readonly budget: number;
  /** Processors of the machine; 1 by default. */
  readonly processors?: number;
}

/**
 * Writes out every default. Options that are not known, and those that contradict one another, are a `TypeError` that says
 * which are known, or what does not fit.
 */
export function resolveConfig(
  options: ConfigOptions,
  ground: ConfigGround,
): LoaderConfig {
  checkOptions("make a loader", options, LOADER_OPTIONS);
  const { pool, engine, world } = options;
  if (pool !== undefined) checkOptions("make a loader's pool", pool, POOL);
  if (engine !== undefined) checkOptions("make a loader's engine", engine, ENGINE);
  if (world !== undefined) checkOptions("make a loader's world", world, WORLD);
  const sources: Record<string, ValueSource> = {};
  const take = <V>(path: string, given: V | undefined, otherwise: V, source: ValueSource = "default"): V => {
    sources[path] = given === undefined ? source : "option";
    return given === undefined ? otherwise : given;
  };
  return {
    loader: loaderLevel(options, ground, take),
    pool: poolLevel(options, ground, take),
    engine: engineLevel(options.engine ?? {}, take),
    sources,
  };
}

function loaderLevel(
  options: ConfigOptions,
  ground: ConfigGround,
  take: Take,
): LoaderLevel {
  const world = take("loader.world", options.world, { rank: 0, size: 1 });
  whole("world.size", world.size, 1);
  whole("world.rank", world.rank, 0);
  if (world.rank >= world.size) {
    throw new TypeError(
      `Cannot load as rank ${world.rank} of ${world.size}: ranks are counted from 0 to ${world.size - 1}`,
    );
  }
  const { batchSize: perRank, globalBatchSize: ofAll } = options;
  if (perRank !== undefined && ofAll !== undefined) {
    throw new TypeError("Cannot load with both batchSize and globalBatchSize: one of them says the other");
  }
  if (perRank !== undefined) whole("batchSize", perRank, 1);
  if (ofAll !== undefined) {
    whole("globalBatchSize", ofAll, 1);
    if (ofAll % world.size !== 0) {
      throw new TypeError(
        `Cannot share a globalBatchSize of ${ofAll} among ${world.size} ranks: it is no multiple of them`,
      );
    }
  }
  const batchSize = ofAll === undefined ? take("loader.batchSize", perRank, BATCH) : ofAll / world.size;
  const globalBatchSize = take("loader.globalBatchSize", ofAll, batchSize * world.size);
  const remainder = take<Remainder>("loader.remainder", options.remainder, "short");
  if (!["short", "drop", "pad"].includes(remainder)) {
    throw new TypeError(
      `Cannot load with remainder ${optionWords(remainder)}: it is "short", "drop" or "pad"`,
    );
  }
  const { onError } = options;
  if (onError !== undefined && typeof onError !== "function" && !["fail", "skip"].includes(onError)) {
    throw new TypeError(
      `Cannot load with onError ${
        optionWords(onError)
      }: it is "fail", "skip" or a function that gives one of them`,
    );
  }
  const { stream, mixture } = ground;
  const order = mixture
    ? mixtureOrderOf(options, mixture, take)
    : stream
    ? streamOrderOf(options, stream, take)
    : resolveOrder(options, ground, take);
  const { length } = order;
  if (remainder === "drop" && length > 0 && length < globalBatchSize) {
    throw new TypeError(
      `Cannot drop the remainder: the ${length} samples are less than a step of ${globalBatchSize}, so nothing is left`,
    );
  }
  const seed = take("loader.seed", options.seed, 0);
  whole("seed", seed, Number.MIN_SAFE_INTEGER);
  const epochs = take("loader.epochs", options.epochs, Infinity);
  if (epochs !== Infinity) whole("epochs", epochs, 0);
  const maxSkipped = take("loader.maxSkipped", options.maxSkipped, MAX_SKIPPED);
  if (maxSkipped !== Infinity) whole("maxSkipped", maxSkipped, 0);
  const { steps } = options;
  if (steps !== undefined) whole("steps", take("loader.steps", steps, steps), 1);
  if (mixture) checkMixture(mixture, { order, world, remainder, steps });
  else if (stream) checkStream(stream, { order, world, remainder, steps });
  else if (steps !== undefined) {
    throw new TypeError(
      "Cannot load with steps: they are of streams, and here the samples say how many there are",
    );
  }
  return {
    batchSize,
    globalBatchSize,
    world: { rank: world.rank, size: world.size },
    seed,
    order,
    remainder,
    ...(steps !== undefined && { steps }),
    epochs,
    onError: take("loader.onError", typeof onError === "function" ? "function" : onError, "fail"),
    maxSkipped,
    allowEmpty: take("loader.allowEmpty", options.allowEmpty, false),
    transform: take("loader.transform", wordsOf("transform", options.transform), "none"),
    collate: take("loader.collate", wordsOf("collate", options.collate), "none"),
  };
}

function wordsOf(name: "transform" | "collate", option: unknown): string | undefined {
  if (option === undefined) return undefined;
  const module = resolveModule(name, option);
  return module ? `${module.url}#${module.name}` : "function";
}

function poolLevel(
  { pool: options = {}, transform, collate }: ConfigOptions,
  { budget, processors = 1 }: ConfigGround,
  take: Take,
): PoolLevel {
  const maxBytes = take("pool.maxBytes", options.maxBytes, Math.floor(budget / 2));
  whole("pool.maxBytes", maxBytes, 1);
  const batchesAhead = take("pool.batchesAhead", options.batchesAhead, "auto");
  if (batchesAhead !== "auto") whole("pool.batchesAhead", batchesAhead, 0);
  const { samplesInFlight: inFlight } = options;
  const samplesInFlight = take(
    "pool.samplesInFlight",
    inFlight === "auto" ? undefined : inFlight,
    SAMPLES_IN_FLIGHT,
  );
  whole("pool.samplesInFlight", samplesInFlight, 1);
  const isOfModule = [transform, collate].some((work) => typeof work === "object");
  const { workers: wanted } = options;
  const given = wanted === "auto" ? undefined : wanted;
  const workers = take("pool.workers", given, resolveWorkers(given, { isOfModule, processors }));
  return { maxBytes, batchesAhead, samplesInFlight, workers };
}

function engineLevel(
  options: EngineOptions,
  take: Take,
): EngineLevel {
  const coalesceGap = take<number | "auto">("engine.coalesceGap", options.coalesceGap, "auto");
  if (coalesceGap !== "auto") whole("engine.coalesceGap", coalesceGap, 0);
  const coalesceSize = take("engine.coalesceSize", options.coalesceSize, COALESCE_SIZE);
  whole("engine.coalesceSize", coalesceSize, 1);
  return { coalesceGap, coalesceSize };
}
