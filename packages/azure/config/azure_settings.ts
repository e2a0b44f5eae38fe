import {
  fileType,
  flagType,
  isRecord,
  mapType,
  oneOfType,
  orWord,
  type Setting,
  type SettingTable,
  type SettingType,
  sizeType,
  textType,
  wholeType,
} from "@lade/core/settings";
import { BOUND_ROWS, CONNECTION_ROWS, endpointType } from "@lade/service/settings";

const word = (expected: string, example: string) =>
  textType({ expected, pattern: /^[\x21-\x7e]+$/, example });

const accountType = textType({
  expected: "3 to 24 lower-case letters and digits",
  pattern: /^[a-z0-9]{3,24}$/,
  example: "account",
});

const keyType = textType({
  expected: "a key of the account, in base64",
  pattern: /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  example: "AAECAwQF",
});

const sasType = textType({
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

const ID = word("one word", "00000000-0000-0000-0000-000000000000");

/** Which account, where it is and who asks: settings that belong together. */
const IDENTITY: Setting[] = [
  {
    name: "account",
    type: accountType,
    environment: ["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"],
    help: "account of URIs that name none; else that of connection string or endpoint",
    flag: { name: "--account-name", metavar: "NAME", help: "The Azure account of URIs that name none" },
  },
  {
    name: "endpoint",
    type: endpointType,
    environment: ["AZURE_STORAGE_ENDPOINT", "AZURE_STORAGE_SERVICE_ENDPOINT", "AZURE_STORAGE_BLOB_ENDPOINT"],
    help:
      "base URL of the account's blobs, with the account in its path at an emulator; else the public cloud's",
    flag: { name: "--blob-endpoint", metavar: "URL", help: "Where the Azure account has its blobs" },
  },
  {
    name: "useEmulator",
    type: flagType,
    environment: ["AZURE_STORAGE_USE_EMULATOR"],
    default: false,
    help: "asks Azurite at `http://127.0.0.1:10000`, with its own account and key",
  },
  {
    name: "connectionString",
    type: textType({ example: "AccountName=account;AccountKey=AAECAwQF" }),
    environment: ["AZURE_STORAGE_CONNECTION_STRING"],
    secret: true,
    help: "account, endpoint and key or SAS in one text",
  },
  {
    name: "accountKey",
    type: keyType,
    environment: ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY"],
    secret: true,
    help: "key of the account",
  },
  {
    name: "sasToken",
    type: sasType,
    environment: ["AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"],
    secret: true,
    help: "shared access signature",
  },
  { name: "credential", type: credentialType, secret: true, help: "gives tokens of Entra ID; for programs" },
  CONNECTION_ROWS.anonymous,
  { name: "tenantId", type: ID, environment: ["AZURE_TENANT_ID"], help: "tenant of Entra ID" },
  {
    name: "clientId",
    type: ID,
    environment: ["AZURE_CLIENT_ID"],
    help: "application, or managed identity, that asks",
  },
  {
    name: "clientSecret",
    type: word("one word", "word"),
    environment: ["AZURE_CLIENT_SECRET"],
    secret: true,
    help: "secret of the application",
  },
  {
    name: "federatedTokenFile",
    type: fileType,
    environment: ["AZURE_FEDERATED_TOKEN_FILE"],
    help: "file of the token of a workload identity",
  },
];

/** Every setting of `az://`. */
export const AZURE_SETTINGS: SettingTable = [
  ...IDENTITY.map((row) => ({ ...row, group: "identity" })),
  {
    name: "authorityHost",
    type: endpointType,
    environment: ["AZURE_AUTHORITY_HOST"],
    help: "where Entra ID gives tokens; else that of the public cloud",
  },
  { ...CONNECTION_ROWS.caBundle, environment: ["REQUESTS_CA_BUNDLE"] },
  { ...CONNECTION_ROWS.verifySsl, environment: ["LADE_AZURE_VERIFY_SSL"] },
  CONNECTION_ROWS.allowHttp,
  CONNECTION_ROWS.transport,
  {
    name: "blockSize",
    type: sizeType({ least: 1, most: 4000 * 2 ** 20 }),
    default: 8 * 2 ** 20,
    help: "bytes of a block; grows where 50,000 blocks would not suffice",
  },
  {
    name: "threshold",
    type: sizeType({ least: 0, most: 5000 * 2 ** 20 }),
    help: "objects of more bytes go in blocks; the block size by default",
  },
  {
    name: "uploadConcurrency",
    type: orWord(wholeType({ least: 1 }), "auto"),
    default: "auto",
    help: "blocks sent concurrently at most, by all uploads of a store",
  },
  {
    name: "accessTier",
    type: oneOfType("Hot", "Cool", "Cold", "Archive"),
    help: "tier of what is written; else the account's",
  },
  {
    name: "encryptionScope",
    type: word("the name of an encryption scope", "scope"),
    help: "encryption scope of what is written; else the container's",
  },
  { name: "tags", type: mapType, help: "tags of what is written" },
  {
    name: "storedChecksum",
    type: flagType,
    default: true,
    help: "keeps the CRC-32C of what is written as metadata of the blob, for reads to compare",
  },
  {
    name: "verifyDownloads",
    type: flagType,
    default: true,
    help: "compares checksums of downloads",
  },
  CONNECTION_ROWS.maxAttempts,
  ...BOUND_ROWS,
];
