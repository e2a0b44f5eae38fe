import {
  describeSettings,
  type GivenSettings,
  type ResolvedSettings,
  resolveSettings,
  type ShownSetting,
  type Sourced,
} from "@lade/core/settings";
import type { FileSources } from "@lade/service/environment";
import { givenAddresses } from "@lade/service/http";
import { type ConnectionConfig, connectionConfig, hostsOf } from "@lade/service/settings";
import { checkOptions, SUBJECT } from "./check_options.ts";
import { askedProfile, chooseProfile } from "./choose_profile.ts";
import { customerKey } from "./customer_key.ts";
import type { Profile } from "./profile.ts";
import { S3_SETTINGS } from "./s3_settings.ts";
import type { S3CredentialProvider, S3Credentials } from "./s3_credentials.ts";
import type { S3Checksum, S3Encryption, S3MultipartOptions, S3Options } from "./s3_options.ts";

/** A key for SSE-C in the forms in which requests carry it. */
export interface CustomerKey {
  /** The 32 bytes in base64. */
  readonly base64: string;
  /** Their MD5 in base64, by which the service finds a key that was damaged on its way. */
  readonly md5: string;
}

/** Everything that a store needs to know, after options, environment, profile and defaults. */
export interface S3Config extends ConnectionConfig {
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
  /** Whether to use Amazon's accelerated endpoint. */
  readonly accelerate: boolean;
  /** Whether endpoints of environment and profile are passed over. */
  readonly ignoresEndpoints: boolean;
  /** The name of the profile that was asked for, by option or environment. */
  readonly profile?: Sourced<string>;
  /** Loads the profile, once unless `afresh`; `default` where none was asked for. */
  readonly loadProfile: (afresh?: boolean) => Promise<Profile>;
  /** Keys or their provider, where given. */
  readonly credentials?: Sourced<S3Credentials | S3CredentialProvider>;
  /** What was said of the settings, fit to be shown. */
  readonly shown: readonly ShownSetting[];
  /** Whether requests go unsigned. */
  readonly anonymous: boolean;
  /** Whether to agree to pay. */
  readonly requestPayer: boolean;
  /** Hosts, with their ports where they have one, that redirects may lead to as if they were the service. */
  readonly redirectHosts: readonly string[];
  /** Whether uploads are signed by content. */
  readonly signPayload: boolean | "auto";
  /** The checksum of uploads. */
  readonly checksum: S3Checksum;
  /** Whether it is found out what a service does about conditions before one is relied on. */
  readonly conditions: "probe" | "trust";
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
}

/**
 * Completes options from the environment, the profile and defaults, in this order. The files of profiles are read only
 * where they can matter; a profile that is asked for has to be there. `own` comes before all else.
 */
export async function resolveConfig(
  options: S3Options,
  sources: FileSources,
  own: GivenSettings = new Map(),
): Promise<S3Config> {
  const { env, read } = sources;
  const checked = checkOptions(options);
  const given = [own, checked];
  const asked = await askedProfile(given, env);
  let loading: Promise<Profile> | undefined;
  const loadProfile = (afresh = false) => {
    if (!afresh) return loading ??= chooseProfile(asked, env, read);
    return loading = chooseProfile(asked, env, read);
  };
  const settingSources = { given, env, profile: () => loadProfile() };
  const ignore = await resolveSettings(
    S3_SETTINGS.filter(({ name }) => name === "ignoreConfiguredEndpoints"),
    settingSources,
    SUBJECT,
  );
  const ignored = ignore.get("ignoreConfiguredEndpoints")?.value === true;
  const resolved = await resolveSettings(
    S3_SETTINGS,
    { ...settingSources, isClosed: ({ group }) => ignored && group === "endpoint" },
    SUBJECT,
  );
  const credentials = givenCredentials(given);
  const all = new Map([
    ...resolved,
    ...asked ? [["profile", asked] as const] : [],
    ...credentials ? [["credentials", credentials] as const] : [],
  ]);
  checkFips(resolved);
  // What the environment says of addresses is about its own endpoint.
  const isAnother = own.has("endpoint") || (checked.has("endpoint") && !checked.has("endpointAddresses"));
  const url = resolved.get("endpoint")?.value as string | undefined;
  const { endpointAddresses } = givenAddresses(SUBJECT, resolved, { url, isAnother });
  if (!endpointAddresses) all.delete("endpointAddresses");
  return {
    ...await configOf(resolved),
    ...(endpointAddresses && { endpointAddresses }),
    ...(asked === undefined ? {} : { profile: asked }),
    ...(credentials === undefined ? {} : { credentials }),
    loadProfile,
    shown: describeSettings(S3_SETTINGS, all, ["region"]),
  };
}

