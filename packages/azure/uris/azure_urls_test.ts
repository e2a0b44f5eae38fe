import { assertEquals, assertRejects } from "@std/assert";
import { Registry } from "@lade/core/backend";
import { InvalidNameError } from "@lade/core/errors";
import { mergeConfigs } from "@lade/core/settings";
import { azureProvider } from "../azure_provider.ts";

const HOST = "mine.blob.core.windows.net";
const SAS = "sv=2026-02-06&sr=c&sp=rl&se=2030-01-01T00%3A00%3A00Z&sig=secret%3D";

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

async function resolve(url: string, { env = {}, config }: Given = {}) {
  const provider = azureProvider({ env: (name) => env[name] });
  const layers = config ? [{ name: "az", source: "option", config }] : [];
  const { container, key, config: merged } = await new Registry().register(provider).resolve(
    url,
    () => layers,
  );
  const sas = mergeConfigs(provider.settingTable, [{ name: "az", source: "x", config: merged ?? {} }])
    ?.["sasToken"];
  return { uri: `${container} ${key}`, sas: Object(sas ?? {}).value };
}

Deno.test("azureUrls() claims the URLs of every cloud, and decodes their names once", async () => {
  const cases: readonly (readonly [url: string, wanted: string])[] = [
    [`https://${HOST}/photos/a%20b/%2541?`, `${HOST}/photos a b/%41`],
    [`https://${HOST}:443/photos`, `${HOST}/photos `],
    [`http://${HOST}/photos/`, `${HOST}/photos `],
    ["https://mine.dfs.core.windows.net/photos/a", `${HOST}/photos a`],
    ["https://mine.blob.core.chinacloudapi.cn/photos/a", "mine.blob.core.chinacloudapi.cn/photos a"],
    ["https://mine.blob.core.usgovcloudapi.net/photos/a", "mine.blob.core.usgovcloudapi.net/photos a"],
    ["https://mine.z7.blob.storage.azure.net/photos/a", "mine.z7.blob.storage.azure.net/photos a"],
    [`https://${HOST}/read.me`, `${HOST}/$root read.me`],
    [`https://${HOST}/%24web/index.html`, `${HOST}/$web index.html`],
    ["http://127.0.0.1:10000/devstoreaccount1/photos/a", "127.0.0.1:10000/devstoreaccount1/photos a"],
  ];
  for (const [url, wanted] of cases) assertEquals((await resolve(url)).uri, wanted, url);
});

Deno.test("azureUrls() claims the URLs of endpoints that are configured, and of no others", async () => {
  const cdn = { endpoint: "https://cdn.example", account: "mine" };
  assertEquals((await resolve("https://cdn.example/photos/a", { config: cdn })).uri, "cdn.example/photos a");
  const inPath = { AZURE_STORAGE_ENDPOINT: "https://storage.example:8443/mine" };
  assertEquals(
    (await resolve("https://storage.example:8443/mine/photos/a", { env: inPath })).uri,
    "storage.example:8443/mine/photos a",
  );
  for (
    const url of [
      "https://cdn.example/photos/a",
      "http://127.0.0.1:1/mine/photos/a",
      `https://${HOST}.example/a/b`,
    ]
  ) {
    await assertRejects(() => resolve(url), InvalidNameError, "no store serves the host");
  }
});

Deno.test("azureUrls() takes a shared access signature, which comes before all that is configured", async () => {
  const env = { AZURE_STORAGE_ACCOUNT: "mine", AZURE_STORAGE_KEY: "AAECAwQF" };
  const config = { accountKey: "AAECAwQF", account: "other" };
  const { uri, sas } = await resolve(`https://${HOST}/photos/a?${SAS}`, { env, config });
  assertEquals([uri, sas], [`${HOST}/photos a`, SAS]);
  const local = await resolve(`http://127.0.0.1:1/devstoreaccount1/photos?${SAS}`);
  assertEquals([local.uri, local.sas], ["127.0.0.1:1/devstoreaccount1/photos ", SAS]);
});

Deno.test("azureUrls() honours no other query, and shows no signature", async () => {
  const cases: readonly (readonly [query: string, detail: string])[] = [
    ["restype=container&comp=list", 'it has "restype", "comp"'],
    [`versionid=1&${SAS}`, 'it has "versionid"; name a version by --version'],
    ["sv=1&se=2", 'it has "sv", "se"'],
    ["sig=secret", "sasToken (the URL) has to be a signature as the portal gives it"],
  ];
  for (const [query, detail] of cases) {
    const error = await assertRejects(() => resolve(`https://${HOST}/photos/a?${query}`), Error, detail);
    assertEquals(`${error.message}${error.stack}`.includes("secret"), false, error.message);
  }
  await assertRejects(() => resolve(`https://${HOST}/a%zz`), InvalidNameError, "write %25");
});
