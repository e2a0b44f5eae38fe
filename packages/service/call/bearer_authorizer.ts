import type { ServiceFault } from "../errors/mod.ts";
import type { HeaderList } from "../http/mod.ts";
import type { Token, TokenCache } from "../tokens/mod.ts";
import type { Authorizer, UnauthorizedRequest } from "./authorizer.ts";

/** A token that authorizes its bearer. */
export interface BearerToken extends Token {
  /** The token; a secret. */
  readonly token: string;
}

/** Authorizes by `Authorization: Bearer` (RFC 6750). A token that the service refuses by 401 is replaced, once. */
export class BearerAuthorizer<T extends BearerToken> implements Authorizer {
  readonly #tokens: TokenCache<T>;
  #used: T | undefined;
  #replaced = false;

  /** Takes tokens from a cache that other calls use too. */
  constructor(tokens: TokenCache<T>) {
    this.#tokens = tokens;
  }

  /** The headers, with the token that works now. */
  authorize({ headers }: UnauthorizedRequest): HeaderList | Promise<HeaderList> {
    const withToken = (used: T): HeaderList => {
      this.#used = used;
      return [...Object.entries(headers), ["authorization", `Bearer ${used.token}`]];
    };
    const found = this.#tokens.get();
    return found instanceof Promise ? found.then(withToken) : withToken(found);
  }

  /** Gets another token after the first 401 that is the service's. */
  async correct({ foreign, status }: ServiceFault): Promise<boolean> {
    if (status !== 401 || foreign !== undefined || this.#replaced || !this.#used) return false;
    this.#replaced = true;
    return await this.#tokens.replace(this.#used) !== undefined;
  }
}
