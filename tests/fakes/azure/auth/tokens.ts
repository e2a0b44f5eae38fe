import { createHmac } from "node:crypto";
import { AzureError } from "../azure_error.ts";

/** What somebody may do with blobs (built-in roles "Storage Blob Data …" and "Storage Blob Delegator"). */
export type Role = "owner" | "contributor" | "reader" | "delegator" | "none";

/** Who can sign in. */
export interface Principal {
  /** The object's id. */
  readonly objectId: string;
  /** The role; may change at any time. */
  role: Role;
  /** Where somebody signs in by a secret or by a token of another issuer. */
  readonly clientId?: string;
  /** The secret. */
  readonly clientSecret?: string;
  /** Tokens of other issuers that stand for it. */
  readonly assertions?: readonly string[];
}

/** A token that was given out. */
export interface IssuedToken {
  /** Whose it is. */
  readonly principal: Principal;
  /** When it ends, milliseconds since the epoch; may be changed. */
  expiresAt: number;
}

/** The audience of tokens for storage. */
export const STORAGE_AUDIENCE = "https://storage.azure.com";

/** The tokens of one tenant. */
export class Tokens {
  /** The tenant. */
  readonly tenantId = "11111111-2222-3333-4444-555555555555";
  /** Those that were given out. */
  readonly issued: Map<string, IssuedToken> = new Map();
  /** Who can sign in. */
  readonly principals: Principal[] = [];

  /** A new token of somebody. */
  issue(principal: Principal, expiresAt: number): string {
    const claims = {
      aud: STORAGE_AUDIENCE,
      oid: principal.objectId,
      tid: this.tenantId,
      jti: this.issued.size + 1,
    };
    const encode = (value: unknown) => btoa(JSON.stringify(value)).replace(/=+$/, "");
    const body = `${encode({ alg: "HS256", typ: "JWT" })}.${
      encode({ ...claims, exp: Math.floor(expiresAt / 1000) })
    }`;
    const token = `${body}.${createHmac("sha256", SEED).update(body).digest("base64url")}`;
    this.issued.set(token, { principal, expiresAt });
    return token;
  }

  /** Whose token it is; refuses one that ended or that nobody gave out. */
  principalOf(token: string, now: number): Principal {
    const found = this.issued.get(token);
    if (!found) throw this.refused("Signature validation failed. The token is not of this tenant.");
    if (found.expiresAt <= now) throw this.refused("Lifetime validation failed. The token is expired.");
    return found.principal;
  }

  /** The key of a user delegation, in base64, by what its signatures name of it. */
  delegationKey(fields: readonly string[]): string {
    return createHmac("sha256", SEED).update(fields.join("\n")).digest("base64");
  }

  /** Somebody by an object's id. */
  byObject(objectId: string | undefined): Principal | undefined {
    return this.principals.find((principal) => principal.objectId === objectId);
  }

  /** The refusal of a token, with a challenge. */
  refused(detail: string): AzureError {
    return new AzureError("InvalidAuthenticationInfo", {
      status: 401,
      message:
        "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.",
      details: { AuthenticationErrorDetail: detail },
      headers: this.challenge,
    });
  }

  /** What a refusal says of how to sign in. */
  get challenge(): Record<string, string> {
    const uri = `https://login.microsoftonline.com/${this.tenantId}/oauth2/authorize`;
    return { "WWW-Authenticate": `Bearer authorization_uri=${uri} resource_id=${STORAGE_AUDIENCE}` };
  }
}

const SEED = "the seed of a fake";
