/** The etag in lower case where it has the form of an MD5: 32 hexadecimal digits. Whether it is one, it does not show. */
export function md5Digits(etag: string | undefined): string | undefined {
  return etag?.length === 32 && /^[0-9a-f]{32}$/i.test(etag) ? etag.toLowerCase() : undefined;
}

/** The parts of an etag that has the form of one of several parts: an MD5, and their number. */
export function partsEtag(
  etag: string | undefined,
): { readonly digits: string; readonly count: number } | undefined {
  if (etag === undefined || etag.length < 34) return undefined;
  const [, digits, count] = /^([0-9a-f]{32})-([1-9]\d{0,4})$/i.exec(etag) ?? [];
  return digits && count ? { digits: digits.toLowerCase(), count: Number(count) } : undefined;
}

/** Whether two etags are the same MD5, or the same of several parts. What else etags are says nothing between stores. */
export function isSameEtag(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b && (md5Digits(a) ?? partsEtag(a)) !== undefined;
}

/** The base64 form of hexadecimal digits. */
export function hexToBase64(digits: string): string {
  return Uint8Array.fromHex(digits).toBase64();
}

/** The hexadecimal digits of a base64 form. */
export function base64ToHex(text: string): string {
  return Uint8Array.fromBase64(text).toHex();
}
