import { commonKeyFault } from "@lade/core/backend";
import { STORED_CRC } from "./stored_crc.ts";

/** Why a container holds no blob of this name ("Naming and Referencing Containers, Blobs, and Metadata"). */
export function azureKeyFault(key: string): string | undefined {
  const fault = commonKeyFault(key);
  if (fault !== undefined) return fault;
  if (key.length > 1024) return `the key has ${key.length} UTF-16 units, and 1,024 are the most`;
  if (key.length >= 254 && key.split("/").length > 254) {
    return "the key has more than 254 segments between slashes";
  }
  if (/\p{Cc}/u.test(key)) return "the key has a control character";
  if (key.includes("\\")) return "the key has a backslash, which the service takes for a slash";
  if (/\.(?:\/|$)/.test(key)) {
    return "the key has a dot at the end, or before a slash, which the service leaves out";
  }
  return undefined;
}

/** Why a blob has no metadata of this name: names are identifiers of C#. */
export function azureMetadataNameFault(name: string): string | undefined {
  if (!/^[a-z_][a-z0-9_]*$/i.test(name)) {
    return "the name is no identifier of letters, digits and underscores";
  }
  return name.toLowerCase() === STORED_CRC ? "Lade keeps the checksum of the blob by that name" : undefined;
}
