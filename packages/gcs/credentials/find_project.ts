import type { CredentialSurroundings } from "@lade/service/session";
import { gcloudProject } from "./gcloud.ts";
import type { GcsToken } from "./gcs_credential.ts";
import { METADATA, metadataProject } from "./metadata_token.ts";

/** The project of a token: that of its file, of gcloud's configuration, of the machine, or the one that is charged. */
export async function findProject(
  around: CredentialSurroundings,
  { project, quotaProject }: GcsToken,
  source: string | undefined,
): Promise<string | undefined> {
  return project ?? await gcloudProject(around.env, around.read) ??
    (source === METADATA ? await metadataProject(around) : quotaProject);
}
