import { elementsOf } from "../array/dtype.ts";
import { type CodecSpec, readCodecs } from "./codec_specs.ts";
import { type ElementType, v2Type, v3Type } from "./element_type.ts";
import { fillBytes } from "./fill_value.ts";
import { isObject, type JsonObject, MetadataReader, printed } from "./read_json.ts";

/** How the elements of a chunk become the bytes that are stored, and back. */
export interface ChunkLayout {
  /** Lengths of a chunk. */
  readonly shape: readonly number[];
  /** In which order its dimensions are stored, the one that changes slowest first. */
  readonly order: readonly number[];
  /** Whether its numbers are stored with their largest byte first. */
  readonly isBigEndian: boolean;
  /** What is done to its bytes, in the order in which they are written. */
  readonly codecs: readonly CodecSpec[];
}

/** Chunks that are stored together. */
export interface ShardLayout {
  /** Lengths of a shard. */
  readonly shape: readonly number[];
  /** Where the index of its chunks lies. */
  readonly indexAt: "start" | "end";
  /** What is done to the index, in the order in which it is written. */
  readonly indexCodecs: readonly CodecSpec[];
}

/** What the metadata of an array say. */
export interface ArrayMetadata {
  /** The version of the format. */
  readonly version: 2 | 3;
  /** Lengths of the array. */
  readonly shape: readonly number[];
  /** What an element is. */
  readonly type: ElementType;
  /** What stands where nothing is stored; absent where elements cannot be read. */
  readonly fill?: Uint8Array;
  /** How chunks are stored. */
  readonly chunk: ChunkLayout;
  /** What chunks are stored in, where they are not objects of their own. */
  readonly shard?: ShardLayout;
  /** What is between the parts of a chunk's key, and whether it begins with `c`. */
  readonly keys: { readonly separator: "." | "/"; readonly prefixed: boolean };
  /** What its dimensions are called. */
  readonly dimensions?: readonly (string | null)[];
  /** What its writer said of it. */
  readonly attributes: JsonObject;
}

/** Dimensions, and chunks of one shard, at most. */
const MOST_DIMENSIONS = 32;
const MOST_IN_SHARD = 2 ** 24;

/** Reads the metadata of an array of version 2, and its attributes, which are a document of their own. */
export function readV2Array(json: JsonObject, attributes: JsonObject, uri: string): ArrayMetadata {
  const reader = new MetadataReader(uri);
  if (json["zarr_format"] !== 2) {
    throw reader.fault(`${printed(json["zarr_format"])} as zarr_format, and not 2`);
  }
  const shape = reader.numbers(json["shape"], "shape", 0);
  const chunks = reader.numbers(json["chunks"], "chunks", 1);
  const type = v2Type(json["dtype"], reader);
  checkShapes(shape, chunks, type, reader);
  const order = json["order"] ?? "C";
  if (order !== "C" && order !== "F") throw reader.fault(`${printed(order)} as order, and neither C nor F`);
  const separator = json["dimension_separator"] ?? ".";
  const specs = [
    ...reader.list(json["filters"] ?? [], "filters"),
    ...(json["compressor"] ? [json["compressor"]] : []),
  ];
  const axes = shape.map((_, axis) => axis);
  return {
    version: 2,
    shape,
    type,
    ...(type.dtype && { fill: fillBytes(json["fill_value"], type.dtype, reader) }),
    chunk: {
      shape: chunks,
      order: order === "C" ? axes : axes.toReversed(),
      isBigEndian: type.isBigEndian,
      codecs: readCodecs(
        specs.map((spec) => {
          const { id, ...configuration } = reader.object(spec, "a codec");
          return { name: id ?? null, configuration };
        }),
        reader,
      ),
    },
    keys: { separator: separatorOf(separator, reader), prefixed: false },
    attributes,
  };
}

/** Reads the metadata of an array of version 3. */
export function readV3Array(json: JsonObject, uri: string): ArrayMetadata {
  const reader = new MetadataReader(uri);
  const shape = reader.numbers(json["shape"], "shape", 0);
  const grid = reader.object(json["chunk_grid"], "chunk_grid");
  if (grid["name"] !== "regular") throw reader.unsupported(`a chunk grid of kind ${printed(grid["name"])}`);
  const chunks = reader.numbers(
    reader.object(grid["configuration"], "chunk_grid")["chunk_shape"],
    "chunk_shape",
    1,
  );
  const type = v3Type(json["data_type"], reader);
  checkShapes(shape, chunks, type, reader);
  for (const transformer of reader.list(json["storage_transformers"] ?? [], "storage_transformers")) {
    throw reader.unsupported(`the storage transformer ${printed(transformer)}`);
  }
  const encoding = reader.object(json["chunk_key_encoding"], "chunk_key_encoding");
  const isDefault = encoding["name"] === "default";
  if (!isDefault && encoding["name"] !== "v2") {
    throw reader.unsupported(`chunk keys of kind ${printed(encoding["name"])}`);
  }
  const { separator } = isObject(encoding["configuration"]) ? encoding["configuration"] : {};
  const names = json["dimension_names"];
  return {
    version: 3,
    shape,
    type,
    ...(type.dtype && { fill: fillBytes(json["fill_value"], type.dtype, reader) }),
    ...readLayouts(reader.list(json["codecs"], "codecs"), chunks, reader),
    keys: { separator: separatorOf(separator ?? (isDefault ? "/" : "."), reader), prefixed: isDefault },
    ...(Array.isArray(names) && { dimensions: names.map((name) => typeof name === "string" ? name : null) }),
    attributes: isObject(json["attributes"]) ? json["attributes"] : {},
  };
}

