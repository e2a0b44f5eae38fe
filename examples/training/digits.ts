import type { ObjectStore } from "@lade/core";
import { encodeExample, parseExample } from "@lade/formats/example";
import { indexObject } from "@lade/formats/index";
import { createRecordWriter } from "@lade/formats/tfrecord";
import type { SampleContext } from "@lade/loader";

/** Pixels of a side of an image. */
export const SIDE = 12;

/** A sample as the model takes it. */
export interface Digit {
  /** An image, row by row, of values from 0 to 1. */
  readonly pixels: Float32Array;
  /** What it shows. */
  readonly label: number;
}

/** The segments of a digit, as pocket calculators have them: top, upper left and right, middle, lower left and right, bottom. */
const SEGMENTS = [
  "1110111",
  "0010010",
  "1011101",
  "1011011",
  "0111010",
  "1101011",
  "1101111",
  "1010010",
  "1111111",
  "1111011",
];
/** From which pixel, and how many to the right and down. */
const STROKES = [[3, 1, 5, 1], [2, 2, 1, 3], [8, 2, 1, 3], [3, 5, 5, 1], [2, 6, 1, 3], [8, 6, 1, 3], [
  3,
  9,
  5,
  1,
]] as const;

/** Writes images of digits as shards of TFRecord, of 8 bits a pixel, each with its index. */
export async function writeDigits(
  store: ObjectStore,
  prefix: string,
  { shards, perShard, seed }: { readonly shards: number; readonly perShard: number; readonly seed: number },
): Promise<void> {
  const random = xorshift(seed);
  for (let shard = 0; shard < shards; shard++) {
    const key = `${prefix}digits-${String(shard).padStart(3, "0")}.tfrecord`;
    await using writer = await createRecordWriter(store, key);
    for (let i = 0; i < perShard; i++) {
      const label = Math.floor(random() * 10);
      await writer.write(
        encodeExample({ pixels: { bytes: [draw(label, random)] }, label: { ints: [label] } }),
      );
    }
    await writer.close();
    await indexObject(store, key);
  }
}

/** Makes of a record a sample, moved by a pixel in a direction that is the sample's own in each epoch. */
export function readDigit(record: unknown, { random }: SampleContext): Digit {
  const { pixels: [bytes] = [], label: [label] = [] } = parseExample(record as Uint8Array).features;
  if (!(bytes instanceof Uint8Array) || bytes.length !== SIDE * SIDE) {
    throw new TypeError("a record is no image");
  }
  const [right, down] = [Math.floor(random() * 3) - 1, Math.floor(random() * 3) - 1];
  const pixels = new Float32Array(SIDE * SIDE);
  for (let y = Math.max(0, down); y < SIDE + Math.min(0, down); y++) {
    for (let x = Math.max(0, right); x < SIDE + Math.min(0, right); x++) {
      pixels[y * SIDE + x] = (bytes[(y - down) * SIDE + x - right] ?? 0) / 255;
    }
  }
  return { pixels, label: Number(label) };
}

/** A digit in light grey, on noise. */
function draw(label: number, random: () => number): Uint8Array {
  const image = Uint8Array.from({ length: SIDE * SIDE }, () => random() * 90);
  STROKES.forEach(([left, top, width, height], segment) => {
    if (SEGMENTS[label]?.[segment] !== "1") return;
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) image[y * SIDE + x] = 130 + random() * 125;
    }
  });
  return image;
}

/** Marsaglia's xorshift32. */
function xorshift(seed: number): () => number {
  let x = seed * 0x9e3779b9 | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}
