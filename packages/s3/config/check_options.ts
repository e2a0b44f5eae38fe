import type { S3MultipartOptions, S3Options } from "./s3_options.ts";

type Check = (value: unknown) => string | undefined;

const text: Check = (value) => typeof value === "string" && value !== "" ? undefined : "a text";
const flag: Check = (value) => typeof value === "boolean" ? undefined : "true or false";
const oneOf = (...values: readonly unknown[]): Check => (value) =>
  values.includes(value) ? undefined : `one of ${values.map((each) => JSON.stringify(each)).join(", ")}`;
const wholeFrom = (least: number, most = Number.MAX_SAFE_INTEGER): Check => (value) =>
  Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
    ? undefined
    : `a whole number from ${least} up${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}`;

const MULTIPART: Readonly<Record<keyof S3MultipartOptions, Check>> = {
  threshold: wholeFrom(0, 5 * 2 ** 30),
  partSize: wholeFrom(1, 5 * 2 ** 30),
  disabled: flag,
};

const OPTIONS: Readonly<Record<keyof S3Options, Check>> = {
  region: (value) => typeof value === "string" && /^[a-z0-9-]+$/i.test(value) ? undefined : "a region's name",
  endpoint: text,
  forcePathStyle: flag,
  dualstack: flag,
  fips: flag,
  profile: text,
  credentials: (value) =>
    typeof value === "function" || isKeyPair(value)
      ? undefined
      : "accessKeyId and secretAccessKey, or a function",
  anonymous: flag,
  requestPayer: flag,
  caBundle: text,
  allowHttp: flag,
  signPayload: oneOf(true, false, "auto"),
  checksum: oneOf("auto", "crc32c", "crc64nvme", "none"),
  verifyDownloads: flag,
  sse: oneOf("AES256", "aws:kms", "aws:kms:dsse"),
  sseKmsKeyId: text,
  sseCustomerKey: (value) => customerKey(value) ? undefined : "32 bytes, as such or in base64",
  tags: (value) =>
    isRecord(value) && Object.values(value).every((tag) => typeof tag === "string")
      ? undefined
      : "texts by name",
  multipart: (value) => isRecord(value) ? undefined : "threshold, partSize and disabled",
  uploadConcurrency: (value) =>
    value === "auto" ? undefined : wholeFrom(1)(value) && 'a whole number from 1 up, or "auto"',
  transport: oneOf("auto", "tcp", "fetch"),
};

/** Throws a `TypeError` for a name that is no option of S3, or for a value that the option cannot have. */
export function checkOptions(config: Readonly<Record<string, unknown>>): S3Options {
  check(config, OPTIONS, "");
  const options: S3Options = config;
  if (options.multipart) check({ ...options.multipart }, MULTIPART, "multipart.");
  if (options.sseCustomerKey !== undefined && options.sse !== undefined) {
    throw new TypeError("Cannot configure s3: sse and sseCustomerKey exclude each other");
  }
  if (options.sseKmsKeyId !== undefined && !options.sse?.startsWith("aws:kms")) {
    throw new TypeError('Cannot configure s3: sseKmsKeyId needs sse to be "aws:kms" or "aws:kms:dsse"');
  }
  if (options.anonymous && (options.credentials !== undefined || options.profile !== undefined)) {
    throw new TypeError("Cannot configure s3: anonymous excludes credentials and profile");
  }
  return options;
}

/** The bytes of a key for SSE-C, or `undefined` where it is none. */
export function customerKey(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value.length === 32 ? value : undefined;
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]{43}=$/.test(value)) return undefined;
  return Uint8Array.from(atob(value), (char) => char.charCodeAt(0));
}

function check(config: object, checks: Readonly<Record<string, Check>>, prefix: string): void {
  for (const [name, value] of Object.entries(config)) {
    const wanted = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (!wanted) {
      throw new TypeError(
        `Cannot configure s3: unknown configuration key ${JSON.stringify(prefix + name)}, known are ${
          Object.keys(checks).map((known) => prefix + known).join(", ")
        }`,
      );
    }
    const fault = value === undefined ? undefined : wanted(value);
    if (fault !== undefined) throw new TypeError(`Cannot configure s3: ${prefix}${name} has to be ${fault}`);
  }
}

function isKeyPair(value: unknown): boolean {
  return isRecord(value) && typeof value["accessKeyId"] === "string" && value["accessKeyId"] !== "" &&
    typeof value["secretAccessKey"] === "string" && value["secretAccessKey"] !== "" &&
    (value["sessionToken"] === undefined || typeof value["sessionToken"] === "string") &&
    (value["expiration"] === undefined || value["expiration"] instanceof Date);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
