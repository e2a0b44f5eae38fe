import type { BearerToken } from "@lade/service/call";
import type { TokenCache } from "@lade/service/tokens";

/** What requests are authorized with. */
export type AzureCredential =
  | {
    /** By a key of the account. */
    readonly kind: "sharedKey";
    /** Name of the account. */
    readonly account: string;
    /** The key, in base64; a secret. */
    readonly key: string;
  }
  | {
    /** By a shared access signature. */
    readonly kind: "sas";
    /** The signature as a query, with or without the question mark; a secret. */
    readonly token: string;
  }
  | {
    /** By tokens of Entra ID. */
    readonly kind: "bearer";
    /** Gives the tokens. */
    readonly tokens: TokenCache<BearerToken>;
  }
  | {
    /** By nothing: what is public can be read. */
    readonly kind: "anonymous";
  };

/** Who asks, in words for messages; no secret. */
export function identityOf(credential: AzureCredential): string {
  switch (credential.kind) {
    case "sharedKey":
      return `the key of account "${credential.account}"`;
    case "sas":
      return "the shared access signature";
    case "anonymous":
      return "anonymous requests";
    case "bearer": {
      const source = credential.tokens.current?.source;
      return source === undefined ? "the identity of Entra ID" : `the identity of Entra ID (from ${source})`;
    }
  }
}
