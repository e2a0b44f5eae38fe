import { type ObjectStore, objectUri } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import type { SafetensorsFile, TensorPlace } from "@lade/formats/safetensors";
import { tilingFault } from "../boxes/tiling.ts";
import { InvalidCheckpointError } from "../errors/errors.ts";
import { JsonFields } from "../json/json_fields.ts";
import type { ForeignTensor } from "./foreign_checkpoint.ts";

/** What torch's writers of sharded safetensors call their field of the metadata. */
const FIELD = "DCP_SHARDING_INFO";

/** Whether a file says of which parts of tensors its own are. */
export function isSharded({ metadata }: SafetensorsFile): boolean {
  return Object.hasOwn(metadata, FIELD);
}

/** A file among others, and its place there. */
export interface NumberedFile {
  readonly shard: number;
  readonly key: string;
  readonly file: SafetensorsFile;
}

interface FoundPiece {
  readonly place: TensorPlace;
  readonly key: string;
  readonly offsets: readonly number[];
  readonly globalShape: readonly number[] | undefined;
  readonly shard: number;
}

/**
 * Puts tensors together from the parts in several files, by what these say: torch's `saved_offsets`, and the `global_shape` where
 * it stands. Where it does not, a tensor ends where its last part does, so that a lost last part cannot be told. Parts that leave a
 * hole or overlap, or differ in what they are of, are an `InvalidCheckpointError` that names the tensor.
 */
export function putTogether(
  store: ObjectStore,
  folder: string,
  files: readonly NumberedFile[],
): ForeignTensor[] {
  const uri = objectUri(store.uri, folder);
  const found = new Map<string, FoundPiece[]>();
  for (const { shard, key, file } of files) {
    const info = infoOf(store, key, file);
    for (const place of file.tensors.values()) {
      if (!info.has(place.name)) {
        const detail = `${FIELD} says nothing of tensor ${JSON.stringify(place.name)}`;
        throw new FormatError({ operation: "load", uri: objectUri(store.uri, key), detail });
      }
      const own = info.object(place.name);
      const pieces = found.get(place.name) ?? [];
      found.set(place.name, pieces);
      const globalShape = own.has("global_shape") ? own.wholes("global_shape") : undefined;
      pieces.push({ place, key, shard, offsets: own.wholes("saved_offsets"), globalShape });
    }
  }
  const isAlone = !folder.endsWith("/") && folder !== "";
  return [...found].map(([name, pieces]) => tensorOf(name, pieces, uri, isAlone));
}

function tensorOf(name: string, pieces: readonly FoundPiece[], uri: string, isAlone: boolean): ForeignTensor {
  const invalid = (detail: string) =>
    new InvalidCheckpointError({
      operation: `load tensor ${JSON.stringify(name)} of`,
      uri,
      detail,
      tensor: name,
    });
  const [first] = pieces;
  if (!first) throw invalid("no part of it is there");
  const { dtype, shape: { length: dimensions } } = first.place;
  for (const { place, offsets, key } of pieces) {
    if (place.dtype !== dtype) throw invalid(`it is ${dtype} in ${first.key}, and ${place.dtype} in ${key}`);
    if (place.shape.length !== dimensions || offsets.length !== dimensions) {
      throw invalid(
        `its part of [${place.shape}] from [${offsets}] in ${key} has not ${dimensions} dimensions`,
      );
    }
  }
  const known = pieces.flatMap(({ globalShape }) => globalShape ? [globalShape] : []);
  if (isAlone && known.length === 0) {
    throw invalid("it may be a part of a tensor, whose shape is not said: name the folder of its files");
  }
  const shape = known[0] ??
    first.place.shape.map((_, axis) =>
      Math.max(...pieces.map(({ offsets, place }) => (offsets[axis] ?? 0) + (place.shape[axis] ?? 0)))
    );
  const other = known.find((one) => one.join() !== shape.join());
  if (other) throw invalid(`it is said to be [${shape}], and [${other}]`);
  const boxes = distinct(pieces);
  const fault = tilingFault(shape, boxes);
  if (fault) throw invalid(`it is not whole: ${fault}`);
  return { name, dtype, shape, pieces: boxes };
}

/** Of parts that several ranks wrote alike, the first. */
function distinct(pieces: readonly FoundPiece[]): ForeignTensor["pieces"] {
  const byPlace = new Map<string, ForeignTensor["pieces"][number]>();
  for (const { place: { shape, offset, length }, offsets, shard } of pieces) {
    const name = JSON.stringify([offsets, shape]);
    if (!byPlace.has(name)) byPlace.set(name, { offsets, shape, shard, offset, length });
  }
  return [...byPlace.values()];
}

function infoOf(store: ObjectStore, key: string, { metadata }: SafetensorsFile): JsonFields {
  const uri = objectUri(store.uri, key);
  try {
    return new JsonFields(JSON.parse(metadata[FIELD] ?? "{}"), uri, FIELD);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FormatError({ operation: "load", uri, detail: `${FIELD} is no JSON`, cause });
  }
}
