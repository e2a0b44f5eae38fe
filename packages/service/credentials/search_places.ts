import { CredentialFault, type LoadedToken, type Token } from "../tokens/mod.ts";

/** A place where a token may be. */
export interface TokenPlace<T extends Token> {
  /** In messages, also about the token that came from there: `a managed identity`. */
  readonly words: string;
  /** Looks there: the token, or why there is none. A place that is set up and fails rejects with a `CredentialFault`. */
  readonly find: () => Promise<T | string>;
}

/**
 * The token of the first place that has one; a place that fails ends the search, so that no other identity is taken
 * instead. Where none has, the `CredentialFault` begins with `none` and says of each place why, after `reasons` that were
 * known before.
 */
export async function searchPlaces<T extends Token>(
  places: readonly TokenPlace<T>[],
  { advice, none, reasons = [] }: {
    readonly none: string;
    readonly advice: string;
    readonly reasons?: readonly string[];
  },
): Promise<LoadedToken<T>> {
  const all = [...reasons];
  for (const { find, words } of places) {
    const found = await find();
    if (typeof found !== "string") return { value: found, source: words };
    all.push(`${words}: ${found}`);
  }
  throw new CredentialFault(`${none} (${all.join("; ")})`, { none: true, advice });
}
