import { isObject, type Json, type JsonObject, type MetadataReader, printed } from "./read_json.ts";

/** Names of the codecs that are known. `shuffle` and `delta` are filters of version 2. */
export type CodecName = "gzip" | "zlib" | "zstd" | "lz4" | "blosc" | "crc32c" | "shuffle";

/** A codec of bytes, as metadata name it. */
export interface CodecSpec {
  /** Its name, which may be none that is known. */
  readonly name: string;
  /** Bytes of an element, for what puts the bytes of elements side by side. */
  readonly elementSize: number;
}

const NAMES: ReadonlySet<string> = new Set<CodecName>([
  "gzip",
  "zlib",
  "zstd",
  "lz4",
  "blosc",
  "crc32c",
  "shuffle",
]);

/** Whether a codec is known. */
export function isKnown(codec: CodecSpec): codec is CodecSpec & { readonly name: CodecName } {
  return NAMES.has(codec.name);
}

/** Reads codecs of bytes. */
export function readCodecs(list: readonly JsonObject[], reader: MetadataReader): CodecSpec[] {
  return list.map((codec) => {
    const given: Json = codec["name"] ?? null;
    if (typeof given !== "string") throw reader.fault(`${printed(given)} as the name of a codec`);
    const name = given.replace(/^numcodecs\./, "");
    const { elementsize } = isObject(codec["configuration"]) ? codec["configuration"] : {};
    const elementSize = name === "shuffle" ? elementsize ?? 4 : 1;
    if (typeof elementSize !== "number" || !Number.isSafeInteger(elementSize) || elementSize < 1) {
      throw reader.fault(`${printed(elementSize)} as elementsize`);
    }
    return { name, elementSize };
  });
}
