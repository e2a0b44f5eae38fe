import { UnauthenticatedError } from "@lade/core/backend";
import { quote } from "@lade/core/text";
import { type Environment, isGranted, systemEnvironment } from "@lade/service/environment";
import type { CredentialSurroundings } from "@lade/service/session";
import type { S3Config } from "../config/s3_config.ts";
import type { S3CredentialProvider, S3Credentials } from "../config/s3_credentials.ts";
import type { CredentialSource, LoadedCredentials } from "./credential_cache.ts";
import { CredentialFault, searchedTokens, type SharedTokens } from "@lade/service/tokens";
import type { CredentialContext } from "./credential_reader.ts";
import { staticKeys } from "./static_keys.ts";

/** What {@linkcode findCredentials} reads. */
export interface CredentialSearch extends CredentialSurroundings {
  /** What other stores have found, and shall find. */
  readonly shared?: SharedTokens<S3Credentials> | undefined;
}

/**
 * Finds out where credentials come from, in the order of the AWS command line: options; unless a profile is asked for
 * by option, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; a role of the profile; a web identity of the environment;
 * what else the profile says (web identity, single sign-on, keys, `aws login`, a process); the container; the instance.
 * A source that is configured and fails ends the search with its failure; no other identity is taken instead.
 */
export function findCredentials(config: S3Config, around: CredentialSearch): CredentialSource {
  const { credentials } = config;
  const { clock, shared, uri } = around;
  if (typeof credentials?.value === "function") return fromProvider(credentials.value, uri);
  if (credentials) {
    const source = credentials.source === "option" ? "the options" : credentials.source;
    return fixed({ value: trimmed(credentials.value), source });
  }
  return searchedTokens({
    ...{ clock, shared, uri },
    search: (refresh) => search(config, around, refresh),
    key: searchKey(config),
  });
}

/** `refresh` reads the files of profiles again, since another program may have renewed keys there. */
async function search(
  config: S3Config,
  around: CredentialSearch,
  refresh: boolean,
): Promise<LoadedCredentials> {
  const { env: fullEnv, read, web, clock } = around;
  const { profile: asked } = config;
  const byOption = isByOption(asked);
  const env: Environment = byOption ? () => undefined : fullEnv;
  const keys = await staticKeys("environment", { env });
  if (keys) return { value: keys.value, source: keys.source };
  const profile = await config.loadProfile(refresh);
  const context: CredentialContext = { config, env, fullEnv, read, web, clock };
  const { searchFurther } = await import("./search_further.ts");
  const { found, reasons } = await searchFurther(context, profile);
  if (found) return found;
  const whose = asked === undefined ? "" : ` in profile ${quote(asked.value)}`;
  // Variables that may not be read count as absent, though they may well hold the keys.
  const isClosed = fullEnv === systemEnvironment &&
    !isGranted({ name: "env", variable: "AWS_ACCESS_KEY_ID" });
  const also = isClosed ? ", and Deno may not read the environment" : "";
  throw new CredentialFault(
    `no credentials${whose}${also}`,
    {
      none: true,
      advice:
        `${isClosed ? "run it with --allow-env, or " : ""}set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ` +
        "choose a profile, or use anonymous (--no-sign-request) for a public bucket",
      cause: new CredentialFault(
        [byOption ? "" : "the environment has no AWS_ACCESS_KEY_ID", ...reasons].filter(Boolean).join("; "),
      ),
    },
  );
}

/** What a search depends on, within one environment. */
export function searchKey(config: S3Config): string {
  const { region, allowHttp, fips, dualstack, ignoresEndpoints, caBundle } = config;
  const whose = profileKey(config);
  return JSON.stringify([whose, region.value, allowHttp, fips, dualstack, ignoresEndpoints, caBundle?.value]);
}

/** Whose keys a search finds: the profile, wherever it was named, and whether the environment's keys come before it. */
export function profileKey({ profile }: Pick<S3Config, "profile">): string {
  return JSON.stringify([profile?.value, isByOption(profile)]);
}

function isByOption(profile: S3Config["profile"]): boolean {
  return profile !== undefined && !profile.source.startsWith("AWS_");
}

function fixed(loaded: LoadedCredentials): CredentialSource {
  return { renewable: false, load: () => Promise.resolve(loaded) };
}

function fromProvider(provider: S3CredentialProvider, uri: string): CredentialSource {
  return {
    renewable: true,
    load: async () => {
      const credentials = await provider();
      if (credentials?.accessKeyId && credentials.secretAccessKey) {
        return { value: trimmed(credentials), source: "the function in the options" };
      }
      throw new UnauthenticatedError({
        operation: "open",
        uri,
        detail: "the function given as credentials gave none",
      });
    },
  };
}

/** Keys without the white space that came along from where they were read. */
function trimmed(keys: S3Credentials): S3Credentials {
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  return {
    ...keys,
    accessKeyId: accessKeyId.trim(),
    secretAccessKey: secretAccessKey.trim(),
    ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.trim() }),
  };
}
