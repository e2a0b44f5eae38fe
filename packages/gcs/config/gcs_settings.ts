import {
  fileType,
  flagType,
  oneOfType,
  orWord,
  type SettingTable,
  type SettingType,
  sizeType,
  textType,
  wholeType,
} from "@lade/core/settings";
import { BOUND_ROWS, CONNECTION_ROWS, endpointType, settingRow as row } from "@lade/service/settings";

/** Where Google Cloud Storage answers. */
export const GOOGLE = "https://storage.googleapis.com";

/** The variable by which an emulator is named. */
export const EMULATOR = "STORAGE_EMULATOR_HOST";

const MIB = 2 ** 20;
/** Bytes of which every request of a resumable upload but its last is a multiple. */
export const CHUNK_UNIT = 2 ** 18;

/** An emulator, whose scheme may be left out. */
const emulatorType: SettingType = {
  ...endpointType,
  expected: "an address such as 127.0.0.1:4443",
  parse: (text) => endpointType.parse(text.includes("://") ? text : `http://${text}`),
};

const wordType = textType({ expected: "one word", pattern: /^[\x21-\x7e]+$/, example: "word" });
const projectType = textType({
  expected: "the id or number of a project",
  pattern: /^[\w.:-]+$/,
  example: "my-project",
});
const accountType = textType({
  expected: "the e-mail address of a service account",
  pattern: /^[\w.+-]+@[\w.-]+(?:,[\w.+-]+@[\w.-]+)*$/,
  example: "name@project.iam.gserviceaccount.com",
});
const kmsType = textType({
  expected: "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
  pattern: /^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/,
  example: "projects/p/locations/us/keyRings/r/cryptoKeys/k",
});
/** Who is asked and who asks: a token for one endpoint is not for another. */
const IDENTITY: SettingTable = [
  row(
    "endpoint",
    endpointType,
    "base URL of the service; what `STORAGE_EMULATOR_HOST` names is asked without credentials",
    ["GCS_ENDPOINT_URL", { name: EMULATOR, type: emulatorType }],
    {
      default: GOOGLE,
      flag: {
        name: "--gcs-endpoint",
        metavar: "URL",
        help: "Where Google Cloud Storage, or an emulator, is",
      },
    },
  ),
  { ...CONNECTION_ROWS.endpointAddresses, environment: ["LADE_GCS_ENDPOINT_ADDRESSES"] },
  row("credentialsFile", fileType, "credentials as Google's tools write them: a key, a login, a federation", [
    "GOOGLE_APPLICATION_CREDENTIALS",
  ]),
  row("accessToken", wordType, "access token, as `gcloud auth print-access-token` gives it", [
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
  ], { secret: true }),
  row(
    "impersonateServiceAccount",
    accountType,
    "service account to act as, after delegates with commas between",
    ["CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT", "GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"],
  ),
  CONNECTION_ROWS.anonymous,
];

/** Every setting of `gs://`. */
export const GCS_SETTINGS: SettingTable = [
  ...IDENTITY.map((row) => ({ ...row, group: "identity" })),
  row(
    "project",
    projectType,
    "project whose buckets are listed and made; else that of the credentials",
    ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"],
    { flag: { name: "--project", metavar: "ID", help: "The Google Cloud project of buckets" } },
  ),
  row(
    "userProject",
    projectType,
    "project that pays for requests, which Requester Pays buckets ask for; else that of the credentials' file",
    ["GOOGLE_CLOUD_QUOTA_PROJECT"],
    { flag: { name: "--billing-project", metavar: "ID", help: "The Google Cloud project that pays" } },
  ),
  row(
    "location",
    textType({ expected: "a location such as EUROPE-WEST3", pattern: /^[A-Za-z0-9-]+$/, example: "EU" }),
    "where buckets are made; else `US`",
  ),
  row(
    "storageClass",
    oneOfType("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE"),
    "class of what is written and of buckets that are made; else the bucket's, `STANDARD` of buckets",
  ),
  row("kmsKey", kmsType, "Cloud KMS key of what is written; else the bucket's"),
  { ...CONNECTION_ROWS.caBundle, environment: ["REQUESTS_CA_BUNDLE"] },
  { ...CONNECTION_ROWS.verifySsl, environment: ["LADE_GCS_VERIFY_SSL"] },
  CONNECTION_ROWS.allowHttp,
  CONNECTION_ROWS.transport,
  CONNECTION_ROWS.hedging,
  CONNECTION_ROWS.lanes,
  row(
    "partSize",
    sizeType({ least: 5 * MIB, most: 5 * 2 ** 30 }),
    "bytes of a part of a parallel upload",
    [],
    {
      default: 8 * MIB,
    },
  ),
  row(
    "threshold",
    sizeType({ least: 0, most: 5 * 2 ** 30 }),
    "objects of more bytes go in parts or chunks",
    [],
    {
      default: 8 * MIB,
    },
  ),
  row(
    "chunkSize",
    sizeType({ least: CHUNK_UNIT, multipleOf: CHUNK_UNIT, most: 5 * 2 ** 30 }),
    "bytes of a request of a resumable upload",
    [],
    { default: 8 * MIB },
  ),
  row(
    "uploadConcurrency",
    orWord(wholeType({ least: 1 }), "auto"),
    "parts sent concurrently at most, by all uploads of a store",
    [],
    { default: "auto" },
  ),
  row("verifyDownloads", flagType, "compares checksums of downloads", [], { default: true }),
  CONNECTION_ROWS.maxAttempts,
  ...BOUND_ROWS,
];
