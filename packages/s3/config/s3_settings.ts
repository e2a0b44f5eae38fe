import {
  flagType,
  isRecord,
  mapType,
  oneOfType,
  orWord,
  type SettingTable,
  type SettingType,
  sizeType,
  textType,
  wholeType,
} from "@lade/core/settings";
import { BOUND_ROWS, CONNECTION_ROWS, endpointType, hostsType } from "@lade/service/settings";
import { awsSizeType } from "./aws_size_type.ts";
import { customerKey } from "./customer_key.ts";

/** Texts of which signatures are made, and headers. */
const keyText = textType({
  expected: "one word of letters, digits and signs, without quotes around it",
  pattern: /^(?!(["']).*\1$)[\x21-\x7e]+$/,
  example: "word",
});

const credentialsType: SettingType = {
  expected: "accessKeyId and secretAccessKey, or a function",
  shown: "keys, function",
  example: "accessKeyId=id,secretAccessKey=key",
  accepts: (value) => typeof value === "function" || isKeyPair(value),
  parse: () => undefined,
};

const timeType: SettingType = {
  expected: "a time such as 2030-01-31T12:00:00Z",
  shown: "time of day",
  example: "2030-01-31T12:00:00Z",
  accepts: (value) => value instanceof Date && !Number.isNaN(value.getTime()),
  parse: (text) => Number.isNaN(Date.parse(text)) ? undefined : new Date(text),
};

const customerKeyType: SettingType = {
  expected: "32 bytes, as such or in base64",
  shown: "32 bytes, base64",
  example: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
  accepts: (value) => customerKey(value) !== undefined,
  parse: (text) => customerKey(text) && text,
};

const checksumWords = { when_supported: undefined, when_required: "none" };
const validationWords = { when_supported: undefined, when_required: false };
const partBytes = { least: 1, most: 5 * 2 ** 30 };

/** Every setting of `s3://`. */
export const S3_SETTINGS: SettingTable = [
  {
    name: "region",
    type: textType({ expected: "a region's name", pattern: /^[a-z0-9-]+$/i, example: "eu-west-1" }),
    environment: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    profile: ["region"],
    default: "us-east-1",
    help:
      "region that requests are signed for; a wrong one is corrected once by the service's answer, and remembered",
    flag: { name: "--region", metavar: "NAME", help: "Sign for this region" },
  },
  {
    name: "endpoint",
    group: "endpoint",
    type: endpointType,
    environment: ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"],
    profile: ["services.s3.endpoint_url", "s3.endpoint_url", "endpoint_url"],
    help: "base URL of the service; else Amazon's",
    flag: { name: "--endpoint-url", metavar: "URL", help: "Ask this service instead of Amazon's" },
  },
  {
    ...CONNECTION_ROWS.endpointAddresses,
    environment: ["LADE_S3_ENDPOINT_ADDRESSES"],
    flag: {
      name: "--endpoint-address",
      metavar: "HOSTS",
      help: "Reach the endpoint by these addresses, with commas between",
    },
  },
  {
    name: "ignoreConfiguredEndpoints",
    type: flagType,
    environment: ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"],
    profile: ["ignore_configured_endpoint_urls"],
    default: false,
    help: "ignores the endpoints of environment and profile",
  },
  {
    name: "forcePathStyle",
    type: flagType,
    profile: [{ name: "s3.addressing_style", words: { path: true, virtual: false, auto: undefined } }],
    help:
      "bucket in the path; by default at endpoints other than Amazon's, and for names with dots or capitals",
  },
  {
    name: "dualstack",
    type: flagType,
    environment: ["AWS_USE_DUALSTACK_ENDPOINT"],
    profile: ["use_dualstack_endpoint", "s3.use_dualstack_endpoint"],
    default: false,
    help: "Amazon's endpoints that also have IPv6",
  },
  {
    name: "fips",
    type: flagType,
    environment: ["AWS_USE_FIPS_ENDPOINT"],
    profile: ["use_fips_endpoint"],
    default: false,
    help: "Amazon's endpoints that are validated by FIPS 140; not with another `endpoint`",
  },
  {
    name: "accelerate",
    type: flagType,
    profile: ["s3.use_accelerate_endpoint"],
    default: false,
    help: "Amazon's accelerated endpoint, for buckets that have it switched on; not with `fips`",
  },
  {
    name: "profile",
    group: "identity",
    type: textType({ expected: "a profile's name", example: "dev" }),
    environment: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
    help: "profile of `~/.aws` that keys and settings are taken from; else `default`",
    together: true,
    flag: { name: "--profile", metavar: "NAME", help: "Take keys and settings from this profile of ~/.aws" },
  },
  {
    name: "credentials",
    group: "identity",
    type: credentialsType,
    help: "see above",
    secret: true,
    together: true,
  },
  {
    name: "credentials.accessKeyId",
    group: "identity",
    type: keyText,
    environment: ["AWS_ACCESS_KEY_ID"],
    profile: ["aws_access_key_id"],
    help: "names a pair of keys",
    secret: true,
    together: true,
  },
  {
    name: "credentials.secretAccessKey",
    group: "identity",
    type: keyText,
    environment: ["AWS_SECRET_ACCESS_KEY"],
    profile: ["aws_secret_access_key"],
    secret: true,
    help: "the secret key of the pair",
    together: true,
  },
  {
    name: "credentials.sessionToken",
    group: "identity",
    type: keyText,
    environment: ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"],
    profile: ["aws_session_token", "aws_security_token"],
    secret: true,
    help: "goes with temporary keys",
    together: true,
  },
  {
    name: "credentials.expiration",
    group: "identity",
    type: timeType,
    environment: ["AWS_CREDENTIAL_EXPIRATION"],
    help: "when they end",
    together: true,
  },
  CONNECTION_ROWS.anonymous,
  {
    name: "requestPayer",
    type: flagType,
    default: false,
    help: "agrees to pay, for Requester Pays buckets",
    flag: { name: "--request-payer", help: "Agree to pay for the requests of Requester Pays buckets" },
  },
  { ...CONNECTION_ROWS.caBundle, environment: ["AWS_CA_BUNDLE"], profile: ["ca_bundle"] },
  { ...CONNECTION_ROWS.verifySsl, environment: ["LADE_S3_VERIFY_SSL"] },
  CONNECTION_ROWS.allowHttp,
  {
    name: "redirectHosts",
    type: hostsType,
    environment: ["LADE_S3_REDIRECT_HOSTS"],
    help:
      "hosts that redirects may lead to as if they were the service, with session tokens and keys for SSE-C",
  },
  CONNECTION_ROWS.transport,
  CONNECTION_ROWS.hedging,
  CONNECTION_ROWS.lanes,
  {
    name: "signPayload",
    type: orWord(flagType, "auto"),
    profile: [{ name: "s3.payload_signing_enabled", words: { true: true, false: undefined } }],
    default: "auto",
    help: "signs the SHA-256 of uploads; `auto` only where the service insists on it",
  },
  {
    name: "checksum",
    type: oneOfType("auto", "crc32c", "crc64nvme", "none"),
    environment: [{ name: "AWS_REQUEST_CHECKSUM_CALCULATION", words: checksumWords }],
    profile: [{ name: "request_checksum_calculation", words: checksumWords }],
    default: "auto",
    help:
      "checksum of uploads; a named one that the service does not confirm is an error, `when_required` is none",
  },
  {
    name: "conditions",
    type: oneOfType("probe", "trust"),
    default: "probe",
    help:
      "tries once whether a service other than Amazon's holds a condition of writes and deletions; `trust` assumes it",
  },
  {
    name: "verifyDownloads",
    type: flagType,
    environment: [{ name: "AWS_RESPONSE_CHECKSUM_VALIDATION", words: validationWords }],
    profile: [{ name: "response_checksum_validation", words: validationWords }],
    default: true,
    help: "asks for checksums of downloads and compares them; `when_required` is false",
  },
  {
    name: "sse",
    group: "encryption",
    type: oneOfType("AES256", "aws:kms", "aws:kms:dsse"),
    help: "encrypts what is written with keys of the service",
  },
  {
    name: "sseKmsKeyId",
    group: "encryption",
    type: textType({ example: "alias/key" }),
    help: "KMS key for `sse`: id, alias or ARN",
  },
  {
    name: "sseCustomerKey",
    group: "encryption",
    type: customerKeyType,
    secret: true,
    help: "key that the service does not keep (SSE-C), for reads too",
  },
  {
    name: "tags",
    type: mapType,
    help: "tags of what is written",
  },
  {
    name: "multipart.partSize",
    type: sizeType(partBytes),
    profile: [{ name: "s3.multipart_chunksize", type: awsSizeType(partBytes) }],
    default: 8 * 2 ** 20,
    help: "bytes of a part, at Amazon's at least 5 MiB; grows where 10,000 parts would not suffice",
  },
  {
    name: "multipart.threshold",
    type: sizeType({ least: 0, most: 5 * 2 ** 30 }),
    profile: [{ name: "s3.multipart_threshold", type: awsSizeType({ least: 0, most: 5 * 2 ** 30 }) }],
    help: "objects of more bytes go in parts; the part size by default",
  },
  {
    name: "multipart.disabled",
    type: flagType,
    default: false,
    help: "every object goes in one request, and has to fit into memory",
  },
  {
    name: "uploadConcurrency",
    type: orWord(wholeType({ least: 1 }), "auto"),
    default: "auto",
    help: "parts sent concurrently at most, by all uploads of a store",
  },
  { ...CONNECTION_ROWS.maxAttempts, environment: ["AWS_MAX_ATTEMPTS"], profile: ["max_attempts"] },
  ...BOUND_ROWS,
];

function isKeyPair(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const isText = (name: string) => typeof value[name] === "string" && keyText.accepts(value[name].trim());
  return isText("accessKeyId") && isText("secretAccessKey") &&
    (value["sessionToken"] === undefined || isText("sessionToken")) &&
    (value["expiration"] === undefined || value["expiration"] instanceof Date);
}
