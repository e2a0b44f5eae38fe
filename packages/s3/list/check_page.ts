import type { CallName } from "@lade/core/errors";
import { childText, type XmlElement } from "@lade/service/xml";
import { ALIAS } from "../endpoint/bucket_place.ts";
import { unlikeS3 } from "../headers/s3_headers.ts";

/** What a page of a listing has. */
export interface ReadPage {
  /** Objects or versions. */
  readonly entries: number;
  /** Folded prefixes. */
  readonly prefixes: number;
  /** Where the next page begins, if it says so. */
  readonly next?: string | undefined;
}

/**
 * Throws for a page that may be half of one, or another one's: what a gateway left out of it would count as deleted. A page
 * with less than its `KeyCount` is a `SyntaxError`, as one that breaks off. One of another bucket is a `ServiceError`, and
 * so is one without a next one that does not say in the words of the reference that it is the last; but a service that
 * leaves out `IsTruncated` alone is believed by its `KeyCount`.
 */
export function checkPage(
  root: XmlElement,
  { entries, prefixes, next }: ReadPage,
  bucket: string,
  call: CallName,
): void {
  // Ceph has tenants before the names of buckets, and pages of an access point may have that of its bucket.
  const name = childText(root, "Name") ?? "";
  if (name !== "" && name !== bucket && !bucket.endsWith(`:${name}`) && !ALIAS.test(bucket)) {
    throw unlikeS3(call, `the page is of the bucket ${JSON.stringify(name)}`);
  }
  const text = childText(root, "KeyCount")?.trim();
  const count = text ? Number(text) : undefined;
  if (count !== undefined && count > entries + prefixes) {
    throw new SyntaxError(`the page is not complete: it has ${entries + prefixes} of ${count} names`);
  }
  const end = childText(root, "IsTruncated")?.trim();
  if (next !== undefined || end === "false") return;
  // Some services do not count prefixes.
  if (end === undefined && (count === entries + prefixes || count === entries)) return;
  const words = end === undefined ? "has no IsTruncated" : `has IsTruncated ${JSON.stringify(end)}`;
  throw unlikeS3(call, `a page ${words}, so it is not known whether it is the last`);
}