type Layouts = Pick<ArrayMetadata, "chunk" | "shard">;

function readLayouts(
  list: readonly JsonObject[string][],
  shape: readonly number[],
  reader: MetadataReader,
): Layouts {
  const [first] = list;
  if (!isObject(first) || first["name"] !== "sharding_indexed") {
    return { chunk: layoutOf(list, shape, reader) };
  }
  if (list.length > 1) throw reader.unsupported("codecs around shards");
  const configuration = reader.object(first["configuration"], "sharding_indexed");
  const chunks = reader.numbers(configuration["chunk_shape"], "chunk_shape", 1);
  const fits = chunks.length === shape.length &&
    shape.every((length, axis) => length % (chunks[axis] ?? 0) === 0);
  const count = elementsOf(shape.map((length, axis) => length / (chunks[axis] ?? 1)));
  if (!fits || count === undefined || count > MOST_IN_SHARD) {
    throw reader.fault(`chunks of ${printed(chunks)} in shards of ${printed([...shape])}`);
  }
  const at = configuration["index_location"] ?? "end";
  if (at !== "start" && at !== "end") throw reader.fault(`${printed(at)} as index_location`);
  const index = layoutOf(reader.list(configuration["index_codecs"], "index_codecs"), [count], reader);
  if (index.isBigEndian || index.codecs.some(({ name }) => name !== "crc32c")) {
    throw reader.unsupported(
      `shards whose index is encoded by ${index.codecs.map(({ name }) => name).join(", ")}`,
    );
  }
  return {
    chunk: layoutOf(reader.list(configuration["codecs"], "codecs"), chunks, reader),
    shard: { shape, indexAt: at, indexCodecs: index.codecs },
  };
}

/**
 * What a list of codecs makes of a chunk: transpositions, then `bytes`, then what is done to those. Where another codec
 * stands in the place of `bytes`, it is among those that are not known.
 */
function layoutOf(
  list: readonly JsonObject[string][],
  shape: readonly number[],
  reader: MetadataReader,
): ChunkLayout {
  const codecs = list.map((codec) => reader.object(codec, "a codec"));
  let order = shape.map((_, axis) => axis);
  let at = 0;
  for (; codecs[at]?.["name"] === "transpose"; at++) {
    const axes = reader.numbers(configurationOf(codecs[at])["order"], "order", 0);
    if (
      axes.length !== order.length || axes.toSorted((a, b) => a - b).some((axis, place) => axis !== place)
    ) {
      throw reader.fault(`${printed(axes)} as order of ${shape.length} dimensions`);
    }
    order = axes.map((axis) => order[axis] ?? 0);
  }
  const isBytes = codecs[at]?.["name"] === "bytes";
  const isBigEndian = isBytes && configurationOf(codecs[at])["endian"] === "big";
  return { shape, order, isBigEndian, codecs: readCodecs(codecs.slice(isBytes ? at + 1 : at), reader) };
}

function configurationOf(codec: JsonObject | undefined): JsonObject {
  const configuration = codec?.["configuration"];
  return isObject(configuration) ? configuration : {};
}

function separatorOf(value: JsonObject[string], reader: MetadataReader): "." | "/" {
  if (value === "." || value === "/") return value;
  throw reader.fault(`${printed(value)} between the parts of keys`);
}

function checkShapes(
  shape: readonly number[],
  chunks: readonly number[],
  type: ElementType,
  reader: MetadataReader,
): void {
  if (shape.length > MOST_DIMENSIONS) {
    throw reader.fault(`${shape.length} dimensions, and ${MOST_DIMENSIONS} are the most`);
  }
  if (chunks.length !== shape.length) {
    throw reader.fault(`chunks of ${chunks.length} dimensions of ${shape.length}`);
  }
  const sound = [shape, chunks].every((lengths) => {
    const elements = elementsOf(lengths);
    return elements !== undefined && Number.isSafeInteger(elements * Math.max(type.bytes, 1));
  });
  if (!sound) {
    throw reader.fault(
      `a shape of ${printed([...shape])} in chunks of ${printed([...chunks])}, which is too large`,
    );
  }
}
