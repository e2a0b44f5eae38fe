import type { StoreContext } from "@lade/core/backend";
import type { Authorizer } from "@lade/service/call";
import type { AzureEndpoint } from "../client/azure_target.ts";
import type { AzureCredential } from "./azure_credential.ts";
import { sharedKeyAuthorizer } from "./shared_key.ts";

/** Makes what authorizes one call. */
export function authorizerOf(
  credential: AzureCredential,
  endpoint: AzureEndpoint,
  { clock }: StoreContext,
): () => Authorizer {
  return sharedKeyAuthorizer(credential, endpoint, clock);
}
