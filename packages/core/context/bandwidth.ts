/** Which way bytes go: to a service, or from one. */
export type Direction = "up" | "down";

/** Bounds how fast bytes go, over all that share it. Whoever moves bytes asks it, piece by piece. */
export interface Bandwidth {
  /** How many bytes are to be moved at a time, so that they go evenly; `Infinity` where there is no bound. */
  piece(direction: Direction): number;
  /** For how long bytes were held back so far, in milliseconds; absent where nobody counts. */
  readonly heldBackMs?: number;
  /**
   * Waits until so many bytes may go, in the order of the calls; nothing to wait for where they may go immediately. An
   * abort of `signal` rejects with its reason, and the bytes do not count.
   */
  take(direction: Direction, bytes: number, signal?: AbortSignal): Promise<void> | undefined;
}

/** Waits until bytes may go that no service sees, those of a local copy: they count in both directions. */
export async function takeBoth(
  bandwidth: Bandwidth | undefined,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!bandwidth) return;
  for (let left = bytes; left > 0;) {
    const piece = Math.min(left, bandwidth.piece("up"), bandwidth.piece("down"));
    await bandwidth.take("up", piece, signal);
    await bandwidth.take("down", piece, signal);
    left -= piece;
  }
}
