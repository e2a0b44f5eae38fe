import type { Sourced } from "@lade/core/settings";
import type { CredentialSurroundings } from "@lade/service/session";

/** What is configured of who asks. */
export interface IdentityConfig {
  /** Whether nothing is signed; also where an emulator is asked and nobody is named. */
  readonly anonymous: boolean;
  /** An access token; a secret. */
  readonly accessToken?: Sourced<string>;
  /** A file of credentials in JSON. */
  readonly credentialsFile?: Sourced<string>;
  /** Address of the service account to act as, after its delegates, with commas between. */
  readonly impersonateServiceAccount?: Sourced<string>;
  /** Whether plain HTTP to other machines is allowed. */
  readonly allowHttp: boolean;
}

/** What tokens are asked for in. */
export interface TokenSurroundings extends Pick<CredentialSurroundings, "clock" | "env" | "read" | "web"> {
  /** Whether plain HTTP to other machines is allowed. */
  readonly allowHttp: boolean;
}

/** What tokens for objects and buckets are for, rights on them included. */
export const STORAGE_SCOPE = "https://www.googleapis.com/auth/devstorage.full_control";

/** What tokens are for by which other tokens, or signatures, are asked for. */
export const CLOUD_SCOPE = "https://www.googleapis.com/auth/cloud-platform";
