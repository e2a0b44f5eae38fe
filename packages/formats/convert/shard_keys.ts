const PATTERN = /%0?(\d*)d/;

/** The key of a shard: its number in place of `%06d` in `key`, or before the suffix, with six digits. */
export function shardKey(key: string, shard: number, suffix: string): string {
  const [pattern, digits] = PATTERN.exec(key) ?? [];
  if (pattern !== undefined) return key.replace(pattern, String(shard).padStart(Number(digits), "0"));
  const stem = key.toLowerCase().endsWith(suffix) ? key.slice(0, -suffix.length) : key;
  return `${stem}-${String(shard).padStart(6, "0")}${key.slice(stem.length)}`;
}

/** Whether a key says where the number of a shard stands. */
export function hasShardPattern(key: string): boolean {
  return PATTERN.test(key);
}
