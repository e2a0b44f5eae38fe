import type { EtagMd5 } from "../contract/etag_md5.ts";
import { ChecksumMismatchError } from "../errors/errors.ts";

/**
 * Compares what is read for a move with the MD5 that the source's etag is or may be; one for all reads of one move.
 *
 * Bytes that do not fit are a `ChecksumMismatchError`, and worth one more read: where that does not fit either, the bytes
 * are not those of the etag. Only where two reads agree, and etags are not known to be MD5 sums, is this one none.
 */
export class EtagGuard {
  /** What the etag says of the object that is read now. */
  told: EtagMd5 | undefined;
  #before: { readonly md5: string; readonly error: ChecksumMismatchError } | undefined;

  /** Says whether the bytes have the MD5 of the etag; `false` where the etag is none. */
  fits(md5: string, told: EtagMd5, uri: string): boolean {
    if (md5 === told.md5) {
      told.learn(true);
      return true;
    }
    const before = this.#before;
    if (before?.md5 === md5 && !told.certain) {
      told.learn(false);
      return false;
    }
    const found = before && before.md5 !== md5 ? `${before.md5}, and ${md5} when read again` : md5;
    const advice = before?.md5 === md5
      ? "if the service has them so, copy the object and remove it then"
      : "check what stands between here and the service";
    const error = new ChecksumMismatchError({
      operation: "get",
      uri,
      detail: `the bytes have md5 ${found}, the etag is that of ${told.md5}; the source is kept`,
      advice,
    });
    this.#before ??= { md5, error };
    throw error;
  }

  /** Whether an error is that of the first read, which one more can put right. */
  isDoubt(error: unknown): boolean {
    return this.#before?.error === error;
  }
}
