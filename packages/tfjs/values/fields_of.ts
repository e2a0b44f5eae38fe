import { isNdArray, valuesOf } from "./stack_values.ts";
import { cannot, type Values } from "./values.ts";

/** The elements of each field by name; of data without fields, under the empty name. */
export interface Fields {
  readonly isRecord: boolean;
  readonly values: ReadonlyMap<string, Values>;
}

/**
 * What the data of a batch consist of: one array, samples that are alike, a record of these, or samples that are records of
 * the same names.
 */
export function fieldsOf(data: unknown): Fields {
  if (Array.isArray(data) && isRecord(data[0])) return fieldsOfSamples(data);
  if (!isRecord(data)) return { isRecord: false, values: new Map([["", valuesOf("", data)]]) };
  const fields = Object.entries(data).map(([name, value]) => [name, valuesOf(name, value)] as const);
  return { isRecord: true, values: new Map(fields) };
}

function fieldsOfSamples(samples: readonly unknown[]): Fields {
  const names = Object.keys(samples[0] as object);
  samples.forEach((sample, place) => {
    const own = isRecord(sample) ? Object.keys(sample) : [];
    const odd = names.find((name) => !own.includes(name)) ?? own.find((name) => !names.includes(name));
    if (odd === undefined && isRecord(sample)) return;
    const has = odd !== undefined && own.includes(odd);
    const what = has ? `sample ${place} has it, and the first does not` : `sample ${place} lacks it`;
    throw new TypeError(`${cannot(odd ?? "")}: ${what}; make samples alike by transform`);
  });
  const valuesIn = (name: string) => samples.map((sample) => (sample as Record<string, unknown>)[name]);
  return { isRecord: true, values: new Map(names.map((name) => [name, valuesOf(name, valuesIn(name))])) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value) &&
    !isNdArray(value);
}
