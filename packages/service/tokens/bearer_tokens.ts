import { searchedTokens, type TokenSearch } from "./searched_tokens.ts";
import { type Token, TokenCache } from "./token_cache.ts";

/** Keeps the token that a search finds, and searches for another one when that ends or is refused. */
export function bearerTokens<T extends Token & { readonly token: string }>(
  search: TokenSearch<T>,
): TokenCache<T> {
  return new TokenCache(searchedTokens(search), search.clock, (one, other) => one.token === other.token);
}
