import type { StoreContext } from "@lade/core/backend";
import type { ConnectionConfig } from "../settings/connection_config.ts";
import { boundTransport } from "./bound_transport.ts";
import type { CreateTransportOptions } from "./create_transport.ts";

/** The options of a transport that does as a configuration says, for requests to `url`. */
export function configuredTransport(
  { transport, lanes, bounds, endpointAddresses: addresses, verifySsl }: ConnectionConfig,
  { bandwidth, clock, descriptors, random }: StoreContext,
  caCerts: readonly string[],
  url: string | undefined,
): CreateTransportOptions {
  const verifies = verifySsl || /^http:/i.test(url ?? "");
  return {
    kind: transport,
    lanes,
    clock,
    random,
    ...(bandwidth && { bandwidth }),
    caCerts,
    onDescriptorShortage: () => descriptors.note(),
    ...(addresses && url !== undefined && { endpointAddresses: { url, addresses } }),
    ...(verifies ? {} : { verifyCertificates: false }),
    ...boundTransport(bounds),
  };
}
