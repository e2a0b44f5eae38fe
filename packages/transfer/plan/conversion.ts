const SUFFIX = ".zst";

/** What a transfer does to the bytes of objects. */
export type Conversion = "none" | "compress" | "decompress";

/** What a conversion made of bytes. */
export interface Converted {
  /** What was done. */
  readonly action: "compressed" | "decompressed";
  /** Bytes before. */
  readonly bytesIn: number;
  /** Bytes after. */
  readonly bytesOut: number;
}

/** Whether the name of an object says that it is compressed by zstd. */
export function isCompressed(name: string): boolean {
  return name.endsWith(SUFFIX) && name !== SUFFIX && !name.endsWith(`/${SUFFIX}`);
}

/** Whether the bytes of an object of this name change: what is compressed is not compressed again. */
export function isConverted(name: string, conversion: Conversion): boolean {
  return conversion !== "none" && isCompressed(name) === (conversion === "decompress");
}

/** The name that an object of this name gets where it keeps its own. */
export function convertedName(name: string, conversion: Conversion): string {
  if (!isConverted(name, conversion)) return name;
  return conversion === "compress" ? name + SUFFIX : name.slice(0, -SUFFIX.length);
}

/** The name that an object gets where the user gave one. */
export function exactName(name: string, conversion: Conversion): string {
  return conversion === "compress" ? convertedName(name, conversion) : name;
}
