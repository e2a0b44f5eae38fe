import type { StoreContext } from "@lade/core/backend";
import { type ServiceTarget, serviceTarget } from "@lade/service/store";
import { s3KeyFault } from "../endpoint/s3_key_fault.ts";
import { metadataNameFault } from "../headers/metadata_name_fault.ts";
import { ControlPlane } from "../sdk/control_plane.ts";
import type { S3Connection } from "../wire/s3_connection.ts";
import { s3Capabilities } from "./s3_capabilities.ts";
import { showConnection } from "./show_connection.ts";

/** A bucket, or the account, and the way to it. */
export interface S3Target extends ServiceTarget {
  /** The way: endpoint, region and who asks. */
  readonly connection: S3Connection;
  /** Makes the calls of the control plane. */
  readonly control: ControlPlane;
}

/** A way to a bucket or to an account, and what closes it. */
export interface OpenedConnection {
  /** The way. */
  readonly connection: S3Connection;
  /** What it shares with others. */
  readonly context: StoreContext;
  /** Closes its connections. */
  readonly close: () => Promise<void>;
}

/** Makes the target that `s3://` and `container` name. */
export function s3Target(container: string, connection: S3Connection, context: StoreContext): S3Target {
  const { config } = connection;
  const target = serviceTarget({
    uri: `s3://${container}`,
    url: connection.endpoint.serviceUrl,
    openAhead: (connections) => {
      const { host, secure } = connection.endpoint;
      connection.transport.openAhead?.(`${secure ? "https" : "http"}://${host}/`, connections);
    },
    capabilities: s3Capabilities(connection),
    context,
    figures: connection.transport.figures,
    hedges: connection.transport.hedges,
    bounds: config.bounds,
    uploadConcurrency: config.uploadConcurrency,
    partSize: config.multipart.partSize,
    keyFault: (key) => s3KeyFault(config, key),
    metadataNameFault,
    refusal: ({ lastModified, resumable }) =>
      resumable && config.multipart.disabled
        ? "a resumable write is a multipart upload, and multipart is off"
        : lastModified && "the service dates objects by its clock",
    settings: () => showConnection(connection),
  });
  return { ...target, connection, control: new ControlPlane(connection) };
}
