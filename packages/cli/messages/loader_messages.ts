import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { DatasetKind, LoaderConfig, ManifestDifference, PartOrder } from "@lade/loader";
import { counted } from "../output/counted.ts";
import type { Json, Message } from "../output/message.ts";

/** What a loader would do. */
export interface LoaderPlan {
  /** What is loaded. */
  readonly uri: string;
  /** Samples of it, where they have numbers. */
  readonly samples?: number;
  /** Objects of it, where its samples can only be gone through. */
  readonly objects?: number;
  /** Of its content. */
  readonly fingerprint: string;
  /** Every setting. */
  readonly config: LoaderConfig;
  /** Steps of an epoch; `NaN` where nobody knows. */
  readonly stepsPerEpoch: number;
  /** The first samples of this rank, where they have numbers. */
  readonly first?: readonly number[];
  /** The data sets, where there are several. */
  readonly parts?: readonly PlanPart[];
  /** How often each of them is drawn in the first epoch. */
  readonly draws?: readonly number[];
}

/** One of several data sets that are planned. */
export interface PlanPart {
  /** What samples and failures call it. */
  readonly name: string;
  /** The URI it was made of. */
  readonly uri: string;
  /** How often it is drawn beside the others. */
  readonly weight: number;
  /** Its samples, where they have numbers. */
  readonly length?: number;
  /** Its objects, where its samples can only be gone through. */
  readonly objects?: number;
}

/** What a loader would do, a line for each setting. */
export class LoaderPlanMessage implements Message {
  readonly #plan: LoaderPlan;

  /** Shows `plan`. */
  constructor(plan: LoaderPlan) {
    this.#plan = plan;
  }

