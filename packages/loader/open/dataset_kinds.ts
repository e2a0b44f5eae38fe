import type { FormatName } from "@lade/formats";
import { formatOfName } from "@lade/formats/formats";
import type { DatasetKind } from "../manifest/manifest.ts";

/** What the samples of each format are. Objects of other formats are samples as a whole. */
const KINDS: Partial<Readonly<Record<FormatName, DatasetKind>>> = {
  tfrecord: "records",
  tar: "samples",
  npy: "rows",
  parquet: "rows",
  arrow: "rows",
  safetensors: "rows",
  csv: "rows",
  tsv: "rows",
  jsonl: "rows",
};

/** Formats that can be gone through from the start also where an object is compressed as a whole. */
const STREAMED: readonly (FormatName | undefined)[] = ["tfrecord", "tar", "csv", "tsv", "jsonl"];

/** Below a name that ends so, objects are a Zarr array's or group's. */
const IN_ZARR = /\.zarr\//i;
const INDEX = /\.safetensors\.index\.json$/i;
const HIDDEN = /(?:^|\/)[._][^/]*$/;
/** What tells that an array or group lies at a prefix. */
const ZARR_DOCUMENTS: readonly string[] = ["zarr.json", ".zarray", ".zgroup"];

/** What the name of an object says of its samples. */
export interface NamedSamples {
  /** What they are. */
  readonly kind: DatasetKind;
  /** The format; none where each object is one. */
  readonly format?: FormatName;
}

/** What the name of an object says of its samples: those that are compressed as a whole are files, unless they can be gone through. */
export function samplesOfName(key: string): NamedSamples {
  if (IN_ZARR.test(key)) return { kind: "rows", format: "zarr" };
  const { format, compression } = formatOfName(key);
  const kind = format && (!compression || STREAMED.includes(format)) ? KINDS[format] : undefined;
  return kind && format ? { kind, format } : { kind: "files" };
}

/**
 * Whether an object is one that writers leave beside their files: its name begins with `_` or a dot, as `_SUCCESS`, or is
 * that of an index of safetensors.
 */
export function isMark(key: string): boolean {
  return INDEX.test(key) || (HIDDEN.test(key) && samplesOfName(key).kind === "files");
}

/** Whether an object tells that what lies below `prefix` is a Zarr array or group. */
export function isZarrDocument(key: string, prefix: string): boolean {
  return key.startsWith(prefix) && ZARR_DOCUMENTS.includes(key.slice(prefix.length));
}

/** The kinds of samples that the names of objects say, and the first object of each. */
export class NamedKinds {
  readonly #prefix: string;
  #isZarr = false;
  readonly #found = new Map<string, { readonly kind: DatasetKind; readonly key: string }>();

  /** Of the objects below a prefix. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Looks at the name of an object. */
  add(key: string): void {
    if (isZarrDocument(key, this.#prefix)) this.#isZarr = true;
    const { kind, format } = samplesOfName(key);
    const words = kind === "rows" ? `rows of ${format}` : kind;
    if (!this.#found.has(words) && !isMark(key)) this.#found.set(words, { kind, key });
  }

  /** The only kind; a `TypeError` that tells two objects where there are several. */
  only(uri: string): DatasetKind {
    if (this.#isZarr) return "rows";
    const [first, second] = this.#found;
    if (!first) return "files";
    if (!second) return first[1].kind;
    const told = [first, second].map(([words, { key }]) => `${words} in ${JSON.stringify(key)}`).join(
      " and ",
    );
    throw new TypeError(
      `Cannot load ${JSON.stringify(uri)}: there are ${told}; say kind (--kind), "files" for whole objects`,
    );
  }
}
