import { DATASET_KINDS } from "./kinds.ts";
import { type ObjectStore, objectUri, readChunks } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import { ObjectTable } from "../datasets/object_table.ts";
import { isPackPlan, type PackPlan } from "./pack_plan.ts";
import { KeyWatch, type RepeatedKey } from "./repeated_key.ts";

/** What the samples of a data set are. */
export type DatasetKind = "files" | "rows" | "batches" | "arrays" | "records" | "samples";

/** The name of a manifest, below the prefix that it is of. */
export const MANIFEST_NAME = "lade-manifest.tsv";

/** The objects of a data set, listed once for all who read it. */
export interface Manifest {
  /** What their samples are. */
  readonly kind: DatasetKind;
  /** The objects, with keys from the start of the store. */
  readonly objects: ObjectTable;
  /** Where the objects are the shards of a pack, how it was made, how many samples they have, and how many could not be had. */
  readonly pack?: { readonly plan: PackPlan; readonly samples: number; readonly skipped?: number };
}

const FORMAT = "lade-manifest";
const VERSION = 1;
const BATCH = 4096;
/** Characters of a line, at most: keys and tags have some thousands, and what has no lines is no manifest. */
const MAX_LINE = 2 ** 16;
/** Bytes that are made text at a time. */
const PIECE = 2 ** 16;

/**
 * Writes a manifest beside its objects: a line of JSON that says what it is, then a line for each object, `size`, `etag` and
 * its name below the prefix with tabs between. In names and tags tab, line feed and backslash are `\t`, `\n` and `\\`. A
 * key that is there twice is a `TypeError`.
 */
export async function writeManifest(
  store: ObjectStore,
  prefix: string,
  { kind, objects, pack }: Manifest,
  options: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const key = prefix + MANIFEST_NAME;
  await using writer = await store.createWriter(key, {
    ...options,
    ...(store.capabilities.attributes !== false && { contentType: "text/tab-separated-values" }),
  });
  const encoder = new TextEncoder();
  const watch = new KeyWatch();
  const refuse = (repeated: RepeatedKey | undefined) => {
    if (!repeated) return;
    throw new TypeError(
      `Cannot list ${JSON.stringify(repeated.key)} twice: a manifest names each object once`,
    );
  };
  let text = `${JSON.stringify({ format: FORMAT, version: VERSION, kind, objects: objects.length, pack })}\n`;
  for (let index = 0; index < objects.length; index++) {
    const { key, size, etag = "" } = objects.at(index);
    if (!key.startsWith(prefix)) {
      throw new TypeError(`Cannot list ${JSON.stringify(key)} below ${JSON.stringify(prefix)}`);
    }
    refuse(watch.add(key));
    text += `${size}\t${escaped(etag)}\t${escaped(key.slice(prefix.length))}\n`;
    if (index % BATCH === BATCH - 1) {
      await writer.write(encoder.encode(text));
      text = "";
    }
  }
  refuse(watch.end(objects));
  await writer.write(encoder.encode(text));
  await writer.close();
  return key;
}

/**
 * Reads the manifest below a prefix, a piece at a time, so that nothing but what it lists is held. One that is cut, or has a
 * line that it cannot have, is a `FormatError` with its number; so is one that names an object twice, with both lines.
 */
