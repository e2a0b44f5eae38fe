import { customerKey } from "./check_options.ts";
import type { Environment } from "./environment.ts";
import { type Profile, readProfile, type ReadTextFile } from "./profile.ts";
import type { S3CredentialProvider, S3Credentials } from "./s3_credentials.ts";
import type { S3Checksum, S3Encryption, S3MultipartOptions, S3Options } from "./s3_options.ts";

/** A setting and where it came from, in words for messages: `AWS_REGION`, `profile "dev"`. */
export interface Sourced<T> {
  /** The setting. */
  readonly value: T;
  /** Where it came from. */
  readonly source: string;
}

/** A key for SSE-C in the forms in which requests carry it. */
export interface CustomerKey {
  /** The 32 bytes in base64. */
  readonly base64: string;
  /** Their MD5 in base64, by which the service finds a key that was damaged on its way. */
  readonly md5: string;
}

/** Everything that a store needs to know, after options, environment, profile and defaults. */
export interface S3Config {
  /** The region to begin with. */
  readonly region: Sourced<string>;
  /** Base URL of the service; absent for Amazon's own. */
  readonly endpoint?: Sourced<string>;
  /** Whether the bucket stands in the path, where that is asked for. */
  readonly forcePathStyle?: boolean;
  /** Whether to use Amazon's endpoints that also have IPv6. */
  readonly dualstack: boolean;
  /** Whether to use Amazon's endpoints validated by FIPS 140. */
  readonly fips: boolean;
  /** The profile that was asked for by option. */
  readonly profile?: string;
  /** Keys or their provider, where given. */
  readonly credentials?: S3Credentials | S3CredentialProvider;
  /** Whether requests go unsigned. */
  readonly anonymous: boolean;
  /** Whether to agree to pay. */
  readonly requestPayer: boolean;
  /** File of PEM certificates to trust besides the system's. */
  readonly caBundle?: Sourced<string>;
  /** Whether plain HTTP may leave this machine. */
  readonly allowHttp: boolean;
  /** Whether uploads are signed by content. */
  readonly signPayload: boolean | "auto";
  /** The checksum of uploads. */
  readonly checksum: S3Checksum;
  /** Whether checksums of downloads are asked for and compared. */
  readonly verifyDownloads: boolean;
  /** Encryption by keys of the service. */
  readonly sse?: S3Encryption;
  /** The KMS key. */
  readonly sseKmsKeyId?: string;
  /** The caller's key. */
  readonly sseCustomerKey?: CustomerKey;
  /** Tags of what is written. */
  readonly tags: Readonly<Record<string, string>>;
  /** How large objects are cut. */
  readonly multipart: Required<S3MultipartOptions>;
  /** Parts on their way at most. */
  readonly uploadConcurrency: number | "auto";
  /** What carries requests. */
  readonly transport: "auto" | "tcp" | "fetch";
}

/** Where {@linkcode resolveConfig} reads what the options leave open. */
export interface ConfigSources {
  /** The environment. */
  readonly env: Environment;
  /** Reads the shared AWS files. */
  readonly read: ReadTextFile;
}

const DEFAULT_PART_SIZE = 8 * 2 ** 20;

/** Completes options from the environment, the profile and defaults, in this order. Files are read only where they can matter. */
export async function resolveConfig(options: S3Options, sources: ConfigSources): Promise<S3Config> {
  const { env, read } = sources;
  let loading: Promise<Profile> | undefined;
  const profile = () => loading ??= readProfile(options.profile, env, read);
  const lookUp = async (
    option: string | undefined,
    variables: readonly string[],
    inProfile: (profile: Profile) => string | undefined,
  ): Promise<Sourced<string> | undefined> => {
    if (option !== undefined) return { value: option, source: "option" };
    for (const variable of variables) {
      const value = env(variable);
      if (value !== undefined) return { value, source: variable };
    }
    const settings = await profile();
    const value = inProfile(settings);
    return value ? { value, source: `profile ${JSON.stringify(settings.name)}` } : undefined;
  };

  const ignoreEndpoints = isTrue(env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"));
  const region = await lookUp(
    options.region,
    ["AWS_REGION", "AWS_DEFAULT_REGION"],
    (it) => it.settings.get("region"),
  );
  const endpoint = await lookUp(
    options.endpoint,
    ignoreEndpoints ? [] : ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    (it) =>
      ignoreEndpoints
        ? undefined
        : it.services.get("s3.endpoint_url") ?? it.settings.get("s3.endpoint_url") ??
          it.settings.get("endpoint_url"),
  );
  const caBundle = await lookUp(options.caBundle, ["AWS_CA_BUNDLE"], (it) => it.settings.get("ca_bundle"));
  const style = options.forcePathStyle === undefined
    ? (await profile()).settings.get("s3.addressing_style")
    : undefined;
  const forcePathStyle = options.forcePathStyle ??
    (style === "path" ? true : style === "virtual" ? false : undefined);
  const key = customerKey(options.sseCustomerKey);
  const partSize = options.multipart?.partSize ?? DEFAULT_PART_SIZE;
  return {
    region: region ?? { value: "us-east-1", source: "default" },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(forcePathStyle === undefined ? {} : { forcePathStyle }),
    dualstack: options.dualstack ?? isTrue(env("AWS_USE_DUALSTACK_ENDPOINT")),
    fips: options.fips ?? isTrue(env("AWS_USE_FIPS_ENDPOINT")),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    anonymous: options.anonymous ?? false,
    requestPayer: options.requestPayer ?? false,
    ...(caBundle === undefined ? {} : { caBundle }),
    allowHttp: options.allowHttp ?? false,
    signPayload: options.signPayload ?? "auto",
    checksum: options.checksum ??
      (env("AWS_REQUEST_CHECKSUM_CALCULATION")?.toUpperCase() === "WHEN_REQUIRED" ? "none" : "auto"),
    verifyDownloads: options.verifyDownloads ??
      env("AWS_RESPONSE_CHECKSUM_VALIDATION")?.toUpperCase() !== "WHEN_REQUIRED",
    ...(options.sse === undefined ? {} : { sse: options.sse }),
    ...(options.sseKmsKeyId === undefined ? {} : { sseKmsKeyId: options.sseKmsKeyId }),
    ...(key === undefined ? {} : { sseCustomerKey: await describeKey(key) }),
    tags: options.tags ?? {},
    multipart: {
      partSize,
      threshold: options.multipart?.threshold ?? partSize,
      disabled: options.multipart?.disabled ?? false,
    },
    uploadConcurrency: options.uploadConcurrency ?? "auto",
    transport: options.transport ?? "auto",
  };
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === "true" || value === "1";
}

async function describeKey(key: Uint8Array): Promise<CustomerKey> {
  const { createHash } = await import("node:crypto");
  return { base64: btoa(String.fromCharCode(...key)), md5: createHash("md5").update(key).digest("base64") };
}
