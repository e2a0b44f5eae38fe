import type { ShownSetting } from "@lade/core/settings";
import { quote } from "@lade/core/text";
import type { BearerToken } from "@lade/service/call";
import type { TokenCache } from "@lade/service/tokens";

/** A token of Google's, and what is known of whom it is for. */
export interface GcsToken extends BearerToken {
  /** Address of the account that it is for, where that is known. */
  readonly email?: string | undefined;
  /** The project that its source belongs to, where the source says it. */
  readonly project?: string | undefined;
  /** The project that is to be charged for requests, where the source says it. */
  readonly quotaProject?: string | undefined;
  /** Signs in the name of the account of `email` (RSASSA-PKCS1-v1_5, SHA-256), where that can be done. */
  readonly sign?: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** How long its signatures are sure to hold, in milliseconds; for good where absent. */
  readonly signedMs?: number;
}

/** What requests are authorized with. */
export type GcsCredential =
  | {
    /** By tokens of Google's. */
    readonly kind: "bearer";
    /** Gives the tokens. */
    readonly tokens: TokenCache<GcsToken>;
    /** Finds the project of whom the tokens are for, where there is a place that tells it. */
    readonly findProject?: () => Promise<string | undefined>;
  }
  | {
    /** By nothing: what is public can be read. */
    readonly kind: "anonymous";
  };

/** Who asks and where that was said, in words for messages; no secret. */
export function identityOf(credential: GcsCredential): string {
  if (credential.kind === "anonymous") return "nobody (anonymous)";
  const { source = "the credentials", value } = credential.tokens.current ?? {};
  return value?.email === undefined ? `the account of ${source}` : `${quote(value.email)} (${source})`;
}

/** Who asks, as a setting that is shown beside where it was said. */
export function shownIdentity(credential: GcsCredential, shown: readonly ShownSetting[]): ShownSetting {
  if (credential.kind === "anonymous") {
    const { source = "" } = shown.find(({ name }) => name === "anonymous") ?? {};
    return { name: "identity", value: identityOf(credential), source };
  }
  const { source = "", value } = credential.tokens.current ?? {};
  return { name: "identity", value: value?.email ?? "the account of the credentials", source };
}

/** The project of whom the credential is for; `undefined` where nothing tells it. */
export async function projectOf(credential: GcsCredential): Promise<string | undefined> {
  return credential.kind === "bearer" ? await credential.findProject?.() : undefined;
}
