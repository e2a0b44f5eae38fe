/** The key under which a compressed object is stored: with `.zst` at its end, unless it has that. */
export function zstdKey(key: string): string {
  return key.endsWith(".zst") ? key : `${key}.zst`;
}
