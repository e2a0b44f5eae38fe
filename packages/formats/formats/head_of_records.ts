import { FormatError } from "../errors/format_error.ts";
import { type FeatureArray, parseExample } from "../example/parse_example.ts";
import type { RowValue } from "../table/value_at.ts";
import { recordsOf } from "../tfrecord/read_records.ts";
import { inputOfTarget } from "../tfrecord/record_input.ts";
import { shortestFloat } from "../text/shortest_float.ts";
import type { Head, HeadOptions, HeadRow } from "./head.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first records: the features of tf.Examples, or of other records their bytes. */
export function headOfRecords({ target }: OpenedFormat, { count, signal }: HeadOptions): Head {
  const call = { ...(signal && { signal }) };
  const rows = async function* (): AsyncGenerator<HeadRow> {
    const batches = recordsOf(await inputOfTarget(target, call), { ...call, isHesitant: true });
    let number = 0;
    let areExamples: boolean | undefined;
    for await (const batch of batches) {
      for (let at = 0; at < batch.length; at++) {
        const record = batch.record(at);
        const example = areExamples === false ? undefined : exampleOf(record);
        areExamples ??= example !== undefined;
        yield example ?? [["record", number], ["bytes", record.length], ["data", record.slice()]];
        if (++number === count) return;
      }
    }
  };
  return { rows: rows() };
}

/** The features of a record; `undefined` where it is no tf.Example. */
function exampleOf(record: Uint8Array): HeadRow | undefined {
  try {
    const { features, lists } = parseExample(record);
    const row = [
      ...Object.entries(features).map(([name, array]) => [name, valueOf(array)] as const),
      ...Object.entries(lists).map(([name, steps]) => [name, steps.map((step) => valueOf(step))] as const),
    ];
    return row.length > 0 || record.length === 0 ? row : undefined;
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
}

/** One value stands for itself. */
function valueOf(array: FeatureArray): RowValue {
  const values: RowValue[] = Array.from(array as Iterable<RowValue>, (value) => {
    if (value instanceof Uint8Array) return value.slice();
    return array instanceof Float32Array ? shortestFloat(Number(value), "float32") : value;
  });
  return values.length === 1 ? values[0] ?? null : values;
}
