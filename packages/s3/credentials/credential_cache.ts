import type { Clock } from "@lade/core/backend";
import { type LoadedToken, TokenCache, type TokenSource } from "@lade/service/tokens";
import type { S3Credentials } from "../config/s3_credentials.ts";

/** Credentials and where they came from. */
export type LoadedCredentials = LoadedToken<S3Credentials>;

/** Where credentials come from. */
export type CredentialSource = TokenSource<S3Credentials>;

/** Holds credentials and renews them before they expire. */
export class CredentialCache extends TokenCache<S3Credentials> {
  /** Asks `source` when the first request needs credentials. */
  constructor(source: CredentialSource, clock: Clock) {
    super(
      source,
      clock,
      (one, other) => one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken,
    );
  }

  /** Who asks, for messages; no secret. */
  get identity(): string {
    if (!this.current) return "the credentials";
    const { source, value } = this.current;
    return `access key ${JSON.stringify(value.accessKeyId)} (from ${source})`;
  }
}
