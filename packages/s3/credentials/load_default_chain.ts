import { UnauthenticatedError } from "@lade/core/backend";
import type { Environment } from "../config/environment.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { LoadedCredentials } from "./credential_cache.ts";

/** What {@linkcode loadDefaultChain} needs. */
export interface DefaultChainOptions {
  /** The URI that messages name. */
  readonly uri: string;
  /** The environment, to word messages by. */
  readonly env: Environment;
  /** The profile that was asked for by option. */
  readonly profile: string | undefined;
  /** The region that role and token services are asked in. */
  readonly region: string;
}

const METADATA_TIMEOUT_MS = 1000;
const NOTHING_FOUND = "Could not load credentials from any providers";

/** Names in the SDK's `$source` and what they stand for, the most telling first. */
const SOURCES: readonly (readonly [string, string])[] = [
  ["CREDENTIALS_PROFILE_SSO", "single sign-on"],
  ["CREDENTIALS_SSO", "single sign-on"],
  ["CREDENTIALS_LOGIN", "aws login"],
  ["CREDENTIALS_PROFILE_PROCESS", "the profile's credential_process"],
  ["CREDENTIALS_PROCESS", "the profile's credential_process"],
  ["WEB_ID", "a web identity token"],
  ["CREDENTIALS_STS_ASSUME_ROLE", "an assumed role"],
  ["CREDENTIALS_IMDS", "the instance's metadata"],
  ["CREDENTIALS_HTTP", "the container's credential service"],
  ["CREDENTIALS_PROFILE", "the profile"],
];

/**
 * Asks the AWS SDK's default chain. The instance's metadata service is asked last and for at most two seconds in all,
 * and not at all under `AWS_EC2_METADATA_DISABLED=true`.
 */
export async function loadDefaultChain(options: DefaultChainOptions): Promise<LoadedCredentials> {
  const { defaultProvider } = await import("@aws-sdk/credential-provider-node");
  const provider = defaultProvider({
    timeout: METADATA_TIMEOUT_MS,
    maxRetries: 0,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    clientConfig: { region: options.region },
  });
  try {
    const found = await provider();
    const credentials: S3Credentials = {
      accessKeyId: found.accessKeyId,
      secretAccessKey: found.secretAccessKey,
      ...(found.sessionToken === undefined ? {} : { sessionToken: found.sessionToken }),
      ...(found.expiration === undefined ? {} : { expiration: found.expiration }),
    };
    const marks = "$source" in found ? Object.keys(Object(found.$source)) : [];
    const source = SOURCES.find(([mark]) => marks.some((each) => each.includes(mark)))?.[1];
    return { credentials, source: source ?? "the AWS default chain" };
  } catch (error) {
    throw new UnauthenticatedError({
      operation: "open",
      uri: options.uri,
      detail: explain(error, options),
      cause: error,
    });
  }
}

function explain(error: unknown, { profile, env }: DefaultChainOptions): string {
  const message = error instanceof Error ? error.message : "";
  if (message !== "" && !message.startsWith(NOTHING_FOUND)) {
    return `no credentials: ${message.replace(/\.$/, "")}`;
  }
  const name = profile ?? env("AWS_PROFILE");
  return (name === undefined ? "no credentials" : `no credentials in profile ${JSON.stringify(name)}`) +
    "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, choose a profile, or use anonymous for a public bucket";
}
