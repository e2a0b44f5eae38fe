import { expandPath, whyUnread } from "@lade/service/environment";
import { assumeRole } from "./assume_role.ts";
import type { LoadedCredentials } from "./credential_cache.ts";
import { CredentialFault } from "@lade/service/tokens";
import type { CredentialReader, Places } from "./credential_reader.ts";

/**
 * The keys of a role by the token of a web identity, as EKS, GitHub and others lay it into a file; `undefined` where no
 * such file is named.
 */
export async function webIdentityCredentials(
  reader: CredentialReader,
  places: Places,
): Promise<LoadedCredentials | undefined> {
  const { fullEnv, read } = reader.context;
  const file = await reader.find("webIdentity.tokenFile", places);
  if (!file) return undefined;
  const arn = await reader.find("webIdentity.roleArn", places);
  if (!arn) {
    const lacking = places.environmentOnly ? "AWS_ROLE_ARN" : "role_arn";
    throw new CredentialFault(`${lacking} is missing beside the web identity's token file (${file.source})`);
  }
  const path = expandPath(file.value, fullEnv, reader.files.home);
  const text = await read(path).catch((error: unknown) => {
    throw new CredentialFault(
      `the web identity's token file ${JSON.stringify(path)} (${file.source}) cannot be read: ${
        whyUnread(error)
      }`,
      { cause: error },
    );
  });
  const token = text?.trim();
  if (!token) {
    const fault = text === undefined ? "is not there, or may not be read (--allow-read)" : "is empty";
    throw new CredentialFault(
      `the web identity's token file ${JSON.stringify(path)} (${file.source}) ${fault}`,
    );
  }
  const credentials = await assumeRole(reader, {
    arn: arn.value,
    sessionName: (await reader.find("webIdentity.sessionName", places))?.value ?? "lade",
    source: arn.source,
    parameters: {
      WebIdentityToken: token,
      DurationSeconds: places.profileOnly ? (await reader.find("role.durationSeconds"))?.value : undefined,
    },
  });
  return { value: credentials, source: `a web identity (${file.source})` };
}
