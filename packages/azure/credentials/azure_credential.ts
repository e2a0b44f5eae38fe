/** What requests are authorized with. */
export interface AzureCredential {
  /** Authorizes by a key of the account. */
  readonly kind: "sharedKey";
  /** The account's name. */
  readonly account: string;
  /** The key, in base64. */
  readonly key: string;
}
