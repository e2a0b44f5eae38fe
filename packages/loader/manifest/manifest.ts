import type { ObjectStore } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import { ObjectTable } from "../datasets/object_table.ts";

/** What the samples of a data set are. */
export type DatasetKind = "files" | "rows" | "arrays" | "records" | "samples";

/** The name of a manifest, below the prefix that it is of. */
export const MANIFEST_NAME = "lade-manifest.tsv";

/** The objects of a data set, listed once for all who read it. */
export interface Manifest {
  /** What their samples are. */
  readonly kind: DatasetKind;
  /** The objects, with keys from the start of the store. */
  readonly objects: ObjectTable;
}

const FORMAT = "lade-manifest";
const VERSION = 1;
const KINDS: readonly string[] = ["files", "rows", "arrays", "records", "samples"];
const BATCH = 4096;

/**
 * Writes a manifest beside its objects: a line of JSON that says what it is, then a line for each object, `size`, `etag` and
 * its name below the prefix with tabs between. In names and tags tab, line feed and backslash are `\t`, `\n` and `\\`.
 */
export async function writeManifest(
  store: ObjectStore,
  prefix: string,
  { kind, objects }: Manifest,
  options: { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const key = prefix + MANIFEST_NAME;
  await using writer = await store.createWriter(key, {
    ...options,
    ...(store.capabilities.attributes !== false && { contentType: "text/tab-separated-values" }),
  });
  const encoder = new TextEncoder();
  let text = `${JSON.stringify({ format: FORMAT, version: VERSION, kind, objects: objects.length })}\n`;
  for (let index = 0; index < objects.length; index++) {
    const { key, size, etag = "" } = objects.at(index);
    if (!key.startsWith(prefix)) {
      throw new TypeError(`Cannot list ${JSON.stringify(key)} below ${JSON.stringify(prefix)}`);
    }
    text += `${size}\t${escaped(etag)}\t${escaped(key.slice(prefix.length))}\n`;
    if (index % BATCH === BATCH - 1) {
      await writer.write(encoder.encode(text));
      text = "";
    }
  }
  await writer.write(encoder.encode(text));
  await writer.close();
  return key;
}

/** Reads a manifest. One that is cut, or has a line that it cannot have, is a `FormatError` with its number. */
export function parseManifest(
  bytes: Uint8Array,
  { prefix, uri }: { readonly prefix: string; readonly uri: string },
): Manifest {
  const fault = (detail: string, line: number) =>
    new FormatError({
      operation: "read the manifest",
      uri,
      detail: `line ${line + 1}: ${detail}`,
      record: line,
    });
  const [head, ...lines] = text(bytes, fault).split("\n");
  const { kind, objects: count } = parseHead(head ?? "", fault);
  if (lines.pop() !== "" || lines.length !== count) {
    throw fault(`the manifest ends here, and says that it lists ${count} objects`, lines.length);
  }
  const objects = new ObjectTable();
  lines.forEach((line, index) => {
    const [size = "", etag, name, ...more] = line.split("\t");
    if (!/^\d{1,16}$/.test(size) || etag === undefined || !name || more.length > 0) {
      throw fault("size, etag and name are needed, with tabs between", index + 1);
    }
    objects.add({ key: prefix + plain(name), size: Number(size), ...(etag !== "" && { etag: plain(etag) }) });
  });
  return { kind, objects };
}

function text(bytes: Uint8Array, fault: (detail: string, line: number) => Error): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fault("the manifest is no UTF-8", 0);
  }
}

function parseHead(
  line: string,
  fault: (detail: string, line: number) => Error,
): { kind: DatasetKind; objects: number } {
  let head: Partial<Record<string, unknown>> = {};
  try {
    head = JSON.parse(line);
  } catch {
    throw fault("the manifest begins with no JSON", 0);
  }
  const { format, version, kind, objects } = head ?? {};
  if (format !== FORMAT) throw fault("the manifest is of another format", 0);
  if (version !== VERSION) throw fault(`the manifest is of version ${version}, and ${VERSION} is known`, 0);
  if (typeof kind !== "string" || !KINDS.includes(kind)) {
    throw fault(`the manifest's kind is ${JSON.stringify(kind)}`, 0);
  }
  if (!Number.isSafeInteger(objects)) throw fault("the manifest does not say how many objects it lists", 0);
  return { kind: kind as DatasetKind, objects: objects as number };
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
