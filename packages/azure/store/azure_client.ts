import type { StoreContext } from "@lade/core/backend";
import { ServiceClient, ServiceTime } from "@lade/service/call";
import type { ServiceFault } from "@lade/service/errors";
import type { Transport, TransportOptions, TransportResponse } from "@lade/service/http";
import { AZURE_DIALECT } from "../client/azure_dialect.ts";
import { AZURE_NAMES } from "../client/azure_names.ts";
import type { AzureEndpoint } from "../config/account_host.ts";
import { authorizerOf } from "../credentials/authorizer_of.ts";
import { type AzureCredential, identityOf } from "../credentials/azure_credential.ts";
import { askerOf } from "../credentials/describe_sas.ts";
import { AZURE_ERRORS } from "../errors/error_table.ts";
import { explainFault } from "../errors/explain_fault.ts";

/** What the way to an account is made of. */
export interface AzureClientSetup {
  /** Where the account answers. */
  readonly endpoint: AzureEndpoint;
  /** What requests are authorized with. */
  readonly credential: AzureCredential;
  /** Time and chance. */
  readonly context: StoreContext;
  /** Options of a transport, or one that others have too. */
  readonly transport?: TransportOptions | Transport | undefined;
  /** How long a document may be waited for in vain before it is asked for again, in milliseconds; 75,000 by default. */
  readonly patienceMs?: number | undefined;
  /** The service's time, where others go by it too. */
  readonly time?: ServiceTime;
  /** Called with each good answer. */
  readonly onAnswer?: (response: TransportResponse) => void;
  /** Called with each failure that the service reports. */
  readonly onFault?: (fault: ServiceFault) => void;
}

/** Makes the way to an account. */
export function azureClient(
  {
    endpoint,
    credential,
    context,
    transport,
    patienceMs,
    onAnswer,
    onFault,
    time = new ServiceTime(context.clock),
  }: AzureClientSetup,
): ServiceClient {
  return new ServiceClient({
    url: endpoint.url,
    service: AZURE_NAMES.service,
    get identity(): string {
      return identityOf(credential);
    },
    errors: AZURE_ERRORS,
    explain: (fault, call) => {
      onFault?.(fault);
      return explainFault(fault, call, askerOf(credential, time), time.now());
    },
    next: { dns: `check the name of ${nameOf(endpoint)}, the network and its name server` },
    dialect: AZURE_DIALECT,
    signs: { ids: ["x-ms-request-id"], prefixes: ["x-ms-"], always: true },
    authorizer: authorizerOf(credential, context, { time }),
    context,
    transport,
    patienceMs,
    ...(onAnswer && { onAnswer }),
  });
}

/** What a host is named after: a container may have been taken for an account where none is configured. */
function nameOf({ account }: AzureEndpoint): string {
  if (!account) return "the host";
  return `the account ${JSON.stringify(account)} (where it is a container, set AZURE_STORAGE_ACCOUNT)`;
}
