import type { Capabilities, StoreContext, Support } from "@lade/core/backend";
import { defaultBounds } from "@lade/core/bounds";
import type { ShownSetting } from "@lade/core/settings";
import { ServiceClient } from "@lade/service/call";
import type { Transport, TransportOptions } from "@lade/service/http";
import { serviceTarget } from "@lade/service/store";
import { GCS_JSON_DIALECT } from "../client/gcs_json_dialect.ts";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { GCS_SIGNS } from "../client/gcs_signs.ts";
import type { GcsObjectConfig, GcsTarget, GcsTraits } from "../client/gcs_target.ts";
import { GCS_XML_DIALECT } from "../client/gcs_xml_dialect.ts";
import { authorizerOf } from "../credentials/authorizer_of.ts";
import { type GcsCredential, identityOf } from "../credentials/gcs_credential.ts";
import { GCS_ERRORS } from "../errors/error_table.ts";
import { explainFault } from "../errors/explain_fault.ts";
import { gcsKeyFault, gcsMetadataNameFault } from "../names/gcs_key_fault.ts";

/** What the target of a bucket is made of. */
export interface GcsTargetSetup {
  /** Base URL of the service. */
  readonly url: string;
  /** What requests are authorized with. */
  readonly credential: GcsCredential;
  /** Time and chance. */
  readonly context: StoreContext;
  /** Options of a transport, or one that others have too. */
  readonly transport?: TransportOptions | Transport | undefined;
  /** How objects are written and read; parts and chunks of 8 MiB, and smaller objects at once, by default. */
  readonly config?: Partial<GcsObjectConfig> & { readonly uploadConcurrency?: number | "auto" };
  /** Whether the endpoint is Google's own, which names every answer; false by default. */
  readonly isGoogle?: boolean;
  /** What was found of the endpoint; nothing by default. */
  readonly traits?: GcsTraits;
  /** What is configured, and who asks; nothing by default. */
  readonly settings?: () => Promise<readonly ShownSetting[]>;
}

/** Makes the target of a bucket, or without its name of a project's buckets. */
export function gcsTargetOf(
  bucket: string,
  { url, credential, context, transport, config = {}, isGoogle = false, traits = {}, settings }:
    GcsTargetSetup,
): GcsTarget {
  const { partSize = 2 ** 23, bounds = defaultBounds, uploadConcurrency } = config;
  const capabilities: Capabilities & { versions: Support } = {
    attributes: true,
    expires: false,
    setAttributes: true,
    tags: false,
    modificationTime: false,
    storageClass: true,
    createOnly: true,
    compareAndSwap: true,
    conditionalDelete: true,
    conditionalCopy: true,
    versions: "unknown",
    resumableWrites: true,
    get atomicRename() {
      return traits.moves ?? "unknown";
    },
    presign: credential.kind === "bearer",
  };
  const json = new ServiceClient({
    url,
    service: GCS_NAMES.service,
    get identity(): string {
      return identityOf(credential);
    },
    errors: GCS_ERRORS,
    explain: (fault, call) => explainFault(fault, call, identityOf(credential), url),
    dialect: GCS_JSON_DIALECT,
    signs: { ...GCS_SIGNS, always: isGoogle },
    authorizer: authorizerOf(credential, config.userProject),
    context,
    transport,
    patienceMs: bounds.patienceMs,
  });
  return {
    ...serviceTarget({
      uri: bucket ? `gs://${bucket}` : "gs://",
      url,
      openAhead: json.openAhead,
      capabilities,
      context,
      figures: json.figures,
      hedges: transport?.hedges,
      bounds,
      uploadConcurrency,
      partSize,
      keyFault: gcsKeyFault,
      metadataNameFault: gcsMetadataNameFault,
      ...(settings && { settings }),
    }),
    ...{ capabilities, json, xml: json.with({ dialect: GCS_XML_DIALECT }), bucket, traits, credential, url },
    config: {
      ...{ partSize, threshold: partSize, chunkSize: 2 ** 23, verifyDownloads: true, bounds },
      ...config,
    },
  };
}
