import { DEVELOPMENT_ACCOUNT, DEVELOPMENT_KEY } from "./development_account.ts";

/** What a connection string says. */
export interface ConnectionString {
  /** Name of the account, where it is there. */
  readonly account?: string;
  /** Where its blobs are, where that is said. */
  readonly endpoint?: string;
  /** Key of the account, in base64. */
  readonly accountKey?: string;
  /** Signature without the `?` before it. */
  readonly sasToken?: string;
}

/** The keys that are read, by their names in lower case, and those of other services, which are not. */
const READ =
  /^(?:defaultendpointsprotocol|account(?:name|key)|sharedaccesssignature|blobendpoint|endpointsuffix)$/;
const EMULATOR = /^(?:usedevelopmentstorage|developmentstorageproxyuri)$/;
const PASSED_OVER = /^(?:blobsecondary|(?:queue|table|file|dfs|web)(?:secondary)?)endpoint$/;

/**
 * Reads a connection string ("Configure Azure Storage connection strings"). What is none is a `SyntaxError` whose message
 * goes on behind `the connection string`, and holds no value.
 */
export function parseConnectionString(text: string): ConnectionString {
  const values = new Map<string, string>();
  for (const part of text.split(";").map((part) => part.trim()).filter((part) => part !== "")) {
    const [, name = "", value = ""] = /^([A-Za-z]{1,40})=(.+)$/s.exec(part) ?? [];
    const key = name.toLowerCase();
    // What is no name may be a part of a secret.
    if (key === "") throw new SyntaxError("has a part that is not of the form Name=value");
    if (![READ, EMULATOR, PASSED_OVER].some((known) => known.test(key))) {
      throw new SyntaxError(`has the unknown key ${name}`);
    }
    if (values.has(key)) throw new SyntaxError(`has ${name} twice`);
    values.set(key, value.trim());
  }
  const get = (name: string) => values.get(name.toLowerCase());
  if (get("UseDevelopmentStorage") !== undefined) return developmentStorage(values);
  if (values.has("developmentstorageproxyuri")) {
    throw new SyntaxError("has DevelopmentStorageProxyUri without UseDevelopmentStorage");
  }
  const [account, accountKey, signature] = [
    get("AccountName"),
    get("AccountKey"),
    get("SharedAccessSignature"),
  ];
  const [given, suffix = "core.windows.net", protocol = "https"] = [
    get("BlobEndpoint"),
    get("EndpointSuffix"),
    get("DefaultEndpointsProtocol"),
  ];
  if (account === undefined && given === undefined) {
    throw new SyntaxError("has neither AccountName nor BlobEndpoint");
  }
  if (accountKey !== undefined && signature !== undefined) {
    throw new SyntaxError("has both AccountKey and SharedAccessSignature");
  }
  if (accountKey !== undefined && account === undefined) {
    throw new SyntaxError("has AccountKey without AccountName");
  }
  if (!/^https?$/i.test(protocol)) {
    throw new SyntaxError("has a DefaultEndpointsProtocol that is neither https nor http");
  }
  if (!/^[a-z0-9.-]+$/i.test(suffix)) {
    throw new SyntaxError("has an EndpointSuffix that is no name of a domain");
  }
  return {
    ...(account !== undefined && { account }),
    endpoint: given ?? `${protocol.toLowerCase()}://${account}.blob.${suffix.toLowerCase()}`,
    ...(accountKey !== undefined && { accountKey }),
    ...(signature !== undefined && { sasToken: signature.replace(/^\?/, "") }),
  };
}

/** The emulator, whose account and key everybody knows. */
function developmentStorage(values: ReadonlyMap<string, string>): ConnectionString {
  if (values.get("usedevelopmentstorage")?.toLowerCase() !== "true") {
    throw new SyntaxError("has a UseDevelopmentStorage that is not true");
  }
  const other = [...values.keys()].find((key) => !EMULATOR.test(key));
  if (other !== undefined) throw new SyntaxError("has other keys beside UseDevelopmentStorage=true");
  const proxy = (values.get("developmentstorageproxyuri") ?? "http://127.0.0.1").replace(/\/+$/, "");
  const endpoint = `${proxy}:10000/${DEVELOPMENT_ACCOUNT}`;
  return { account: DEVELOPMENT_ACCOUNT, endpoint, accountKey: DEVELOPMENT_KEY };
}