/** Refuses settings that lead elsewhere than to the validated endpoints that were asked for. */
function checkFips(resolved: ResolvedSettings): void {
  const fips = resolved.get("fips");
  if (fips?.value !== true) return;
  const [accelerate, endpoint] = [resolved.get("accelerate"), resolved.get("endpoint")];
  const elsewhere = accelerate?.value === true
    ? { name: "accelerate", source: accelerate.source }
    : endpoint && !/^https:\/\/[^/]*fips[^/]*\.amazonaws\.com/i.test(String(endpoint.value))
    ? { name: "endpoint", source: endpoint.source }
    : undefined;
  if (!elsewhere) return;
  throw new TypeError(
    `${SUBJECT}: fips (${fips.source}) and ${elsewhere.name} (${elsewhere.source}) exclude each other`,
  );
}

/** The settings by the names that a configuration has for them. The table has seen to it that each has its type. */
async function configOf(
  resolved: ResolvedSettings,
): Promise<Omit<S3Config, "profile" | "credentials" | "loadProfile" | "shown">> {
  const value = (name: string) => resolved.get(name)?.value as never;
  const optional = (name: string, found = resolved.get(name)?.value) =>
    found === undefined ? {} : { [name]: found };
  const sourced = (name: string) => resolved.has(name) ? { [name]: resolved.get(name) } : {};
  const key = customerKey(value("sseCustomerKey"));
  return {
    region: resolved.get("region") as Sourced<string>,
    ...sourced("endpoint"),
    ...optional("forcePathStyle"),
    dualstack: value("dualstack"),
    fips: value("fips"),
    accelerate: value("accelerate"),
    ignoresEndpoints: value("ignoreConfiguredEndpoints"),
    anonymous: value("anonymous"),
    requestPayer: value("requestPayer"),
    redirectHosts: hostsOf(value("redirectHosts")),
    signPayload: value("signPayload"),
    checksum: value("checksum"),
    conditions: value("conditions"),
    verifyDownloads: value("verifyDownloads"),
    ...optional("sse"),
    ...optional("sseKmsKeyId"),
    ...(key === undefined ? {} : { sseCustomerKey: await describeKey(key) }),
    tags: value("tags") ?? {},
    multipart: {
      partSize: value("multipart.partSize"),
      threshold: value("multipart.threshold") ?? value("multipart.partSize"),
      disabled: value("multipart.disabled"),
    },
    uploadConcurrency: value("uploadConcurrency"),
    ...connectionConfig(resolved),
  };
}

/** Keys that were given as options, whole or one by one. */
function givenCredentials(
  layers: readonly GivenSettings[],
): Sourced<S3Credentials | S3CredentialProvider> | undefined {
  for (const given of layers) {
    const whole = given.get("credentials");
    if (whole) return whole as Sourced<S3Credentials | S3CredentialProvider>;
    const [id, secret, token, expiration] = ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"]
      .map((name) => given.get(`credentials.${name}`));
    if (!id && !secret && !token && !expiration) continue;
    if (!id || !secret) {
      const lacking = id ? "credentials.secretAccessKey" : "credentials.accessKeyId";
      throw new TypeError(
        `${SUBJECT}: ${lacking} is missing beside ${id ? "credentials.accessKeyId" : "the other keys"}`,
      );
    }
    const keys = { accessKeyId: String(id.value), secretAccessKey: String(secret.value) };
    return {
      value: {
        ...keys,
        ...token ? { sessionToken: String(token.value) } : {},
        ...expiration?.value instanceof Date ? { expiration: expiration.value } : {},
      },
      source: id.source,
    };
  }
}

async function describeKey(key: Uint8Array): Promise<CustomerKey> {
  const { createHash } = await import("node:crypto");
  return { base64: btoa(String.fromCharCode(...key)), md5: createHash("md5").update(key).digest("base64") };
}
