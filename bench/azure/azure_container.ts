import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  BlobServiceClient,
  SASProtocol,
} from "@azure/storage-blob";
import { StorageSharedKeyCredential } from "@azure/storage-blob";
import { Lade } from "../../packages/lade/mod.ts";
import { startAzurite } from "../../tools/servers/start_azurite.ts";
import type { BenchContainer } from "../bench_container.ts";
import { ground } from "../ground/ground.ts";
import { stopAll } from "../race_files.ts";

/** An account and its key. */
export interface BenchAccount {
  /** URL of the service, without the account. */
  readonly url: string;
  /** Its name. */
  readonly account: string;
  /** Its key, in base64. */
  readonly key: string;
}

/** Starts Azurite over files in memory, with an empty container. */
export async function startAzureContainer(): Promise<BenchContainer> {
  const server = await startAzurite({ onDisk: true, parent: ground().memory });
  return await openAzureContainer(server, server);
}

/** Makes the container of an account that is there. */
export async function openAzureContainer(
  given: BenchAccount,
  server: AsyncDisposable,
): Promise<BenchContainer> {
  const { url, account, key: accountKey } = given;
  const endpoint = `${url}/${account}`;
  const lade = new Lade({ config: { az: { account, accountKey, endpoint } } });
  const root = rootOf(given);
  await lade.createContainer(root);
  return {
    url,
    root,
    s3dlioRoot: `az://${account}/bench`,
    env: azureEnv(given),
    lade,
    [Symbol.asyncDispose]: () => stopAll([lade, server]),
  };
}

/** URI of the container. */
export function rootOf({ url, account }: BenchAccount): string {
  return `az://${new URL(url).host}/${account}/bench`;
}

/** The environment in which every contender finds an account. */
export function azureEnv({ url, account, key }: BenchAccount): Readonly<Record<string, string>> {
  const endpoint = `${url}/${account}`;
  const sas = signatureOf({ url, account, key });
  return {
    AZURE_STORAGE_ACCOUNT: account,
    AZURE_STORAGE_KEY: key,
    AZURE_STORAGE_ENDPOINT: url,
    LADE_BENCH_CONTAINER_URL: `${endpoint}/bench?${sas}`,
    S3DLIO_AZURE_CREDENTIAL: "sas",
    S3DLIO_AZURE_SAS_TOKEN: sas,
    AZURE_BLOB_ENDPOINT_URL: url,
    RCLONE_CONFIG: "/dev/null",
    RCLONE_CONFIG_PEER_TYPE: "azureblob",
    RCLONE_CONFIG_PEER_ACCOUNT: account,
    RCLONE_CONFIG_PEER_KEY: key,
    RCLONE_CONFIG_PEER_ENDPOINT: endpoint,
  };
}

/** A signature that lets whoever has it do everything for a day. */
function signatureOf({ url, account, key }: BenchAccount): string {
  const client = new BlobServiceClient(`${url}/${account}`, new StorageSharedKeyCredential(account, key));
  const end = new Date(Date.now() + 86_400_000);
  const permissions = AccountSASPermissions.parse("rwdlac");
  const resources = AccountSASResourceTypes.parse("sco").toString();
  const text = client.generateAccountSasUrl(end, permissions, resources, {
    protocol: SASProtocol.HttpsAndHttp,
  });
  return new URL(text).search.slice(1);
}
