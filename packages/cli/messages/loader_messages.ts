import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { DatasetKind, LoaderConfig } from "@lade/loader";
import { counted } from "../output/counted.ts";
import type { Json, Message } from "../output/message.ts";

/** What a loader would do. */
export interface LoaderPlan {
  /** What is loaded. */
  readonly uri: string;
  /** Samples of it. */
  readonly samples: number;
  /** Of its content. */
  readonly fingerprint: string;
  /** Every setting. */
  readonly config: LoaderConfig;
  /** Steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** The first samples of this rank. */
  readonly first: readonly number[];
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
    const { uri, samples, fingerprint, config, stepsPerEpoch, first } = this.#plan;
    const { world: { rank, size } } = config.loader;
    const settings = settingsOf(config);
    const [wide, values] = [
      settings.map(({ name }) => name.length),
      settings.map(({ value }) => value.length),
    ];
    const lines = settings.map(({ name, value, source }) =>
      `  ${name.padEnd(Math.max(...wide))}  ${value.padEnd(Math.max(...values))}  ${source}`.trimEnd()
    );
    return [
      `${printable(redactSecrets(uri))}: ${counted(samples, "sample")}, fingerprint ${fingerprint}`,
      ...lines,
      `${counted(stepsPerEpoch, "step")} in an epoch; rank ${rank} of ${size} begins with ${
        first.length === 0 ? "nothing" : `sample ${first.join(", ")}`
      }`,
    ].join("\n");
  }

  /** All of it. */
  toJson(): Json {
    const { uri, samples, fingerprint, config, stepsPerEpoch, first } = this.#plan;
    const settings: Record<string, Json> = {};
    for (const { name, value, source } of settingsOf(config)) settings[name] = { value, source };
    return {
      type: "loaderPlan",
      uri: redactSecrets(uri),
      samples,
      fingerprint,
      stepsPerEpoch,
      first: [...first],
      settings,
    };
  }
}

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}

function settingsOf({ loader, pool, engine, sources }: LoaderConfig): Setting[] {
  const { order, world, epochs: _, ...rest } = loader;
  const { version: _version, length: _length, kind, ...shape } = order;
  const all: Record<string, unknown> = {
    "loader.shuffle": kind,
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

/** A manifest that was written. */
export interface WrittenManifest {
  /** Where it is. */
  readonly uri: string;
  /** What the samples are. */
  readonly kind: DatasetKind;
  /** Objects in it. */
  readonly objects: number;
  /** Bytes of them. */
  readonly bytes: number;
}

/** That a manifest was written. */
export class LoaderManifestMessage implements Message {
  readonly #written: WrittenManifest;

  /** Shows `written`. */
  constructor(written: WrittenManifest) {
    this.#written = written;
  }

  /** Where, and what it lists. */
  toText(): string {
    const { uri, kind, objects, bytes } = this.#written;
    return `manifest ${printable(redactSecrets(uri))} (${counted(objects, "object")} of ${kind}, ${
      formatSize(bytes)
    })`;
  }

  /** All of it. */
  toJson(): Json {
    const { uri, ...rest } = this.#written;
    return { type: "manifest", uri: redactSecrets(uri), ...rest };
  }
}