export async function readManifest(
  store: ObjectStore,
  prefix: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Manifest> {
  const key = prefix + MANIFEST_NAME;
  const parser = new ManifestParser(prefix, objectUri(store.uri, key));
  for await (const chunk of await readChunks(store, key, options)) parser.add(chunk);
  return parser.end();
}

/** Reads a manifest that is in memory. What is wrong with it is a `FormatError` with the line's number. */
export function parseManifest(
  bytes: Uint8Array,
  { prefix, uri }: { readonly prefix: string; readonly uri: string },
): Manifest {
  const parser = new ManifestParser(prefix, uri);
  parser.add(bytes);
  return parser.end();
}

type Fault = (detail: string, line: number) => FormatError;

class ManifestParser {
  readonly #prefix: string;
  readonly #fault: Fault;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  readonly #objects = new ObjectTable();
  #head: ReturnType<typeof parseHead> | undefined;
  readonly #watch = new KeyWatch();
  /** The beginning of a line whose end did not come yet. */
  #begun = "";

  constructor(prefix: string, uri: string) {
    this.#prefix = prefix;
    this.#fault = (detail, line) =>
      new FormatError({
        operation: "read the manifest",
        uri,
        detail: `line ${line + 1}: ${detail}`,
        advice: "remove it, and lade loader index lists anew",
        record: line,
      });
  }

  /** Takes the next bytes. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += PIECE) {
      this.#lines(this.#text(bytes.subarray(at, at + PIECE), { stream: true }));
    }
  }

  /** Says that there are no more. */
  end(): Manifest {
    this.#lines(this.#text(undefined));
    const { kind, objects, pack } = this.#head ??= parseHead(this.#begun, this.#fault);
    const found = this.#objects.length;
    if (this.#begun !== "" || found !== objects) throw this.#miscounted(objects, found + 1);
    this.#once(this.#watch.end(this.#objects));
    return { kind, objects: this.#objects, ...(pack && { pack }) };
  }

  #text(bytes: Uint8Array | undefined, options?: TextDecodeOptions): string {
    try {
      return this.#decoder.decode(bytes, options);
    } catch {
      throw this.#fault("the manifest is no UTF-8", this.#head ? this.#objects.length + 1 : 0);
    }
  }

  #lines(text: string): void {
    const lines = (this.#begun + text).split("\n");
    this.#begun = lines.pop() ?? "";
    if (this.#begun.length > MAX_LINE) {
      const line = lines.length + (this.#head ? this.#objects.length + 1 : 0);
      throw this.#fault(`the line has more than ${MAX_LINE} characters`, line);
    }
    for (const line of lines) {
      if (this.#head) this.#add(line, this.#head.objects);
      else this.#head = parseHead(line, this.#fault);
    }
  }

  #add(line: string, most: number): void {
    const { length } = this.#objects;
    if (length === most) throw this.#miscounted(most, length + 1);
    const [size = "", etag, name, ...more] = line.split("\t");
    if (!/^\d{1,16}$/.test(size) || etag === undefined || !name || more.length > 0) {
      throw this.#fault("size, etag and name are needed, with tabs between", length + 1);
    }
    const tagged = etag !== "" && { etag: plain(etag) };
    const bytes = Number(size);
    if (!Number.isSafeInteger(bytes)) throw this.#fault(`no object has ${size} bytes`, length + 1);
    const key = this.#prefix + plain(name);
    this.#objects.add({ key, size: bytes, ...tagged });
    this.#once(this.#watch.add(key));
  }

  /** Each object is a sample once: which of two lines would be meant nobody knows. */
  #once(repeated: RepeatedKey | undefined): void {
    if (!repeated) return;
    const { key, first, second } = repeated;
    throw this.#fault(`${JSON.stringify(key)} is named a second time, after line ${first + 2}`, second + 1);
  }

  #miscounted(objects: number, line: number): FormatError {
    return this.#fault(`the manifest ends here, and says that it lists ${objects} objects`, line);
  }
}

function parseHead(
  line: string,
  fault: Fault,
): { readonly kind: DatasetKind; readonly objects: number; readonly pack: Manifest["pack"] } {
  let head: Partial<Record<string, unknown>> = {};
  try {
    head = JSON.parse(line);
  } catch {
    throw fault("the manifest begins with no JSON", 0);
  }
  const { format, version, kind, objects, pack } = head ?? {};
  if (format !== FORMAT) throw fault("the manifest is of another format", 0);
  if (version !== VERSION) throw fault(`the manifest is of version ${version}, and ${VERSION} is known`, 0);
  if (typeof kind !== "string" || !DATASET_KINDS.includes(kind)) {
    throw fault(`the manifest's kind is ${JSON.stringify(kind)}`, 0);
  }
  if (!Number.isSafeInteger(objects)) throw fault("the manifest does not say how many objects it lists", 0);
  return { kind: kind as DatasetKind, objects: objects as number, pack: packOf(pack, fault) };
}

function packOf(pack: unknown, fault: Fault): Manifest["pack"] {
  if (pack === undefined) return undefined;
  const { plan, samples, skipped } = (pack ?? {}) as Partial<Record<string, unknown>>;
  if (isPackPlan(plan) && Number.isSafeInteger(samples)) {
    return { plan, samples: samples as number, ...(typeof skipped === "number" && { skipped }) };
  }
  throw fault("the manifest does not say how its shards were packed", 0);
}

function escaped(text: string): string {
  return /[\\\t\n]/.test(text)
    ? text.replace(/[\\\t\n]/g, (c) => c === "\\" ? "\\\\" : c === "\t" ? "\\t" : "\\n")
    : text;
}

function plain(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\([\\tn])/g, (_, c) => c === "\\" ? "\\" : c === "t" ? "\t" : "\n")
    : text;
}
