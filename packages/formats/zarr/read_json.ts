import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";

/** What JSON may hold, with whole numbers that no number can be as bigints. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | {
  readonly [name: string]: Json;
};

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: Json };

const WHOLE = /^-?\d+$/;

/** Parses metadata, of which every digit is kept. */
export function readJson(bytes: Uint8Array, uri: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      (_key: string, value: unknown, context?: { readonly source?: string }) => {
        const source = context?.source ?? "";
        return typeof value === "number" && !Number.isSafeInteger(value) && WHOLE.test(source)
          ? BigInt(source)
          : value;
      },
    );
  } catch (cause) {
    const detail = `its metadata are no JSON: ${cause instanceof Error ? cause.message : cause}`;
    throw new FormatError({ operation: "read zarr", uri, detail });
  }
  if (isObject(value as Json)) return value as JsonObject;
  throw new FormatError({ operation: "read zarr", uri, detail: "its metadata are no object" });
}

/** Whether JSON is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads one metadata document, and says which part of it is not as it should be. */
export class MetadataReader {
  /** What errors name. */
  readonly uri: string;

  /** Of the document there. */
  constructor(uri: string) {
    this.uri = uri;
  }

  /** An error of this document. */
  fault(detail: string): FormatError {
    return new FormatError({ operation: "read zarr", uri: this.uri, detail: `its metadata have ${detail}` });
  }

  /** An error that names what of this document cannot be read. */
  unsupported(what: string): UnsupportedError {
    return new UnsupportedError({
      operation: "read zarr",
      uri: this.uri,
      detail: `it has ${what}, which cannot be read`,
    });
  }

  /** A list of whole numbers from `least` up. */
  numbers(value: Json | undefined, name: string, least: number): number[] {
    const isSound = Array.isArray(value) &&
      value.every((length) => typeof length === "number" && Number.isSafeInteger(length) && length >= least);
    if (isSound) return [...value] as number[];
    throw this.fault(`${printed(value)} as ${name}, and no whole numbers from ${least} up`);
  }

  /** An object. */
  object(value: Json | undefined, name: string): JsonObject {
    if (isObject(value)) return value;
    throw this.fault(`${printed(value)} as ${name}, and no object`);
  }

  /** A list. */
  list(value: Json | undefined, name: string): readonly Json[] {
    if (Array.isArray(value)) return value;
    throw this.fault(`${printed(value)} as ${name}, and no list`);
  }
}

/** JSON as an error tells it: cut where it is long. */
export function printed(value: Json | undefined): string {
  const text = JSON.stringify(value, (_key, part) => typeof part === "bigint" ? `${part}` : part) ??
    "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
