import type { FormatName } from "@lade/formats";
import { type ObjectStore, objectUri } from "@lade/core";
import { formatOfName } from "@lade/formats/formats";
import type { Schema } from "@lade/formats/table";
import type { StreamDataset } from "../datasets/dataset.ts";
import { ObjectTable } from "../datasets/object_table.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { isMark } from "./dataset_kinds.ts";

/** What of a stream is read, and how. */
interface OpenStreamOptions {
  readonly fields?: readonly string[];
  readonly schema?: Schema;
  readonly signal?: AbortSignal;
}

/** Formats of text, whose rows can only be gone through. */
const TEXT: readonly (FormatName | undefined)[] = ["csv", "tsv", "jsonl"];

/** Whether the samples of these objects can only be gone through, or are to be: without `index` shards are. */
export function isStream({ objects, kind }: Pick<Manifest, "objects" | "kind">, index = true): boolean {
  const isShard = kind === "records" || kind === "samples";
  if (!isShard && kind !== "rows") return false;
  if (isShard && !index) return true;
  for (let place = 0; place < objects.length; place++) {
    const { format, compression } = formatOfName(objects.at(place).key);
    if (isShard ? compression !== undefined : TEXT.includes(format)) return true;
  }
  return false;
}

/** Opens these objects as a stream, one part each. */
export async function openStream(
  store: ObjectStore,
  key: string,
  { objects, kind }: Pick<Manifest, "objects" | "kind">,
  { fields, schema, signal }: OpenStreamOptions = {},
): Promise<StreamDataset<unknown>> {
  const uri = objectUri(store.uri, key);
  const parts = withoutMarks(objects);
  const options = { store, objects: parts, uri };
  if (schema && kind !== "rows") {
    throw new TypeError(`Cannot load ${JSON.stringify(uri)} by a schema: ${kind} have none`);
  }
  if (fields && kind !== "samples") {
    throw new TypeError(`Cannot load ${JSON.stringify(uri)} with fields: ${kind} of a stream have none`);
  }
  switch (kind) {
    case "records":
      return (await import("../datasets/stream_records.ts")).streamRecords(options);
    case "samples": {
      const { streamSamples } = await import("../datasets/stream_samples.ts");
      return streamSamples({ ...options, ...(fields && { fields }) });
    }
    default: {
      checkText(parts, uri);
      const { streamRows } = await import("../datasets/stream_rows.ts");
      return await streamRows({ ...options, ...(schema && { schema }), ...(signal && { signal }) });
    }
  }
}

/** Without what writers leave beside their files. */
function withoutMarks(objects: ObjectTable): ObjectTable {
  if (objects.length === 1) return objects;
  const parts = new ObjectTable();
  for (let place = 0; place < objects.length; place++) {
    const object = objects.at(place);
    if (!isMark(object.key)) parts.add(object);
  }
  return parts;
}

/** Rows of text and of arrays, or of texts of several formats, are no one data set. */
function checkText(objects: Manifest["objects"], uri: string): void {
  const first = objects.at(0).key;
  for (let place = 0; place < objects.length; place++) {
    const { key } = objects.at(place);
    if (formatOfName(key).format === formatOfName(first).format) continue;
    throw new TypeError(
      `Cannot load ${JSON.stringify(uri)}: rows of ${JSON.stringify(first)} and of ${
        JSON.stringify(key)
      } are of two formats; say kind (--kind), "files" for whole objects`,
    );
  }
}
