/**
 * SHA-256 and HMAC-SHA-256 of short messages, as signatures of requests need them.
 *
 * @module
 */
export { HmacKey } from "./hmac_key.ts";
export { type HashState, Sha256 } from "./sha256.ts";
