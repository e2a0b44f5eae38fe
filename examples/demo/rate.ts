/** Bytes per second, or why there is no figure. */
export type Rate = number | string;

/** Runs `work` over `bytes` bytes and tells the rate. */
export async function rateOf(bytes: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return bytes / ((performance.now() - start) / 1000);
}
