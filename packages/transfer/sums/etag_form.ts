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

const DIGITS = "0123456789abcdef";
/** What a character of base64 stands for, by its number; of any other, nothing. */
const SEXTETS: readonly (number | undefined)[] = sextets();

function sextets(): readonly (number | undefined)[] {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return Array.from({ length: 128 }, (_, code) => {
    const at = alphabet.indexOf(String.fromCharCode(code));
    return at < 0 ? undefined : at;
  });
}

/**
 * Whether 32 hexadecimal digits in lower case are the MD5 whose base64 form the other is. Every pair of a listing comes to
 * this, so that nothing is allocated.
 */
export function isMd5Of(digits: string, base64: string): boolean {
  if (digits.length !== 32 || base64.length !== 24 || !base64.endsWith("==")) return false;
  let [bits, held, at] = [0, 0, 0];
  for (let i = 0; i < 22; i++) {
    const sextet = SEXTETS[base64.charCodeAt(i)];
    if (sextet === undefined) return false;
    bits = bits << 6 | sextet;
    held += 6;
    while (held >= 4 && at < 32) {
      held -= 4;
      if (digits.charCodeAt(at++) !== DIGITS.charCodeAt(bits >> held & 0xf)) return false;
    }
    bits &= (1 << held) - 1;
  }
  return bits === 0;
}

/** The base64 form of hexadecimal digits. */
export function hexToBase64(digits: string): string {
  return Uint8Array.fromHex(digits).toBase64();
}

/** The hexadecimal digits of a base64 form. */
export function base64ToHex(text: string): string {
  return Uint8Array.fromBase64(text).toHex();
}
