import type { Content } from "../../parts/content.ts";

/** Fields of an object that a client says, by their names in the JSON API. */
export const TEXT_FIELDS = [
  "contentType",
  "contentEncoding",
  "contentLanguage",
  "contentDisposition",
  "cacheControl",
  "customTime",
] as const;

/** The name of one of {@linkcode TEXT_FIELDS}. */
export type TextField = typeof TEXT_FIELDS[number];

/** Until when an object can neither be deleted nor replaced, and whether that can be taken back. */
export interface ObjectRetention {
  /** `Locked` or `Unlocked`. */
  readonly mode: string;
  /** The time, as it came. */
  readonly retainUntilTime: string;
}

/** What a client may say about an object beside its bytes. */
export interface ObjectAttributes {
  /** Fields of text. */
  fields: Partial<Record<TextField, string>>;
  /** Metadata, names as they came. */
  metadata: ReadonlyMap<string, string>;
  /** Contexts: values by names, for rules. */
  contexts: ReadonlyMap<string, string>;
  /** The storage class. */
  storageClass: string;
  /** The key it is encrypted by. */
  kmsKeyName?: string;
  /** It can neither be deleted nor replaced. */
  temporaryHold: boolean;
  /** It can neither be deleted nor replaced, and retention begins when that ends. */
  eventBasedHold: boolean;
  /** Its own retention. */
  retention?: ObjectRetention | undefined;
}

/** One generation of an object. */
export interface StoredObject extends ObjectAttributes {
  /** The name. */
  readonly name: string;
  /** The generation, a decimal number. */
  readonly generation: string;
  /** How often its description changed, from 1. */
  metageneration: number;
  /** The bytes. */
  content: Content;
  /** CRC-32C in base64, highest byte first. */
  crc32c: string;
  /** MD5 in base64, unless it was composed or written in parts. */
  md5?: string | undefined;
  /** Of how many objects or parts it was composed. */
  componentCount?: number;
  /** When it was made, milliseconds since the epoch. */
  readonly timeCreated: number;
  /** When its description changed last. */
  updated: number;
  /** When it became noncurrent. */
  timeDeleted?: number;
}

/** The entity tag of the JSON API. */
export function etagOf(
  { generation, metageneration }: Pick<StoredObject, "generation" | "metageneration">,
): string {
  return btoa(`${generation}/${metageneration}`);
}
