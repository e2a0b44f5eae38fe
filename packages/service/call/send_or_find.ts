import { ServiceError, StoreError, UnavailableError } from "@lade/core/errors";
import { ServiceFault } from "../errors/mod.ts";

/**
 * Sends a request that must not come twice, such as a conditional write. Where the service may have done what it asks for
 * although it failed, gives what `find` finds done; where that is nothing, or cannot be found out, this fails as the request.
 */
export async function sendOrFind<T>(
  send: () => Promise<T>,
  find: () => Promise<T | undefined>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const found = signal?.aborted || !mayBeDone(error) ? undefined : await find().catch(() => undefined);
    if (found === undefined) throw error;
    return found;
  }
}

/** The answer was lost, is not the service's, or came to a second try. */
function mayBeDone(error: unknown): boolean {
  if (!(error instanceof StoreError)) return false;
  const { cause } = error;
  const foreign = cause instanceof ServiceFault && cause.foreign !== undefined;
  return error instanceof UnavailableError || (error instanceof ServiceError && (foreign || !cause)) ||
    (cause instanceof ServiceFault && cause.attempts > 1);
}
