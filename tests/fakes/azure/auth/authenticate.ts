import type { HeaderList } from "@lade/testing/http";
import { AzureError } from "../azure_error.ts";
import type { Account } from "../store/account.ts";
import { readSas, refused, type SasGrant } from "./sas.ts";
import { type SignedParts, signText, stringToSign } from "./shared_key.ts";
import type { Principal, Tokens } from "./tokens.ts";

/** Who sends a request. */
export type Identity =
  | { readonly kind: "sharedKey" }
  | { readonly kind: "sas"; readonly grant: SasGrant; readonly principal?: Principal | undefined }
  | { readonly kind: "bearer"; readonly principal: Principal }
  | { readonly kind: "anonymous" };

/** What a request is authenticated with. */
export interface AuthenticationContext {
  /** The account. */
  readonly account: Account;
  /** The container, or an empty string. */
  readonly container: string;
  /** The blob, or an empty string. */
  readonly key: string;
  /** The query, decoded. */
  readonly query: ReadonlyMap<string, string>;
  /** Whether it came by TLS. */
  readonly isSecure: boolean;
  /** The tokens. */
  readonly tokens: Tokens;
  /** The server's time. */
  readonly now: number;
}

/** How far a request's date may be off. */
const MAX_SKEW_MS = 15 * 60_000;

/** Finds out who sent a request: by its signature, its shared access signature or its token, or nobody known. */
export function authenticate(request: SignedParts, context: AuthenticationContext): Identity {
  const { account, query, tokens, now } = context;
  if (account.isShutOut) throw new AzureError("AuthorizationFailure");
  if (account.isDisabled) throw new AzureError("AccountIsDisabled");
  const authorization = request.headers.get("authorization");
  if (authorization === undefined) {
    if (!query.has("sig")) return { kind: "anonymous" };
    const delegationKey = (fields: readonly string[]) => tokens.delegationKey(fields);
    const grant = readSas({ ...context, delegationKey });
    return { kind: "sas", grant, principal: tokens.byObject(grant.objectId) };
  }
  const [, scheme = "", given = ""] = /^(\S+) (.+)$/.exec(authorization) ?? [];
  if (scheme === "Bearer") return { kind: "bearer", principal: tokens.principalOf(given, now) };
  const [, name, signature] = /^([^:]+):([A-Za-z0-9+/]+=*)$/.exec(given) ?? [];
  if (scheme !== "SharedKey" || name === undefined) throw new AzureError("InvalidAuthenticationInfo");
  checkDate(request.headers, now);
  if (name !== account.name) throw refused(`The account ${name} is not the one of the resource`);
  if (!account.allowsKeys) throw new AzureError("KeyBasedAuthenticationNotPermitted");
  const text = stringToSign(request, account.name);
  if (!account.keys.some((key) => signText(text, key) === signature)) {
    throw refused(
      `The MAC signature found in the HTTP request '${signature}' is not the same as any computed signature. ` +
        `Server used following string to sign: '${text}'.`,
    );
  }
  return { kind: "sharedKey" };
}

function checkDate(headers: HeaderList, now: number): void {
  const text = headers.get("x-ms-date") ?? headers.get("date");
  const date = Date.parse(text ?? "");
  if (Number.isNaN(date)) throw refused("The Date header in the request is incorrect.");
  if (Math.abs(date - now) > MAX_SKEW_MS) throw refused(`Request date header too old: '${text}'`);
}
