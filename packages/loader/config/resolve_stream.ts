import type { StreamDataset } from "../datasets/dataset.ts";
import type { OrderDescription } from "../order/sampler.ts";
import type { Remainder, World } from "../order/shares.ts";
import { checkOptions, optionWords } from "@lade/core/backend";
import { type Take, whole } from "./check_options.ts";
import type { LoaderOptions } from "./loader_options.ts";
import { LANES } from "./resolve_order.ts";

/** Samples that are shuffled together, where neither options nor the data set say how many. */
export const WINDOW = 128;

/**
 * The order of a stream that options say. Options that only samples by number can have, and lanes that do not suffice for
 * the world, are a `TypeError` that says what does.
 */
export function streamOrderOf(
  { shuffle, weights, samplesPerEpoch }: Pick<
    LoaderOptions<unknown>,
    "shuffle" | "weights" | "samplesPerEpoch"
  >,
  { parts, window }: Pick<StreamDataset<unknown>, "parts" | "window">,
  take: Take,
): OrderDescription {
  if (weights !== undefined || samplesPerEpoch !== undefined) {
    throw new TypeError(
      "Cannot draw samples of a stream: they have no numbers; lade loader index writes the index of shards",
    );
  }
  const kind = take("loader.shuffle", shuffle, false);
  if (kind === false) return { version: 1, kind: "stream", length: 0, lanes: 1 };
  if (kind !== true && typeof kind !== "object") {
    const fault = kind === "full"
      ? "it can only be gone through, and every sample for itself needs an index (lade loader index)"
      : `there is no ${optionWords(kind)}`;
    throw new TypeError(`Cannot shuffle a stream so: ${fault}; it is true, false, or { window, lanes }`);
  }
  const given = kind === true ? {} : kind;
  checkOptions("make a loader's shuffle of a stream", given, { window: "any", lanes: "any" });
  const most = Math.max(1, Math.min(LANES, parts));
  const order = {
    window: take("loader.shuffle.window", given.window, window ?? WINDOW, window ? "data set" : "default"),
    lanes: take("loader.shuffle.lanes", given.lanes, most, most < LANES ? "data set" : "default"),
  };
  whole("shuffle.window", order.window, 1);
  whole("shuffle.lanes", order.lanes, 1);
  return { version: 1, kind: "stream", length: 0, ...order };
}

/** What was chosen for samples that can only be gone through. */
export interface StreamChoices {
  readonly order: OrderDescription;
  readonly world: World;
  readonly remainder: Remainder;
  readonly steps: number | undefined;
}

/** Throws a `TypeError` for what no stream can do: equal steps of all ranks that nobody says, or samples to fill up with. */
export function checkStream(
  { parts }: Pick<StreamDataset<unknown>, "parts">,
  { order: { lanes = 1 }, world: { size }, remainder, steps }: StreamChoices,
): void {
  if (remainder === "pad") {
    throw new TypeError(
      "Cannot fill up the batches of a stream: its first samples are gone; it is short or drop",
    );
  }
  if (size === 1) return;
  const cannot = `Cannot share a stream among ${size} ranks`;
  const orIndex =
    "or have samples by number: by lade loader index for TFRecord and tar, by lade convert for text and what is compressed";
  if (parts < size) throw new TypeError(`${cannot}: it has ${parts} parts; take more of them, ${orIndex}`);
  if (lanes < size) {
    throw new TypeError(
      `${cannot}: it has ${lanes} lanes, and each is of one rank; shuffle by { lanes: ${size} } or more, ${orIndex}`,
    );
  }
  if (steps === undefined) {
    throw new TypeError(
      `${cannot}: nobody knows how many samples each has, so say how many steps all make with steps, ${orIndex}`,
    );
  }
  if (remainder === "drop") {
    throw new TypeError(`${cannot} and drop a remainder: all make as many steps, some may be short or empty`);
  }
}
