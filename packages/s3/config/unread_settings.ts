import type { Profile } from "./profile.ts";

/** A setting that other AWS tools know and that is not read. */
export interface UnreadSetting {
  /** The key of a profile. */
  readonly key: string;
  /** Its variable of the environment, where it has one. */
  readonly variable?: string;
  /** Whether passing over it changes what is done, so that `lade doctor` reports it. */
  readonly told: boolean;
  /** Why it is not read. */
  readonly reason: string;
}

/** Settings of `~/.aws` that bear on S3 and are not read, with the reason; documented as they stand. */
export const UNREAD_SETTINGS: readonly UnreadSetting[] = [
  { key: "s3.max_bandwidth", told: true, reason: "the bandwidth is not bounded" },
  { key: "s3.signature_version", told: true, reason: "requests are signed by Signature Version 4" },
  { key: "s3.max_concurrent_requests", told: false, reason: "how many is found by measuring" },
  { key: "s3.max_queue_size", told: false, reason: "no such queue" },
  { key: "s3.preferred_transfer_client", told: false, reason: "there is one" },
  {
    key: "s3_us_east_1_regional_endpoint",
    variable: "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT",
    told: false,
    reason: "us-east-1 is asked at its own endpoint",
  },
  {
    key: "s3_use_arn_region",
    variable: "AWS_S3_USE_ARN_REGION",
    told: false,
    reason: "ARNs are no names of buckets here",
  },
  {
    key: "s3_disable_multiregion_access_points",
    variable: "AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS",
    told: false,
    reason: "they are refused",
  },
  {
    key: "s3_disable_express_session_auth",
    variable: "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
    told: false,
    reason: "directory buckets are refused",
  },
  {
    key: "sigv4a_signing_region_set",
    variable: "AWS_SIGV4A_SIGNING_REGION_SET",
    told: false,
    reason: "no SigV4A",
  },
  {
    key: "auth_scheme_preference",
    variable: "AWS_AUTH_SCHEME_PREFERENCE",
    told: false,
    reason: "there is one scheme",
  },
  {
    key: "account_id_endpoint_mode",
    variable: "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    told: false,
    reason: "not for S3",
  },
  { key: "retry_mode", variable: "AWS_RETRY_MODE", told: false, reason: "there is one policy" },
  { key: "defaults_mode", variable: "AWS_DEFAULTS_MODE", told: false, reason: "no modes" },
  { key: "output", variable: "AWS_DEFAULT_OUTPUT", told: false, reason: "`--json`" },
  { key: "cli_pager", variable: "AWS_PAGER", told: false, reason: "no pager" },
];

/** What a profile says and is passed over though it changes what is done. */
export function unhonoured(
  profile: Profile,
): { readonly key: string; readonly source: string; readonly reason: string }[] {
  return UNREAD_SETTINGS.flatMap(({ key, told, reason }) => {
    const found = told ? profile.find(key) : undefined;
    if (!found || (key === "s3.signature_version" && /^(s3)?v4$/i.test(found.value))) return [];
    return [{ key, source: found.source, reason }];
  });
}
