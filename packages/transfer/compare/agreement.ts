import type { Checksums, ObjectMeta } from "@lade/core";
import type { Algorithm } from "../sums/stream_sums.ts";
import { CHECKSUM_NAMES } from "@lade/core/backend";
import type { RememberedSums } from "../sums/checksum_cache.ts";
import { isMd5Of, isSameEtag, md5Digits } from "../sums/etag_form.ts";
import type { Difference, Evidence } from "./difference.ts";

/** What is known of a side without reading it. */
export interface KnownSums {
  /** What the store has of it. */
  readonly meta: ObjectMeta;
  /** What is remembered of it. */
  readonly remembered?: RememberedSums | undefined;
  /** Checksums of its bytes, once they are read. */
  read?: Checksums;
}

const SAME = {
  checksum: { same: true, by: "checksum", detail: "the checksums are the same" },
  remembered: { same: true, by: "remembered", detail: "the checksums are the same, as remembered" },
  etag: { same: true, by: "etag", detail: "the etags are of the same content" },
} as const satisfies Partial<Record<Evidence, Difference>>;

const COPIED: Difference = {
  same: true,
  by: "remembered",
  detail: "the one is remembered as a copy of the other",
};

/**
 * What two sides show that both have checksums: all that they have in common are the same, or one is not. An etag that may
 * be an MD5 shows only that they are the same. `undefined` where they have nothing in common that tells.
 */
export function agreementOf(a: KnownSums, b: KnownSums): Difference | undefined {
  let found: Difference | undefined;
  if (isSummed(a) && isSummed(b)) {
    for (const name of CHECKSUM_NAMES) {
      const [ofA, ofB] = [seen(a, name), seen(b, name)];
      const [valueA, valueB] = [ofA ?? a.remembered?.[name], ofB ?? b.remembered?.[name]];
      if (valueA === undefined || valueB === undefined) continue;
      const by = ofA === undefined || ofB === undefined ? "remembered" : "checksum";
      if (valueA !== valueB) return { same: false, by, detail: `${name} is ${valueA} and ${valueB}` };
      // What the stores have counts for more.
      if (found?.by !== "checksum") found = SAME[by];
    }
  }
  if (found) return found;
  if (a.remembered?.pair !== undefined && a.remembered.pair === b.remembered?.pair) return COPIED;
  if (isSameEtag(a.meta.etag, b.meta.etag)) return SAME.etag;
  return etagAgreement(a, b) ?? etagAgreement(b, a);
}

function isSummed({ meta, read, remembered }: KnownSums): boolean {
  return (meta.checksums ?? read ?? remembered) !== undefined;
}

/** A checksum that the store has, or the bytes that were read. */
function seen({ meta, read }: KnownSums, name: Algorithm): string | undefined {
  return meta.checksums?.[name] ?? read?.[name];
}

/** Whether the etag of one side is the MD5 of the other. */
function etagAgreement({ meta: { etag } }: KnownSums, side: KnownSums): Difference | undefined {
  const told = seen(side, "md5");
  const md5 = told ?? side.remembered?.md5;
  const digits = md5 === undefined ? undefined : md5Digits(etag);
  if (md5 === undefined || digits === undefined || !isMd5Of(digits, md5)) return undefined;
  return told === undefined ? SAME.remembered : SAME.etag;
}
