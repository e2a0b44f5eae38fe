import { quote } from "@lade/core/text";
import type { BearerToken } from "@lade/service/call";
import { claimsOf, type TokenCache } from "@lade/service/tokens";

/** What requests are authorized with. */
export type AzureCredential =
  | {
    /** By a key of the account. */
    readonly kind: "sharedKey";
    /** Name of the account. */
    readonly account: string;
    /** The key, in base64; a secret. */
    readonly key: string;
    /** Where it came from, in words for messages. */
    readonly source?: string;
  }
  | {
    /** By a shared access signature. */
    readonly kind: "sas";
    /** The signature as a query, with or without the question mark; a secret. */
    readonly token: string;
    /** Where it came from, in words for messages. */
    readonly source?: string;
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

/** Who asks and where that was said, in words for messages; no secret. */
export function identityOf(credential: AzureCredential): string {
  return tell(credential, (source) => !source || source === "option" ? "" : `from ${source}`);
}

/** The same without where it was said. */
export function nameOfIdentity(credential: AzureCredential): string {
  return tell(credential, () => "");
}

function tell(credential: AzureCredential, place: (source: string | undefined) => string): string {
  const aside = (...words: readonly string[]) => {
    const said = words.filter((each) => each !== "").join(", ");
    return said === "" ? "" : ` (${said})`;
  };
  switch (credential.kind) {
    case "sharedKey":
      return `the key of account "${credential.account}"${aside(place(credential.source))}`;
    case "sas":
      return `the shared access signature${aside(place(credential.source))}`;
    case "anonymous":
      return "anonymous requests";
    case "bearer": {
      const { source, value } = credential.tokens.current ?? {};
      const name = value && nameIn(value.token);
      return `the identity of Entra ID${value ? aside(name ? quote(name) : "", place(source)) : ""}`;
    }
  }
}

/** Whom a token says to be for, of the names by which roles are granted: of a user, of an application, of an object. */
function nameIn(token: string): string | undefined {
  const { upn, unique_name, appid, oid } = claimsOf(token);
  const name = upn ?? unique_name ?? appid ?? oid;
  return typeof name === "string" ? name : undefined;
}
