import type { NpyArray } from "@lade/formats/npy";
import type { Sample } from "@lade/formats/webdataset";
import type { FileSample } from "../datasets/files_dataset.ts";

/** A sample, and which of the data set it is. */
export interface IndexedSample {
  /** The sample. */
  readonly sample: unknown;
  /** Its number in the data set. */
  readonly index: number;
}

/** Files that belong together, by their names below the prefix: what webdataset takes for a sample. */
export interface FilesOfSample {
  /** Their names in common. */
  readonly key: string;
  /** Each of them, by the name that its member has. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** What a sample is, by what it has: every kind of data set gives one of these. */
export type KnownSample =
  | { readonly kind: "record"; readonly bytes: Uint8Array }
  | { readonly kind: "file"; readonly file: FileSample }
  | { readonly kind: "files"; readonly sample: FilesOfSample }
  | { readonly kind: "fields"; readonly sample: Sample }
  | { readonly kind: "array"; readonly array: NpyArray };

/** Says what a sample is; one that is of no known kind is a `TypeError`. */
export function knownSample(sample: unknown): KnownSample {
  if (sample instanceof Uint8Array) return { kind: "record", bytes: sample };
  if (typeof sample === "object" && sample !== null) {
    if ("dtype" in sample && "shape" in sample && "data" in sample) {
      // What has these is an array of whatever reader.
      return { kind: "array", array: sample as NpyArray };
    }
    if ("key" in sample && "bytes" in sample) return { kind: "file", file: sample as FileSample };
    if ("key" in sample && "fields" in sample) return { kind: "fields", sample: sample as Sample };
    if ("key" in sample && "files" in sample) return { kind: "files", sample: sample as FilesOfSample };
  }
  throw new TypeError("it is no object, record, array or sample of webdataset, which are what can be packed");
}

/** The name of a sample that has none: its number, with nine digits. */
export function numberName(index: number): string {
  return String(index).padStart(9, "0");
}

/** The bytes of an array as they lie in memory. */
export function bytesOfArray({ data }: Pick<NpyArray, "data">): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The name of a whole object: its key without the prefix that it lies below. */
export function nameBelow(prefix: string, key: string): string {
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

/** The name that a file has in an archive: webdataset takes none for a sample without a dot in its last part. */
export function memberName(name: string): string {
  return name.includes(".", name.lastIndexOf("/") + 1) ? name : `${name}.bin`;
}

/** Makes something of a sample; what is thrown then says of which. */
export function ofSample<T>(
  { sample, index }: IndexedSample,
  make: (sample: KnownSample, index: number) => T,
): T {
  try {
    return make(knownSample(sample), index);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new TypeError(`Cannot pack sample ${index}: ${error.message}`, { cause: error });
  }
}
