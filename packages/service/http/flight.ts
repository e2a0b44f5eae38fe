/**
 * The course of one try that another may forestall. Whoever carries the try says when it goes out and to whom, and how it is
 * ended; a try of which nothing is said is waited for.
 */
export class Flight {
  #sentMs = Infinity;
  #address: string | undefined;
  #revoked = false;
  #end: ((reason: unknown) => void) | undefined;

  /** When the request had a connection, on the monotonic clock; `Infinity` before. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** Address and port of the other side, where known. */
  get address(): string | undefined {
    return this.#address;
  }

  /** Whether nobody waits for the try any more. */
  get revoked(): boolean {
    return this.#revoked;
  }

  /** Says how the try is ended, wherever it is. */
  endBy(end: (reason: unknown) => void): void {
    this.#end = end;
  }

  /** Says that the try has a connection. */
  depart(nowMs: number, address: string | undefined): void {
    this.#sentMs = nowMs;
    this.#address = address;
  }

  /** Ends the try, which is waited for no more. */
  revoke(reason: unknown): void {
    this.#revoked = true;
    this.#end?.(reason);
  }
}
