import { crc32c, crc32cToHex } from "@lade/core";
import { FormatError } from "@lade/formats/errors";
import { canonicalJson, type JsonValue } from "./canonical_json.ts";

const SEAL = /,"crc32c":"([0-9a-f]{8})"\}\n$/;
const SEAL_LENGTH = `,"crc32c":"00000000"}\n`.length;

/**
 * The bytes of an object of JSON with the CRC-32C of all before it as its last field, so that one that is cut, damaged or
 * edited is told from a sound one. Equal objects have equal bytes.
 */
export function sealJson(value: { readonly [name: string]: JsonValue }): Uint8Array<ArrayBuffer> {
  const body = canonicalJson(value);
  if (body === "{}") throw new TypeError("Cannot seal an object of nothing");
  return new TextEncoder().encode(`${body.slice(0, -1)},"crc32c":"${sumOf(body)}"}\n`);
}

/** Reads what {@linkcode sealJson} makes. All else is a `FormatError` that names `uri`. */
export function openSealed(bytes: Uint8Array, uri: string): unknown {
  const fault = (detail: string) => new FormatError({ operation: "read", uri, detail });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fault("it is no text");
  }
  const [, sum] = SEAL.exec(text) ?? [];
  if (sum === undefined) {
    throw fault("it does not end with its checksum: it is cut, or was not written by Lade");
  }
  const body = `${text.slice(0, -SEAL_LENGTH)}}`;
  if (sumOf(body) !== sum) throw fault("its checksum does not fit its content: it is damaged, or was edited");
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new FormatError({ operation: "read", uri, detail: "it is no JSON", cause });
  }
}

function sumOf(body: string): string {
  return crc32cToHex(crc32c(new TextEncoder().encode(body)));
}
