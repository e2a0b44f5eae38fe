import {
  fileType,
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
import { BOUND_ROWS, CONNECTION_ROWS, endpointType, settingRow as row } from "@lade/service/settings";

/** The name of an account. */
export const accountType: SettingType = textType({
  expected: "3 to 24 lower-case letters and digits",
  pattern: /^[a-z0-9]{3,24}$/,
  example: "account",
});

/** A key of an account. */
export const keyType: SettingType = textType({
  expected: "a key of the account, in base64",
  pattern: /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  example: "AAECAwQF",
});

/** A shared access signature. */
export const sasType: SettingType = textType({
  expected: "a signature as the portal gives it: sv=…&sig=…",
  pattern: /^\??(?=.*\bsv=)(?=.*\bsig=[^&\s]+)[\x21-\x7e]+$/,
  example: "sv=2026-02-06&sr=c&sig=word",
});

const credentialType: SettingType = {
  expected: "an object with getToken()",
  shown: "an object with getToken()",
  example: "",
  accepts: (value) => isRecord(value) && typeof value["getToken"] === "function",
  parse: () => undefined,
};

const wordType = textType({ expected: "one word", pattern: /^[\x21-\x7e]+$/, example: "word" });
const stringType = textType({ example: "AccountName=account;AccountKey=AAECAwQF" });
const tierType = oneOfType("Hot", "Cool", "Cold", "Archive");

const secret = { secret: true };
const account = "The Azure account of URIs that name none";
const endpoint = "Where the Azure account has its blobs";

/** Which account, where it is and who asks: settings that belong together. */
const IDENTITY: SettingTable = [
  row(
    "account",
    accountType,
    "account of URIs that name none; else that of connection string or endpoint",
    ["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"],
    { flag: { name: "--account-name", metavar: "NAME", help: account } },
  ),
  row(
    "endpoint",
    endpointType,
    "base URL of the account's blobs, with the account in its path at an emulator; else the public cloud's",
    ["AZURE_STORAGE_ENDPOINT", "AZURE_STORAGE_SERVICE_ENDPOINT", "AZURE_STORAGE_BLOB_ENDPOINT"],
    { flag: { name: "--blob-endpoint", metavar: "URL", help: endpoint } },
  ),
  { ...CONNECTION_ROWS.endpointAddresses, environment: ["LADE_AZURE_ENDPOINT_ADDRESSES"] },
  row(
    "useEmulator",
    flagType,
    "asks Azurite at `http://127.0.0.1:10000`, with its own account and key",
    ["AZURE_STORAGE_USE_EMULATOR"],
    { default: false },
  ),
  row(
    "connectionString",
    stringType,
    "account, endpoint and key or SAS in one text",
    ["AZURE_STORAGE_CONNECTION_STRING"],
    secret,
  ),
  row(
    "accountKey",
    keyType,
    "key of the account",
    ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY"],
    secret,
  ),
  row(
    "sasToken",
    sasType,
    "shared access signature",
    ["AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"],
    secret,
  ),
  row("credential", credentialType, "gives tokens of Entra ID; for programs", [], secret),
  CONNECTION_ROWS.anonymous,
  row("tenantId", wordType, "tenant of Entra ID", ["AZURE_TENANT_ID"]),
  row("clientId", wordType, "application, or managed identity, that asks", ["AZURE_CLIENT_ID"]),
  row("clientSecret", wordType, "secret of the application", ["AZURE_CLIENT_SECRET"], secret),
  row("federatedTokenFile", fileType, "file of the token of a workload identity", [
    "AZURE_FEDERATED_TOKEN_FILE",
  ]),
];

/** Every setting of `az://`. */
export const AZURE_SETTINGS: SettingTable = [
  ...IDENTITY.map((row) => ({ ...row, group: "identity" })),
  row("authorityHost", endpointType, "where Entra ID gives tokens; else that of the cloud", [
    "AZURE_AUTHORITY_HOST",
  ]),
  { ...CONNECTION_ROWS.caBundle, environment: ["REQUESTS_CA_BUNDLE"] },
  { ...CONNECTION_ROWS.verifySsl, environment: ["LADE_AZURE_VERIFY_SSL"] },
  CONNECTION_ROWS.allowHttp,
  CONNECTION_ROWS.transport,
  CONNECTION_ROWS.hedging,
  CONNECTION_ROWS.lanes,
  row(
    "blockSize",
    sizeType({ least: 1, most: 4000 * 2 ** 20 }),
    "bytes of a block; grows where 50,000 blocks would not suffice",
    [],
    { default: 8 * 2 ** 20 },
  ),
  row(
    "threshold",
    sizeType({ least: 0, most: 5000 * 2 ** 20 }),
    "objects of more bytes go in blocks; the block size by default",
  ),
  row(
    "uploadConcurrency",
    orWord(wholeType({ least: 1 }), "auto"),
    "blocks sent concurrently at most, by all uploads of a store",
    [],
    { default: "auto" },
  ),
  row("accessTier", tierType, "tier of what is written; else the account's"),
  row("encryptionScope", wordType, "encryption scope of what is written; else the container's"),
  row("tags", mapType, "tags of what is written"),
  row(
    "storedChecksum",
    flagType,
    "keeps the CRC-32C of what is written as metadata of the blob, for reads to compare",
    [],
    { default: true },
  ),
  row("verifyDownloads", flagType, "compares checksums of downloads", [], { default: true }),
  CONNECTION_ROWS.maxAttempts,
  ...BOUND_ROWS,
];
