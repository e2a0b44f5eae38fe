import type { Checksums, ObjectInfo, ObjectMeta } from "@lade/core";
import { hexToBase64, md5Digits, partsEtag } from "./etag_form.ts";
import { partSizes } from "./part_sizes.ts";
import { PartsSum } from "./parts_sum.ts";
import { type Algorithm, beginSum, type StreamSum } from "./stream_sums.ts";
import { CHECKSUM_NAMES } from "@lade/core/backend";

/** Something that is known of the bytes of an object, and that other bytes can be held against. */
export interface Claim {
  /** Where it is from. */
  readonly by: "checksum" | "etag" | "remembered";
  /** Whether other bytes are shown to differ where it does not fit. That it fits shows in any case that they are the same. */
  readonly isCertain: boolean;
  /** What the same bytes come to. */
  readonly value: string;
  /** The checksum of all bytes that it is; absent for one of parts. */
  readonly algorithm?: Algorithm;
  /** Begins to compute that of other bytes. */
  readonly begin: () => StreamSum;
}

/** What is known of the bytes of an object by checksums of all of it, the one first that takes the least time. */
export function certainClaims(checksums: Checksums | undefined, by: "checksum" | "remembered"): Claim[] {
  return CHECKSUM_NAMES.flatMap((algorithm) => {
    const value = checksums?.[algorithm];
    return value === undefined
      ? []
      : [{ by, isCertain: true, value, algorithm, begin: () => beginSum(algorithm) }];
  });
}

/**
 * What may be known of the bytes of an object: that its etag is their MD5, or that of parts of some size, or that a
 * checksum of parts is. Each fits no other bytes, and may fit none.
 */
export function likelyClaims(meta: ObjectMeta & Pick<Partial<ObjectInfo>, "partsChecksum">): Claim[] {
  const { etag, size, partsChecksum } = meta;
  const claim = (value: string, begin: () => StreamSum): Claim => ({
    by: "etag",
    isCertain: false,
    value,
    begin,
  });
  const digits = md5Digits(etag);
  if (digits !== undefined) {
    return [{ ...claim(hexToBase64(digits), () => beginSum("md5")), algorithm: "md5" }];
  }
  const [, name, value, count] = /^(\w+) (\S+)-(\d+)$/.exec(partsChecksum ?? "") ?? [];
  const algorithm = CHECKSUM_NAMES.find((known) => known === name);
  // Of the two of one upload, the checksum takes less time.
  if (algorithm !== undefined) {
    return ofParts(algorithm, size, Number(count), `${value}-${count}`, false, claim);
  }
  const parts = partsEtag(etag);
  return parts ? ofParts("md5", size, parts.count, `${parts.digits}-${parts.count}`, true, claim) : [];
}

function ofParts(
  algorithm: Algorithm,
  size: number,
  count: number,
  value: string,
  isEtag: boolean,
  claim: (value: string, begin: () => StreamSum) => Claim,
): Claim[] {
  return partSizes(size, count).map((partSize) =>
    claim(value, () => new PartsSum(algorithm, partSize, isEtag))
  );
}
