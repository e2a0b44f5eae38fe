import { checkOptions, optionWords } from "@lade/core/backend";
import { quote, redactSecrets } from "@lade/core/text";
import { isMapDataset, type MixtureMember, type StreamMixture } from "../datasets/dataset.ts";
import type { OrderDescription, PartOrder } from "../order/sampler.ts";
import { type Take, whole } from "./check_options.ts";
import type { LoaderOptions } from "./loader_options.ts";
import { LANES, OF_SHUFFLE, shuffledPart } from "./resolve_order.ts";
import { type StreamChoices, WINDOW as STREAM_WINDOW } from "./resolve_stream.ts";

type OrderOptions = Pick<LoaderOptions<unknown>, "shuffle" | "weights" | "samplesPerEpoch">;

/**
 * The order of a mixture of which some data sets can only be gone through. How many samples an epoch draws has to be said,
 * and every lane needs objects of its own of each stream: else it is a `TypeError` that says what would do.
 */
export function mixtureOrderOf(
  { shuffle, weights, samplesPerEpoch }: OrderOptions,
  { uri, members }: Pick<StreamMixture<unknown>, "uri" | "members">,
  take: Take,
): OrderDescription {
  const refuse = (detail: string) => new TypeError(`Cannot load ${quoted(uri)}: ${detail}`);
  if (weights !== undefined) {
    throw new TypeError(
      `Cannot load ${quoted(uri)} by weights of samples: each of its data sets has a weight`,
    );
  }
  if (samplesPerEpoch === undefined) {
    throw refuse(
      `nobody knows how many samples ${
        quoted(streamsOf(members)[0]?.name ?? "")
      } has, so say with samplesPerEpoch how many an epoch draws`,
    );
  }
  whole("samplesPerEpoch", take("loader.samplesPerEpoch", samplesPerEpoch, samplesPerEpoch), 1);
  const kind = take("loader.shuffle", shuffle, false);
  const order = { version: 1, kind: "mixedStreams", length: samplesPerEpoch } as const;
  if (kind === false) return { ...order, lanes: 1, parts: members.map(asItLies) };
  if (kind !== true && typeof kind !== "object") {
    const fault = kind === "full"
      ? `${
        quoted(streamsOf(members)[0]?.name ?? "")
      } can only be gone through, and every sample for itself needs an index or a pack`
      : `there is no ${optionWords(kind)}`;
    throw refuse(`it cannot be shuffled so: ${fault}; it is true, false, or { block, window, lanes }`);
  }
  const given = kind === true ? {} : kind;
  checkOptions("make a loader's shuffle", given, OF_SHUFFLE);
  const { block, window } = given;
  if (block !== undefined) whole("shuffle.block", take("loader.shuffle.block", block, block), 1);
  if (window !== undefined) whole("shuffle.window", take("loader.shuffle.window", window, window), 1);
  const lanes = take("loader.shuffle.lanes", given.lanes, 1);
  whole("shuffle.lanes", lanes, 1);
  const fewest = streamsOf(members).reduce((least, next) => next.parts < least.parts ? next : least);
  if (lanes > fewest.parts) {
    throw refuse(
      `it cannot be shuffled in ${lanes} lanes: each needs objects of its own, and ${
        quoted(fewest.name)
      } has ${fewest.parts}`,
    );
  }
  // A lane goes through several runs of each data set side by side: as many as each lane can have.
  const runs = (most: number) => lanes * Math.max(1, Math.floor(Math.min(LANES, most) / lanes));
  const parts = members.map(({ dataset, weight }): PartOrder => {
    if (isMapDataset(dataset)) {
      const part = shuffledPart(dataset, { weight, isAuto: kind === true, block });
      return part.kind === "block" ? { ...part, lanes: runs(dataset.blocks?.lanes ?? LANES) } : part;
    }
    const { window: own = STREAM_WINDOW, parts } = dataset;
    return { length: 0, weight, kind: "stream", window: window ?? own, lanes: runs(parts) };
  });
  return { ...order, lanes, parts };
}

/** Throws a `TypeError` for what no mixture of streams can do. */
export function checkMixture(
  { uri, members }: Pick<StreamMixture<unknown>, "uri" | "members">,
  { order: { lanes = 1 }, world: { size }, remainder, steps }: StreamChoices,
): void {
  const refuse = (detail: string) => new TypeError(`Cannot load ${quoted(uri)}: ${detail}`);
  if (steps !== undefined) throw refuse("steps are of one stream; samplesPerEpoch says how many it draws");
  if (remainder === "pad") {
    throw refuse("no batch can be filled up with first samples, which are gone; remainder is short or drop");
  }
  if (lanes >= size) return;
  const cannot = `${size} ranks cannot share it`;
  const orPack =
    "or give its samples numbers: lade loader index does for TFRecord and tar, lade loader pack for all";
  for (const { name, parts } of streamsOf(members)) {
    if (parts >= size) continue;
    throw refuse(
      `${cannot}: each needs objects of its own, and ${quoted(name)} has ${parts}; take more, ${orPack}`,
    );
  }
  throw refuse(
    `${cannot}: it has ${lanes} ${lanes === 1 ? "lane" : "lanes"}, and each is of one rank; \
shuffle by { lanes: ${size} } or more, ${orPack}`,
  );
}

function streamsOf(members: readonly MixtureMember<unknown>[]) {
  return members.flatMap(({ name, dataset }) =>
    isMapDataset(dataset) ? [] : [{ name, parts: dataset.parts }]
  );
}

function asItLies({ weight, dataset }: MixtureMember<unknown>): PartOrder {
  return isMapDataset(dataset)
    ? { length: dataset.length, weight, kind: "sequential" }
    : { length: 0, weight, kind: "stream", lanes: 1 };
}

function quoted(name: string): string {
  return quote(redactSecrets(name));
}
