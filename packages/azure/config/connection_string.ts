import { endpointType } from "@lade/service/settings";
import { accountType, keyType, sasType } from "./azure_settings.ts";
import { DEVELOPMENT_ACCOUNT, DEVELOPMENT_KEY } from "./development_account.ts";

/** What a connection string says, by the names of the settings. */
export interface ConnectionString {
  /** Name of the account, where it is there. */
  readonly account?: string;
  /** Where its blobs are, where that is not the public cloud. */
  readonly endpoint?: string;
  /** Key of the account, in base64. */
  readonly accountKey?: string;
  /** A shared access signature. */
  readonly sasToken?: string;
}

/** The keys that are read, in lower case; and those of other services, which are not. */
const READ =
  /^(?:defaultendpointsprotocol|account(?:name|key)|sharedaccesssignature|blobendpoint|endpointsuffix)$/;
const EMULATOR = /^(?:usedevelopmentstorage|developmentstorageproxyuri)$/;
const PASSED_OVER = /^(?:blobsecondary|(?:queue|table|file|dfs|web)(?:secondary)?)endpoint$/;

/**
 * Reads a connection string ("Configure Azure Storage connection strings"). What is none is a `SyntaxError` whose message
 * goes on behind `the connection string`, and holds no value.
 */
export function parseConnectionString(text: string): ConnectionString {
  const values = readPairs(text);
  const get = (name: string) => values.get(name.toLowerCase());
  const [emulated, proxy = "http://127.0.0.1"] = ["UseDevelopmentStorage", "DevelopmentStorageProxyUri"].map(
    get,
  );
  const [account, accountKey, sasToken] = ["AccountName", "AccountKey", "SharedAccessSignature"].map(get);
  const [blobs, suffix = "core.windows.net", protocol = "https"] = [
    "BlobEndpoint",
    "EndpointSuffix",
    "DefaultEndpointsProtocol",
  ].map(get);
  const isWrong = (value: string | undefined, isRight: (value: string) => boolean) =>
    value !== undefined && !isRight(value);
  const isEmulator = emulated !== undefined;
  const faults: readonly (readonly [isThere: boolean, fault: string])[] = [
    [
      isWrong(emulated?.toLowerCase(), (value) => value === "true"),
      "has a UseDevelopmentStorage that is not true",
    ],
    [
      isEmulator && [...values.keys()].some((key) => !EMULATOR.test(key)),
      "has other keys beside UseDevelopmentStorage=true",
    ],
    [
      !isEmulator && values.has("developmentstorageproxyuri"),
      "has DevelopmentStorageProxyUri without UseDevelopmentStorage",
    ],
    [isWrong(proxy, endpointType.accepts), "has a DevelopmentStorageProxyUri that is no URL"],
    [!isEmulator && account === undefined && blobs === undefined, "has neither AccountName nor BlobEndpoint"],
    [accountKey !== undefined && sasToken !== undefined, "has both AccountKey and SharedAccessSignature"],
    [accountKey !== undefined && account === undefined, "has AccountKey without AccountName"],
    [isWrong(account, accountType.accepts), "has an AccountName that is none"],
    [isWrong(accountKey, keyType.accepts), "has an AccountKey that is not in base64"],
    [isWrong(sasToken, sasType.accepts), "has a SharedAccessSignature that is none"],
    [isWrong(blobs, endpointType.accepts), "has a BlobEndpoint that is no URL"],
    [!/^https?$/i.test(protocol), "has a DefaultEndpointsProtocol that is neither https nor http"],
    [!/^[a-z0-9.-]+$/i.test(suffix), "has an EndpointSuffix that is no name of a domain"],
  ];
  const found = faults.find(([isThere]) => isThere);
  if (found) throw new SyntaxError(found[1]);
  if (isEmulator) {
    const endpoint = `${proxy.replace(/\/+$/, "")}:10000/${DEVELOPMENT_ACCOUNT}`;
    return { account: DEVELOPMENT_ACCOUNT, endpoint, accountKey: DEVELOPMENT_KEY };
  }
  const own = `${protocol}://${account}.blob.${suffix}`.toLowerCase();
  const endpoint = blobs ??
    (own.endsWith(".blob.core.windows.net") && own.startsWith("https:") ? undefined : own);
  return {
    ...(account !== undefined && { account }),
    ...(endpoint !== undefined && { endpoint }),
    ...(accountKey !== undefined && { accountKey }),
    ...(sasToken !== undefined && { sasToken }),
  };
}

/** The values by their keys in lower case. */
function readPairs(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of text.split(";").map((part) => part.trim()).filter((part) => part !== "")) {
    const [, name = "", value = ""] = /^([A-Za-z]{1,40})=(.+)$/s.exec(part) ?? [];
    const key = name.toLowerCase();
    // What is no name may be a part of a secret.
    if (key === "") throw new SyntaxError("has a part that is not of the form Name=value");
    const isKnown = [READ, EMULATOR, PASSED_OVER].some((known) => known.test(key));
    if (!isKnown) throw new SyntaxError(`has the unknown key ${name}`);
    if (values.has(key)) throw new SyntaxError(`has ${name} twice`);
    values.set(key, value.trim());
  }
  return values;
}
