import { quote } from "@lade/core/text";
import { whyClosed } from "@lade/service/environment";
import { CredentialFile, searchPlaces } from "@lade/service/credentials";
import type { LoadedToken } from "@lade/service/tokens";
import { gcloudDirectory } from "./gcloud.ts";
import type { GcsToken } from "./gcs_credential.ts";
import { impersonate } from "./impersonate.ts";
import { METADATA, metadataToken } from "./metadata_token.ts";
import { tokenOfFile } from "./token_of_file.ts";
import {
  CLOUD_SCOPE,
  type IdentityConfig,
  STORAGE_SCOPE,
  type TokenSurroundings,
} from "./token_surroundings.ts";

const GCLOUD = "gcloud's application default credentials";

type Found = LoadedToken<GcsToken>;

/**
 * The token of whoever is configured: by an access token, by a file, else by the application default credentials; or of the
 * service account that they act as.
 */
export async function searchTokens(config: IdentityConfig, around: TokenSurroundings): Promise<Found> {
  const { impersonateServiceAccount: acted } = config;
  if (!acted) return await findToken(config, STORAGE_SCOPE, around);
  const accounts = acted.value.split(",");
  const as = {
    email: accounts.at(-1) ?? "",
    ...(accounts.length > 1 && { delegates: accounts.slice(0, -1) }),
  };
  let by = "";
  const value = await impersonate(
    async () => {
      const { value, source } = await findToken(config, CLOUD_SCOPE, around);
      by = value.email === undefined ? source : `${value.email}, ${source}`;
      return value;
    },
    as,
    around,
  );
  return { value, source: `acted as by ${by}` };
}

async function findToken(
  { accessToken, credentialsFile }: IdentityConfig,
  scope: string,
  around: TokenSurroundings,
): Promise<Found> {
  const said = accessToken ?? credentialsFile;
  if (said) {
    const source = said.source !== "option" ? said.source : accessToken ? "accessToken" : "credentialsFile";
    if (accessToken) return { value: { token: said.value }, source };
    const file = await CredentialFile.read(around.read, { value: said.value, source });
    return { value: await tokenOfFile(file, around, scope), source };
  }
  const name = "GOOGLE_APPLICATION_CREDENTIALS";
  return await searchPlaces([
    { words: GCLOUD, find: () => loginToken(scope, around) },
    { words: METADATA, find: () => metadataToken(around) },
  ], {
    reasons: [whyClosed(around.env, name) ?? `${name} is not set`],
    none: "there are no application default credentials",
    advice:
      `run gcloud auth application-default login, set ${name} to a file of credentials, or use anonymous (--no-sign-request) for a public bucket`,
  });
}

/** By the file that `gcloud auth application-default login` writes. */
async function loginToken(scope: string, around: TokenSurroundings): Promise<GcsToken | string> {
  const directory = await gcloudDirectory(around.env);
  if (directory === undefined) return "nothing says where the home directory is";
  const value = `${directory}/application_default_credentials.json`;
  if (await around.read(value).catch(() => "") === undefined) {
    return `${quote(value)} is not there, or may not be read (--allow-read)`;
  }
  return await tokenOfFile(await CredentialFile.read(around.read, { value, source: GCLOUD }), around, scope);
}
