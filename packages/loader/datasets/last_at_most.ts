/** The last of the first `count` places of ascending numbers whose number is at most `value`; the first one where none is. */
export function lastAtMost(ascending: ArrayLike<number>, value: number, count: number): number {
  let low = 0, high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
