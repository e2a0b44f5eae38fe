/** The first `limit` entries of a listing, which ends with the last of them; all where there is no limit. */
export function atMost<T>(
  entries: AsyncGenerator<T, void, void>,
  limit: number | undefined,
): AsyncGenerator<T, void, void> {
  return limit === undefined ? entries : cut(entries, limit);
}

async function* cut<T>(entries: AsyncGenerator<T, void, void>, limit: number): AsyncGenerator<T, void, void> {
  let left = limit;
  for await (const entry of entries) {
    yield entry;
    if (--left <= 0) return;
  }
}
