import type { Clock } from "@lade/core/backend";
import { CredentialFault } from "./credential_fault.ts";
import { credentialFaultToStoreError } from "./credential_fault_to_store_error.ts";
import type { SharedTokens } from "./shared_tokens.ts";
import type { LoadedToken, Token, TokenSource } from "./token_cache.ts";

/** How tokens are searched for. */
export interface TokenSearch<T extends Token> {
  /** Searches; `refresh` wants another one than the last, where there can be one. */
  readonly search: (refresh: boolean) => Promise<LoadedToken<T>>;
  /** What decides what is found; absent where nothing is to be shared. */
  readonly key?: string;
  /** What others have found, and shall find. */
  readonly shared?: SharedTokens<T> | undefined;
  /** Time. */
  readonly clock: Clock;
  /** The URI that messages name. */
  readonly uri: string;
}

/** A source that searches when it is asked, once for all who share; a `CredentialFault` is the error of a store. */
export function searchedTokens<T extends Token>(
  { search, key, shared, clock, uri }: TokenSearch<T>,
): TokenSource<T> {
  return {
    renewable: true,
    load: async (refresh) => {
      const find = () => search(refresh);
      try {
        return await (shared && key !== undefined ? shared.run(key, refresh, clock, find) : find());
      } catch (error) {
        if (!(error instanceof CredentialFault)) throw error;
        throw credentialFaultToStoreError(error, { operation: "open", uri });
      }
    },
  };
}