  /** The data set, the settings with where they come from, and what this rank begins with. */
  toText(): string {
    const { uri, fingerprint, config, stepsPerEpoch, first } = this.#plan;
    const { world: { rank, size } } = config.loader;
    const parts = partsOf(this.#plan);
    const steps = Number.isNaN(stepsPerEpoch)
      ? "nobody knows how many steps are in an epoch"
      : `${counted(stepsPerEpoch, "step")} in an epoch`;
    const samplesOf = first?.map((sample) => sampleText(sample, parts)).join(", ");
    const begins = samplesOf === undefined
      ? "goes through its own lanes"
      : `begins with ${samplesOf === "" ? "nothing" : `sample ${samplesOf}`}`;
    const what = whatText(this.#plan);
    const settings = settingsOf(config).map(({ value, ...rest }) => ({ ...rest, value: printable(value) }));
    const [wide, values] = [
      settings.map(({ name }) => name.length),
      settings.map(({ value }) => value.length),
    ];
    const lines = settings.map(({ name, value, source }) =>
      `  ${name.padEnd(Math.max(...wide))}  ${value.padEnd(Math.max(...values))}  ${source}`.trimEnd()
    );
    return [
      `${printable(redactSecrets(uri))}: ${what}, fingerprint ${fingerprint}`,
      ...parts.map((part, place) => `  ${place + 1}: ${partText(part)}`),
      ...lines,
      `${steps}; rank ${rank} of ${size} ${begins}`,
    ].join("\n");
  }

  /** All of it. */
  toJson(): Json {
    const { uri, samples, objects, fingerprint, config, stepsPerEpoch, first } = this.#plan;
    const settings: Record<string, Json> = {};
    const parts = partsOf(this.#plan);
    for (const { name, value, source } of settingsOf(config)) settings[name] = { value, source };
    return {
      type: "loaderPlan",
      uri: redactSecrets(uri),
      ...(samples !== undefined && { samples }),
      ...(objects !== undefined && { objects }),
      fingerprint,
      stepsPerEpoch: Number.isNaN(stepsPerEpoch) ? null : stepsPerEpoch,
      ...(first && { first: [...first] }),
      ...(parts.length > 0 && {
        parts: parts.map(({ start: _, uri, name, ...part }) => ({
          name: redactSecrets(name),
          uri: redactSecrets(uri),
          ...part,
        })),
      }),
      ...(first && parts.length > 0 && {
        firstOf: first.map((sample) => {
          const part = parts.findLastIndex(({ start }) => start <= sample);
          return { part, sample: sample - (parts[part]?.start ?? 0) };
        }),
      }),
      settings,
    };
  }
}

/** One of several data sets. */
interface PlannedPart {
  readonly name: string;
  readonly uri: string;
  readonly samples?: number;
  readonly objects?: number;
  readonly weight: number;
  /** Of all weights. */
  readonly share: number;
  readonly draws: number;
  readonly order: string;
  /** Its first sample, among all. */
  readonly start: number;
}

function partsOf({ parts = [], draws = [], config }: LoaderPlan): PlannedPart[] {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  let end = 0;
  return parts.map(({ name, uri, length, objects, weight }, place) => ({
    name,
    uri,
    ...(length !== undefined && { samples: length }),
    ...(objects !== undefined && { objects }),
    weight,
    share: weight / total,
    draws: draws[place] ?? 0,
    order: orderText(config.loader.order.parts?.[place]),
    start: (end += length ?? 0) - (length ?? 0),
  }));
}

/** How much there is, as far as it is known before anything is read. */
function whatText(
  { samples, objects, parts = [] }: Pick<LoaderPlan, "samples" | "objects" | "parts">,
): string {
  if (samples !== undefined) return counted(samples, "sample");
  if (objects !== undefined) return `a stream of ${counted(objects, "object")}`;
  return `${counted(parts.length, "data set")}, of which some can only be gone through`;
}

function orderText({ kind, block, window, lanes = 1 }: Partial<PartOrder> = {}): string {
  if (kind === "stream" && window !== undefined) {
    return `objects shuffled in ${counted(lanes, "lane")}, and ${counted(window, "sample")} together`;
  }
  if (kind === "block") return `blocks of ${counted(block ?? 1, "sample")}, ${window} together`;
  return kind === "full" ? "each sample for itself" : "as they lie";
}

function partText({ uri, name, weight, share, draws, order, ...part }: PlannedPart): string {
  const called = name === uri ? uri : `${name} (${uri})`;
  return `${printable(redactSecrets(called))}: ${whatText(part)}, weight ${weight} \
(${(share * 100).toFixed(1)} %), drawn ${counted(draws, "time")} in the first epoch, ${order}`;
}

/** A sample by its number; of several data sets behind which one it is of. */
function sampleText(sample: number, parts: readonly PlannedPart[]): string {
  const part = parts.findLastIndex(({ start }) => start <= sample);
  return part < 0 ? `${sample}` : `${part + 1}:${sample - (parts[part]?.start ?? 0)}`;
}

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

function settingsOf({ loader, pool, engine, sources }: LoaderConfig): Setting[] {
  const { order, world, epochs: _, ...rest } = loader;
  const { version: _version, length, kind, parts, ...shape } = order;
  const all: Record<string, unknown> = {
    // Each of several data sets has an order of its own.
    ...(parts
      ? { "loader.samplesPerEpoch": length }
      : { "loader.shuffle": kind === "sequential" ? "none" : kind }),
    ...Object.fromEntries(Object.entries(shape).map(([name, value]) => [`loader.shuffle.${name}`, value])),
    "loader.world": `${world.rank} of ${world.size}`,
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [`loader.${name}`, value])),
    ...Object.fromEntries(Object.entries(pool).map(([name, value]) => [`pool.${name}`, value])),
    ...Object.fromEntries(Object.entries(engine).map(([name, value]) => [`engine.${name}`, value])),
  };
  return Object.entries(all).map(([name, value]) => ({
    name,
    value: String(value),
    source: sources[name] ?? "",
  }));
}

/** A manifest that was written, or compared with what lies there. */
export interface ManifestLine {
  /** Where it is. */
  readonly uri: string;
  /** What the samples are. */
  readonly kind: DatasetKind;
  /** Objects in it. */
  readonly objects: number;
  /** Bytes of them. */
  readonly bytes: number;
  /** What was done, or found. */
  readonly state: "written" | "current" | "stale";
  /** In what the one that was there differs from what lies there, with URIs. */
  readonly difference?: ManifestDifference;
}

/** What became of a manifest. */
export class LoaderManifestMessage implements Message {
  readonly #line: ManifestLine;

  /** Shows `line`. */
  constructor(line: ManifestLine) {
    this.#line = line;
  }

  /** Where, what it lists, and what changed. */
  toText(): string {
    const { uri, kind, objects, bytes, state, difference } = this.#line;
    const told = difference && differenceText(difference);
    const changes = told ? `; ${told}` : state === "written" && difference ? "; nothing changed" : "";
    return `${state === "written" ? "manifest" : state} ${printable(redactSecrets(uri))} (${
      counted(objects, "object")
    } of ${kind}, ${formatSize(bytes)}${changes})`;
  }

  /** All of it. */
  toJson(): Json {
    const { uri, difference, ...rest } = this.#line;
    const { added, gone, changed } = difference ?? {};
    return {
      type: "manifest",
      uri: redactSecrets(uri),
      ...rest,
      ...(difference && { added, gone, changed }),
    };
  }
}

/** What changed below a prefix since its manifest was written, with one object of each; empty where nothing did. */
export function differenceText({ added, gone, changed, examples }: ManifestDifference): string {
  const told = (count: number, what: string, example: string | undefined) =>
    count === 0 ? [] : [
      `${counted(count, "object")} ${what}${
        example === undefined ? "" : `, such as ${printable(redactSecrets(JSON.stringify(example)))}`
      }`,
    ];
  return [
    ...told(added, "more", examples.added),
    ...told(gone, "gone", examples.gone),
    ...told(changed, "changed", examples.changed),
  ].join("; ");
}
