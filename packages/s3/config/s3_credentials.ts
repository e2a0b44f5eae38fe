/** A pair of keys, with the token that goes with temporary ones. */
export interface S3Credentials {
  /** Names the key pair; no secret. */
  readonly accessKeyId: string;
  /** The secret half. */
  readonly secretAccessKey: string;
  /** Goes with temporary credentials. */
  readonly sessionToken?: string;
  /** When they cease to work. They are asked for again five minutes before. */
  readonly expiration?: Date;
}

/** Returns fresh credentials. It is called once, and again before those it returned expire. */
export type S3CredentialProvider = () => Promise<S3Credentials>;
