/** Compares two keys by the bytes of their UTF-8 form, the order in which the service lists. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** UTF-16 puts the surrogates below U+E000 to U+FFFF, UTF-8 above them. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** The index of the first of `keys`, which are in order, for which `isBefore` is false. */
export function lowerBound(keys: readonly string[], isBefore: (key: string) => boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = low + high >>> 1;
    if (isBefore(keys[middle] ?? "")) low = middle + 1;
    else high = middle;
  }
  return low;
}
