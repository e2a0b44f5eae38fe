/** One access key the server knows. Every field may change while the server runs. */
export interface FakeCredential {
  /** The secret. */
  secretAccessKey: string;
  /** The session token every request must carry; without it, a request must carry none. */
  sessionToken?: string;
  /** The time, in milliseconds since the epoch, from which requests are answered `ExpiredToken`. */
  expiresAt?: number;
  /** The account that owns what this key creates; `"000000000000"` by default. */
  owner?: string;
  /** Operations answered `AccessDenied`, by name (e.g. `"ListObjectsV2"`). */
  denied?: ReadonlySet<string>;
  /** IAM actions that alone are allowed (e.g. `"s3:GetObject"`); all of them by default. */
  allowed?: ReadonlySet<string>;
}

/** The account of credentials that name none. */
export const DEFAULT_OWNER = "000000000000";
