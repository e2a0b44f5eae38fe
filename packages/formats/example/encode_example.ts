import { WireWriter } from "./wire_writer.ts";

/** The values of a feature: of one of three kinds, which is never guessed. Text is written as UTF-8. */
export type Feature =
  | { readonly bytes: readonly (Uint8Array | string)[] }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number | bigint> };

/** Features by their names. */
export type Features = Readonly<Record<string, Feature>>;

/** A tf.Example, as TensorFlow reads it. What a feature cannot hold is a `TypeError` that names it. */
export function encodeExample(features: Features): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  writer.message(1, () => writeFeatures(writer, features));
  return writer.finish();
}

/** A tf.SequenceExample: features of the whole, and lists of features, one for each step. */
export function encodeSequenceExample(
  context: Features,
  lists: Readonly<Record<string, readonly Feature[]>>,
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  writer.message(2, () => {
    for (const [name, steps] of Object.entries(lists).reverse()) {
      writeEntry(writer, name, () => {
        for (const feature of steps.toReversed()) {
          writer.message(1, () => writeFeature(writer, name, feature));
        }
      });
    }
  });
  writer.message(1, () => writeFeatures(writer, context));
  return writer.finish();
}

function writeFeatures(writer: WireWriter, features: Features): void {
  for (const [name, feature] of Object.entries(features).reverse()) {
    writeEntry(writer, name, () => writeFeature(writer, name, feature));
  }
}

function writeEntry(writer: WireWriter, name: string, value: () => void): void {
  if (!name.isWellFormed()) throw new TypeError(`the name ${JSON.stringify(name)} is not valid Unicode`);
  writer.message(1, () => {
    writer.message(2, value);
    writer.text(1, name);
  });
}

function writeFeature(writer: WireWriter, name: string, feature: Feature): void {
  if ("bytes" in feature) {
    writer.message(1, () => {
      for (const value of feature.bytes.toReversed()) {
        if (value instanceof Uint8Array) writer.bytes(1, value);
        else if (typeof value === "string" && value.isWellFormed()) writer.text(1, value);
        else throw refusal(name, "bytes or text", value);
      }
    });
  } else if ("floats" in feature) {
    const { floats } = feature;
    for (let index = 0; index < floats.length; index++) {
      if (typeof floats[index] !== "number") throw refusal(name, "a float", floats[index]);
    }
    writer.message(2, () => floats.length > 0 && writer.floats(1, floats));
  } else {
    const { ints } = feature;
    const write = () => {
      for (let index = ints.length - 1; index >= 0; index--) {
        const value = ints[index] as number | bigint;
        if (!isWhole(value)) throw refusal(name, "a whole number of 64 bits", value);
        writer.varint(value);
      }
    };
    writer.message(3, () => ints.length > 0 && writer.message(1, write));
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === "bigint" ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}

function refusal(name: string, wanted: string, value: unknown): TypeError {
  const told = String(value).slice(0, 100);
  return new TypeError(`feature ${JSON.stringify(name)} cannot hold ${told}: ${wanted} is expected`);
}
