import {
  checkSettings,
  describeSettings,
  type GivenSettings,
  type ResolvedSettings,
  resolveWithoutProfile,
  type ShownSetting,
  type Sourced,
} from "@lade/core/settings";
import type { Environment } from "@lade/service/environment";
import { givenAddresses, plainHttpFault } from "@lade/service/http";
import { type ConnectionConfig, connectionConfig } from "@lade/service/settings";
import type { GcsObjectOptions, GcsOptions } from "./gcs_options.ts";
import { EMULATOR, GCS_SETTINGS } from "./gcs_settings.ts";

/** Where the service answers. */
export interface GcsEndpoint {
  /** URL of the service, without a path. */
  readonly url: string;
  /** Whether the host is Google's own. */
  readonly isGoogle: boolean;
  /** Whether it is an emulator: no credentials are looked for. */
  readonly isEmulator: boolean;
}

type ObjectConfig =
  & Required<Omit<GcsObjectOptions, "storageClass" | "kmsKey">>
  & Pick<GcsObjectOptions, "storageClass" | "kmsKey">;

/** Everything that a store needs to know, after options, environment and defaults. */
export interface GcsConfig extends ConnectionConfig, ObjectConfig {
  /** Where the service answers. */
  readonly endpoint: GcsEndpoint;
  /** Whether requests are authorized by nothing. */
  readonly anonymous: boolean;
  /** The file of credentials to use; looked for where it is absent. */
  readonly credentialsFile?: Sourced<string>;
  /** The access token to use, in place of credentials. */
  readonly accessToken?: Sourced<string>;
  /** The service account to act as, after its delegates, with commas between. */
  readonly impersonateServiceAccount?: Sourced<string>;
  /** Whose buckets are listed and made, where that is said; else the credentials may know. */
  readonly project?: Sourced<string>;
  /** Who pays for requests. */
  readonly userProject?: Sourced<string>;
  /** Where buckets are made. */
  readonly location?: string;
  /** What was said of the settings, fit to be shown. */
  readonly shown: readonly ShownSetting[];
}

const SUBJECT = "Cannot configure gs";
const SOURCES = ["anonymous", "accessToken", "credentialsFile"] as const;
const IMPERSONATED = "impersonateServiceAccount";
const OBJECTS = [
  "partSize",
  "threshold",
  "chunkSize",
  "uploadConcurrency",
  "storageClass",
  "kmsKey",
  "verifyDownloads",
  "location",
];

/** Checks options. A name that is no option, and a value that the option cannot have, is a `TypeError`. */
export function checkOptions(config: object): GivenSettings {
  return checkSettings(GCS_SETTINGS, { ...config }, SUBJECT);
}

/** Completes options from the environment and defaults. What cannot be is a `TypeError`. */
export function resolveGcsConfig(options: GcsOptions, env: Environment): GcsConfig {
  const given = checkOptions(options);
  const resolved = resolveWithoutProfile(GCS_SETTINGS, { given: [given], env }, SUBJECT);
  const endpoint = readEndpoint(resolved);
  const identity = chooseIdentity(given, resolved, endpoint);
  const said = (names: readonly string[]) => names.filter((name) => resolved.has(name));
  const others = said(OBJECTS).map((name) => [name, resolved.get(name)?.value]);
  const sourced = said(["project", "userProject"]).map((name) => [name, resolved.get(name)]);
  const isAnother = given.has("endpoint") && !given.has("endpointAddresses");
  const { endpointAddresses } = givenAddresses(SUBJECT, resolved, { url: endpoint.url, isAnother });
  const shown = new Map([...resolved, ...Object.entries(identity)]);
  for (const name of [...SOURCES, IMPERSONATED] as const) if (!identity[name]) shown.delete(name);
  if (!endpointAddresses) shown.delete("endpointAddresses");
  return {
    ...connectionConfig(resolved),
    ...(endpointAddresses && { endpointAddresses }),
    ...Object.fromEntries(others) as ObjectConfig,
    ...Object.fromEntries(sourced),
    ...identity,
    anonymous: identity.anonymous !== undefined,
    endpoint,
    shown: describeSettings(GCS_SETTINGS, shown, ["endpoint"]),
  };
}

/** Where the service answers. The path of the JSON API, which some variables have, is left out. */
function readEndpoint(resolved: ResolvedSettings): GcsEndpoint {
  const { value, source } = resolved.get("endpoint") as Sourced<string>;
  const url = new URL(value);
  const { hostname, origin, pathname, protocol } = url;
  const fault = /^(?:\/storage\/v1)?\/*$/.test(pathname)
    ? plainHttpFault(url, resolved.get("allowHttp")?.value === true)
    : "no path stands behind its host, but for /storage/v1";
  if (fault) throw new TypeError(`${SUBJECT}: endpoint ${value}${by(source)} cannot be used: ${fault}`);
  const isGoogle = /(?:^|\.)googleapis\.com$/.test(hostname);
  return { url: origin, isGoogle, isEmulator: protocol === "http:" || (!isGoogle && source === EMULATOR) };
}

type Identity = { readonly [name in typeof SOURCES[number] | typeof IMPERSONATED]?: Sourced<string> };

/**
 * Who asks. What the options say of it comes before all that the environment does; an emulator gets nothing but what they
 * say, since the environment's credentials are for Google.
 */
function chooseIdentity(
  given: GivenSettings,
  resolved: ResolvedSettings,
  { isEmulator }: GcsEndpoint,
): Identity {
  const own = identityIn(given);
  const [first, second] = Object.entries(own).filter(([name]) => name !== IMPERSONATED || own.anonymous)
    .map(([name, { source }]) => `${name}${by(source)}`);
  if (first && second) throw new TypeError(`${SUBJECT}: ${first} and ${second} exclude each other`);
  if (first) return own;
  if (isEmulator && !own[IMPERSONATED]) {
    return { anonymous: { value: "true", source: resolved.get("endpoint")?.source ?? "" } };
  }
  const { accessToken, credentialsFile, ...others } = identityIn(resolved);
  return { ...others, ...(accessToken ? { accessToken } : credentialsFile && { credentialsFile }) };
}

/** What a place says of who asks. */
function identityIn(settings: GivenSettings): Identity {
  const said = [...SOURCES, IMPERSONATED].flatMap((name) => {
    const found = settings.get(name);
    return found && found.value !== false ? [[name, found]] : [];
  });
  return Object.fromEntries(said);
}

/** Where something was said, in brackets; nothing for options. */
function by(source: string): string {
  return source === "option" ? "" : ` (${source})`;
}
