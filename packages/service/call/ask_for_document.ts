import type { Clock } from "@lade/core/backend";
import { TransportError, type TransportResponse } from "@lade/service/http";

const MAX_TRIES = 3;
const WAIT_MS = 200;

/** How a document is read. */
export interface DocumentReading<T> {
  /** Reads the text; a `SyntaxError` says that it is none of such documents. */
  parse(text: string): T;
  /** Whether a `SyntaxError` says that the text is the beginning of a document. */
  isCutOff(error: SyntaxError): boolean;
  /** Whether what is sent may be sent again; true by default. */
  readonly isRepeatable?: boolean;
  /** Bytes at most. */
  readonly maxBytes: number;
  /** Time. */
  readonly clock: Clock;
  /** How long the service may be waited for in vain, over all tries, in milliseconds. */
  readonly patienceMs: number;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks for a document and reads it. One that breaks off is asked for again, twice at most; what `send` rejects with is
 * not. Rejects with the `TransportError` or `SyntaxError` of the last try, or with `signal.reason`.
 */
export async function askForDocument<T>(
  send: () => Promise<TransportResponse>,
  { parse, isCutOff, isRepeatable = true, maxBytes, clock, patienceMs, signal }: DocumentReading<T>,
): Promise<T> {
  const startMs = clock.monotonicMs();
  for (let tries = 1;; tries++) {
    const response = await send();
    try {
      return parse(await response.body.text(maxBytes));
    } catch (error) {
      signal?.throwIfAborted();
      const brokeOff = error instanceof TransportError
        ? error.retryable
        : error instanceof SyntaxError && isCutOff(error);
      const spentMs = clock.monotonicMs() - startMs + (error instanceof TransportError ? error.waitedMs : 0);
      // Another silence like this one would be over too late.
      if (!isRepeatable || tries >= MAX_TRIES || !brokeOff || spentMs > patienceMs) throw error;
      if (tries > 1) await clock.sleep(WAIT_MS, signal);
    }
  }
}
