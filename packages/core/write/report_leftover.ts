import { StoreError } from "../errors/store_error.ts";

/**
 * The error of a write that failed and of which something stays behind: of the same class, saying both. What is no
 * store error, such as the reason of an abort, stays as it is.
 */
export function reportLeftover(error: unknown, leftover: unknown): unknown {
  if (!(error instanceof StoreError) || !(leftover instanceof StoreError)) return error;
  const advice = [error.advice, leftover.advice].filter((each) => each !== undefined).join("; ");
  return error.restated({
    detail: `${error.detail}; also, ${leftover.detail}`,
    advice: advice === "" ? undefined : advice,
    cause: error,
  });
}

/** The error of a removal that failed: one of a store says that `what` stays behind. */
export function tellLeftover(error: unknown, what: string): unknown {
  if (!(error instanceof StoreError)) return error;
  return error.restated({ detail: `${what} stays behind: ${error.detail}` });
}
