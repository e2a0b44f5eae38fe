import { crc32c } from "@lade/codec/checksum";
import type { ObjectMeta } from "@lade/core";
import type { RememberedSums } from "./checksum_cache.ts";
import { CHECKSUM_NAMES } from "@lade/core/backend";

/** What the cache keeps of one object. */
export interface CacheRow {
  /** The object. */
  readonly uri: string;
  /** What shows that the object is the one of which the checksums are. */
  readonly identity: string;
  /** The checksums, as text. */
  readonly sums: string;
  /** The day on which it was used last, counted from 1970. */
  readonly used: number;
  /** A CRC-32C of the three texts. */
  readonly proof: number;
}

/** Makes a row, with its proof. */
export function makeRow(uri: string, identity: string, sums: string, used: number): CacheRow {
  return { uri, identity, sums, used, proof: proofOf(uri, identity, sums) };
}

/** Whether a row is as it was written. */
export function isSound({ uri, identity, sums, proof }: CacheRow): boolean {
  return proof === proofOf(uri, identity, sums);
}

/**
 * The name by which an object is remembered; `undefined` for one that no other process can see. `direct://` is another way
 * to the files of `file://`.
 */
export function rowUri(uri: string): string | undefined {
  if (uri.startsWith("memory:") || !uri.isWellFormed() || uri.includes("\0")) return undefined;
  return uri.startsWith("direct:") ? `file${uri.slice(6)}` : uri;
}

/**
 * What shows that an object is still the same: its size and its etag, which services give to each content anew. That of a
 * local file is made of its size, the time of its last change, its number, and when it was made.
 */
export function identityOf({ etag, size }: ObjectMeta): string | undefined {
  return etag === undefined || etag === "" || etag.includes("\0") ? undefined : `${size} ${etag}`;
}

/** When anything of a local file last changed, as text; `undefined` of others. */
export function statusOf({ statusChanged }: ObjectMeta): string | undefined {
  return statusChanged && `${statusChanged.getTime() / 1000}`;
}

const NAMES = [...CHECKSUM_NAMES, "pair", "status"] as const;

/** Checksums as text: `crc32c:mnG7TA== md5:XUFAKrxLKna5cZ2REBfFkg==`. */
export function formatSums(checksums: RememberedSums): string {
  return NAMES.flatMap((name) => checksums[name] === undefined ? [] : [`${name}:${checksums[name]}`]).join(
    " ",
  );
}

/** The checksums of a text. */
export function parseSums(text: string): RememberedSums {
  const checksums: { -readonly [Name in keyof RememberedSums]: RememberedSums[Name] } = {};
  for (const sum of text.split(" ")) {
    const at = sum.indexOf(":");
    const name = NAMES.find((known) => known === sum.slice(0, at));
    if (name !== undefined) checksums[name] = sum.slice(at + 1);
  }
  return checksums;
}

/** Whether a row has checksums, and says more than of which object it is. */
export function hasSums({ sums }: CacheRow): boolean {
  return sums !== "" && !/^status:\S*$/.test(sums);
}

const encoder = new TextEncoder();
const room = new Uint8Array(1024);

function proofOf(uri: string, identity: string, sums: string): number {
  return crc32c(utf8Of(`${uri}\0${identity}\0${sums}`));
}

/** A text in UTF-8, until the next call. The encoder takes several times as long for a short one in ASCII. */
function utf8Of(text: string): Uint8Array {
  const { length } = text;
  if (length > room.length) return encoder.encode(text);
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return encoder.encode(text);
    room[at] = code;
  }
  return room.subarray(0, length);
}
