/**
 * Works on items as they come, at most `limit` at once, which may change meanwhile. A failure of `work`, or of the items themselves, takes no
 * further item, waits for the work under way, and rejects with the first failure.
 */
export async function runConcurrently<T>(
  items: AsyncIterable<T>,
  limit: number | (() => number),
  work: (item: T) => Promise<void>,
): Promise<void> {
  const most = typeof limit === "number" ? () => limit : limit;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    for await (const item of items) {
      const task: Promise<void> = work(item)
        .catch((error) => void failures.push(error))
        .finally(() => running.delete(task));
      running.add(task);
      while (running.size >= most()) await Promise.race(running);
      if (failures.length > 0) break;
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}
