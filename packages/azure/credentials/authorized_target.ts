import type { AzureTarget } from "../client/azure_target.ts";
import type { AzureCredential } from "./azure_credential.ts";

/** A container, with what requests are authorized with: for calls that sign more than their own request. */
export interface AuthorizedTarget extends AzureTarget {
  /** What requests are authorized with. */
  readonly credential: AzureCredential;
}
