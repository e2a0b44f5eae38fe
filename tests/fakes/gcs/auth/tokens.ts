/** Somebody who has signed in. */
export interface Principal {
  /** The address by which refusals name them. */
  readonly email: string;
  /** What they may do, such as `storage.objects.get`; all where absent. */
  readonly permissions?: ReadonlySet<string>;
}

/** A bearer token that was given out. */
export interface IssuedToken {
  /** The token. */
  readonly token: string;
  /** Whose it is. */
  readonly principal: Principal;
  /** Until when it holds, milliseconds since the epoch. */
  expiresAt: number;
}

/** The bearer tokens that the service knows. */
export class Tokens {
  /** Those that were given out, by token. */
  readonly issued: Map<string, IssuedToken> = new Map();

  /** Gives out another token. */
  issue(principal: Principal, expiresAt: number): string {
    const token = `ya29.token-${this.issued.size + 1}`;
    this.issued.set(token, { token, principal, expiresAt });
    return token;
  }

  /** Makes tokens invalid from now on: one, or all. */
  revoke(token?: string): void {
    for (const issued of this.issued.values()) {
      if (token === undefined || issued.token === token) issued.expiresAt = -Infinity;
    }
  }

  /** Whose a token is, unless it is unknown or no longer holds. */
  find(token: string, now: number): Principal | undefined {
    const issued = this.issued.get(token);
    return issued && issued.expiresAt > now ? issued.principal : undefined;
  }
}
