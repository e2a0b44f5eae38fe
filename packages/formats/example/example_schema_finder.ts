import type { ColumnType, Field, Schema } from "../table/schema.ts";
import { decodeName } from "./example_columns.ts";
import { ExampleWalker, type FeatureMap } from "./walk_example.ts";
import { type FeatureKind, FeatureWalker, type ValueSink } from "./walk_feature.ts";
import { WireFault, WireReader } from "./wire_reader.ts";

/** What whole numbers become: `int64`, or numbers of JavaScript, of which each has to be exact. */
export type IntegerForm = "bigint" | "number";

/** What was seen of one feature. */
interface Seen {
  kind?: FeatureKind;
  /** Whether every record that has it has one value; of a list, one in each step. */
  isOne: boolean;
}

/** Counts values, and keeps none. */
const COUNTING: ValueSink = {
  bytes() {},
  floats() {},
  ints(reader, end) {
    let count = 0;
    for (; reader.at < end; count++) reader.varint(end);
    return count;
  },
};

const INTEGERS = { bigint: "int64", number: "float64" } as const;
const TYPES = { bytes: "binary", floats: "float32" } as const;

/**
 * Finds out the columns of tf.Examples by some of them. A feature that always has one value becomes a column of single
 * values, any other a column of lists; one that never held anything becomes none. Bytes stay bytes. Records that are no
 * Examples, or do not fit together, are a {@linkcode WireFault}.
 */
export class ExampleSchemaFinder {
  readonly #reader = new WireReader();
  readonly #walker = new ExampleWalker(this.#reader);
  readonly #feature = new FeatureWalker(this.#reader);
  readonly #seen: Readonly<Record<FeatureMap, Map<string, Seen>>> = { features: new Map(), lists: new Map() };

  /** Looks at the record that lies in `bytes` from `start` up to before `end`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const reader = this.#reader;
    reader.bytes = bytes;
    reader.at = start;
    const entries = new Map<string, { map: FeatureMap; start: number; end: number }>();
    this.#walker.walk(end, (map, name, value) => {
      const decoded = decodeName(bytes, name.start, name.end);
      entries.set(`${map} ${decoded}`, { map, start: value.start, end: value.end });
    });
    for (const [key, entry] of entries) {
      const name = key.slice(entry.map.length + 1);
      const seen: Seen = this.#seen[entry.map].get(name) ?? { isOne: true };
      this.#seen[entry.map].set(name, seen);
      reader.at = entry.start;
      if (entry.map === "features") {
        const count = this.#feature.walk(entry.end, COUNTING);
        if (this.#feature.kind !== undefined) this.#note(seen, name, count, entry.start);
      } else {this.#feature.steps(entry.end, (stepEnd) => {
          const at = reader.at;
          this.#note(seen, name, this.#feature.walk(stepEnd, COUNTING), at);
        });}
    }
  }

  /** The columns, in the order of their names. Each may have rows without a value. */
  finish(integers: IntegerForm = "bigint"): Schema {
    const fields = new Map<string, Field>();
    for (const map of ["features", "lists"] as const) {
      for (const [name, { kind, isOne }] of this.#seen[map]) {
        if (kind === undefined) continue;
        if (fields.has(name)) {
          throw new WireFault(`a feature and a list of features are called ${JSON.stringify(name)}`, 0);
        }
        let type: ColumnType = { kind: kind === "ints" ? INTEGERS[integers] : TYPES[kind] };
        if (!isOne) type = listOf(type);
        fields.set(name, { name, type: map === "lists" ? listOf(type) : type, nullable: true });
      }
    }
    return { fields: [...fields.values()].sort((a, b) => a.name < b.name ? -1 : 1) };
  }

  #note(seen: Seen, name: string, count: number, at: number): void {
    const { kind } = this.#feature;
    if (seen.kind !== undefined && kind !== undefined && seen.kind !== kind) {
      throw new WireFault(`feature ${JSON.stringify(name)} holds ${kind}, and before ${seen.kind}`, at);
    }
    if (kind !== undefined) seen.kind = kind;
    if (count !== 1) seen.isOne = false;
  }
}

function listOf(type: ColumnType): ColumnType {
  return { kind: "list", item: { name: "item", type, nullable: false } };
}
