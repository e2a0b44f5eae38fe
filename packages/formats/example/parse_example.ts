import { FormatError } from "../errors/format_error.ts";
import { decodeName } from "./example_columns.ts";
import { featureValues } from "./feature_values.ts";
import type { IntegerForm } from "./example_schema_finder.ts";
import { ExampleWalker } from "./walk_example.ts";
import { type FeatureKind, FeatureWalker, type ValueSink } from "./walk_feature.ts";
import { WireFault, WireReader } from "./wire_reader.ts";

/** The values of a feature: bytes as views of the record, floats, or whole numbers. Empty where it holds nothing. */
export type FeatureArray = readonly Uint8Array[] | Float32Array | BigInt64Array | Float64Array;

/** What {@linkcode parseExample} found. */
export interface ParsedExample {
  /** The features of the whole, by name. */
  readonly features: Readonly<Record<string, FeatureArray>>;
  /** The lists of features of a SequenceExample, by name: one for each step. */
  readonly lists: Readonly<Record<string, readonly FeatureArray[]>>;
}

/** Options of {@linkcode parseExample}. */
export interface ParseExampleOptions {
  /** What whole numbers become: a `BigInt64Array`, or a `Float64Array`, in which each has to be exact. `"bigint"` by default. */
  readonly integers?: IntegerForm;
  /** The object that the record is of, for messages. */
  readonly uri?: string;
}

/** One record as a tf.Example or SequenceExample. For many, `ExampleColumns` makes no object for any. */
export function parseExample(record: Uint8Array, options: ParseExampleOptions = {}): ParsedExample {
  const { integers = "bigint", uri = "a record" } = options;
  const reader = new WireReader();
  reader.bytes = record;
  const walker = new FeatureWalker(reader);
  const features = new Map<string, FeatureArray>();
  const lists = new Map<string, readonly FeatureArray[]>();
  const parse = (end: number) => {
    const sink = new ArraySink(integers);
    walker.walk(end, sink);
    return sink.finish(walker.kind);
  };
  try {
    new ExampleWalker(reader).walk(record.length, (map, { start, end }, value) => {
      const name = decodeName(record, start, end);
      const after = reader.at;
      reader.at = value.start;
      if (map === "features") features.set(name, parse(value.end));
      else {
        const steps: FeatureArray[] = [];
        walker.steps(value.end, (stepEnd) => steps.push(parse(stepEnd)));
        lists.set(name, steps);
      }
      reader.at = after;
    });
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    const { message, at } = error;
    throw new FormatError({
      operation: "read tf.Example of",
      uri,
      detail: `${message} (at byte ${at})`,
      offset: at,
    });
  }
  return { features: Object.fromEntries(features), lists: Object.fromEntries(lists) };
}

class ArraySink implements ValueSink {
  readonly #bytes: Uint8Array[] = [];
  readonly #floats = featureValues({ kind: "float32" });
  readonly #ints;

  constructor(integers: IntegerForm) {
    this.#ints = featureValues({ kind: integers === "number" ? "float64" : "int64" });
  }

  bytes({ bytes }: WireReader, start: number, end: number): void {
    this.#bytes.push(bytes.subarray(start, end));
  }

  floats(reader: WireReader, start: number, count: number): void {
    this.#floats?.floats(reader, start, count);
  }

  ints(reader: WireReader, end: number): number {
    return this.#ints?.ints(reader, end) ?? 0;
  }

  finish(kind: FeatureKind | undefined): FeatureArray {
    if (kind === undefined || kind === "bytes") return this.#bytes;
    const values = kind === "floats" ? this.#floats : this.#ints;
    return values?.finish().values as FeatureArray;
  }
}
