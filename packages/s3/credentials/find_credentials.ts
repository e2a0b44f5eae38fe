import { UnauthenticatedError } from "@lade/core/backend";
import type { Environment } from "../config/environment.ts";
import type { Profile } from "../config/profile.ts";
import type { ReadTextFile } from "../config/read_text_file.ts";
import type { S3Config } from "../config/s3_config.ts";
import type { S3CredentialProvider, S3Credentials } from "../config/s3_credentials.ts";
import type { CredentialSource, LoadedCredentials } from "./credential_cache.ts";
import { loadDefaultChain } from "./load_default_chain.ts";

/** Settings of a profile that say its credentials have to be asked for somewhere. */
const INDIRECT =
  /^(role_arn|credential_process|web_identity_token_file|credential_source|login_session|sso_.*)$/;

/** What {@linkcode findCredentials} reads. */
export interface CredentialSurroundings {
  /** The environment. */
  readonly env: Environment;
  /** Reads the shared AWS files. */
  readonly read: ReadTextFile;
  /** The URI that messages name. */
  readonly uri: string;
}

/**
 * Finds out where credentials come from, in this order: options; a profile asked for by option; `AWS_ACCESS_KEY_ID` and
 * `AWS_SECRET_ACCESS_KEY`; the keys of the profile; all that the AWS SDK's default chain knows (single sign-on, web
 * identity, a process, the container, the instance). The SDK is loaded only for the last.
 */
export function findCredentials(config: S3Config, around: CredentialSurroundings): CredentialSource {
  const { credentials, profile: asked } = config;
  if (typeof credentials?.value === "function") return fromProvider(credentials.value, around.uri);
  if (credentials) return fixed({ credentials: credentials.value, source: "the options" });
  return {
    renewable: true,
    load: async () => {
      const direct = asked === undefined || /^AWS_/.test(asked.source)
        ? fromEnvironment(around.env)
        : undefined;
      if (direct) return direct;
      const profile = await config.loadProfile();
      return fromProfile(profile) ?? await loadDefaultChain({
        uri: around.uri,
        env: around.env,
        profile: asked?.value,
        region: config.region.value,
      });
    },
  };
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
        return { credentials, source: "the function in the options" };
      }
      throw new UnauthenticatedError({
        operation: "open",
        uri,
        detail: "the function given as credentials gave none",
      });
    },
  };
}

function fromEnvironment(env: Environment): LoadedCredentials | undefined {
  const credentials = keyPair(
    env("AWS_ACCESS_KEY_ID"),
    env("AWS_SECRET_ACCESS_KEY"),
    env("AWS_SESSION_TOKEN"),
  );
  return credentials && { credentials, source: "the environment" };
}

function fromProfile(profile: Profile): LoadedCredentials | undefined {
  if (profile.keys.some((key) => INDIRECT.test(key))) return undefined;
  const credentials = keyPair(
    profile.find("aws_access_key_id")?.value,
    profile.find("aws_secret_access_key")?.value,
    profile.find("aws_session_token")?.value,
  );
  return credentials && { credentials, source: `profile ${JSON.stringify(profile.name)}` };
}

function keyPair(
  id: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): S3Credentials | undefined {
  if (!id || !secret) return undefined;
  return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
}
