/**
 * Credentials and tokens that expire: {@linkcode TokenCache} renews them for all who wait, {@linkcode SharedTokens} lets
 * several caches share what one of them found, and a {@linkcode CredentialFault} says why there are none.
 *
 * @module
 */
export { bearerTokens } from "./bearer_tokens.ts";
export { claimsOf } from "./claims_of.ts";
export { CredentialFault } from "./credential_fault.ts";
export { credentialFaultToStoreError } from "./credential_fault_to_store_error.ts";
export { searchedTokens, type TokenSearch } from "./searched_tokens.ts";
export { SharedTokens } from "./shared_tokens.ts";
export { type LoadedToken, type Token, TokenCache, type TokenSource } from "./token_cache.ts";
