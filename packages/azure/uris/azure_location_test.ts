import { assertEquals, assertThrows } from "@std/assert";
import { InvalidNameError } from "@lade/core/errors";
import { type BackendConfig, mergeConfigs } from "@lade/core/settings";
import { AzureAccounts, checkOptions } from "../config/azure_config.ts";
import { AZURE_SETTINGS } from "../config/azure_settings.ts";
import { accountOfUri, parseAzureUri, spellingsOf } from "./azure_location.ts";

const MINE = { AZURE_STORAGE_ACCOUNT: "mine" };
const HOST = "mine.blob.core.windows.net";

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: BackendConfig;
}

function parse(uri: string, { env = {}, config = {} }: Given = {}): string {
  const accounts = new AzureAccounts(checkOptions(config), (name) => env[name]);
  const { container, key } = parseAzureUri(uri, config, accounts);
  return `${container} ${key}`;
}

/** What is configured for a URI prefix, as it reaches a provider. */
function configuredAs(prefix: string, config: BackendConfig): BackendConfig {
  const layer = { name: prefix, source: `the configuration of ${prefix}`, config };
  return mergeConfigs(AZURE_SETTINGS, [layer]) ?? {};
}

Deno.test("parseAzureUri() takes a first part with a dot for the host of an account", () => {
  const cases: readonly (readonly [uri: string, wanted: string])[] = [
    [`az://${HOST}/photos/a/b.jpg`, `${HOST}/photos a/b.jpg`],
    [`az://${HOST}/photos`, `${HOST}/photos `],
    [`az://${HOST}/photos/`, `${HOST}/photos `],
    [`az://${HOST}/photos//a%20b?c#d`, `${HOST}/photos /a%20b?c#d`],
    ["AZ://MINE.Blob.core.windows.net/photos/A", `${HOST}/photos A`],
    ["az://mine.dfs.core.windows.net/photos/a", `${HOST}/photos a`],
    ["az://mine.z01.dfs.storage.azure.net/photos/a", "mine.z01.blob.storage.azure.net/photos a"],
    ["az://mine-secondary.blob.core.windows.net/photos/a", "mine-secondary.blob.core.windows.net/photos a"],
    ["az://cdn.example:8443/photos/a", "cdn.example:8443/photos a"],
    ["az://127.0.0.1:10000/devstoreaccount1/photos/a", "127.0.0.1:10000/devstoreaccount1/photos a"],
    ["az://localhost/devstoreaccount1/photos/a", "localhost/devstoreaccount1/photos a"],
    ["az://azurite:10000/devstoreaccount1/photos/a", "azurite:10000/devstoreaccount1/photos a"],
    ["az://[::1]:10000/devstoreaccount1/photos/a", "[::1]:10000/devstoreaccount1/photos a"],
    [`az://${HOST}/$root/a`, `${HOST}/$root a`],
    [`az://${HOST}/$web/index.html`, `${HOST}/$web index.html`],
    [`abfss://photos@mine.dfs.core.windows.net/a/b`, `${HOST}/photos a/b`],
    [`abfs://photos@${HOST}`, `${HOST}/photos `],
    ["abfss://photos@localhost:1/devstoreaccount1/a", "localhost:1/devstoreaccount1/photos a"],
    [
      "abfss://work@onelake.dfs.fabric.microsoft.com/lh/Files/a",
      "onelake.blob.fabric.microsoft.com/work lh/Files/a",
    ],
  ];
  for (const [uri, wanted] of cases) {
    assertEquals([parse(uri), parse(uri, { env: MINE })], [wanted, wanted], uri);
  }
});

Deno.test("parseAzureUri() takes a name without a dot as what is configured says", () => {
  const emulator = { AZURE_STORAGE_USE_EMULATOR: "true" };
  assertEquals(parse("az://photos/a/b", { env: MINE }), `${HOST}/photos a/b`);
  assertEquals(parse("az://mine/photos/b"), `${HOST}/photos b`);
  assertEquals(parse("abfs://photos/a/b", { env: MINE }), `${HOST}/photos a/b`);
  assertEquals(parse("az://photos/a", { env: emulator }), "127.0.0.1:10000/devstoreaccount1/photos a");
  const theirs = configuredAs("az://theirs/", { accountKey: "AAECAwQF" });
  assertEquals(
    parse("az://theirs/photos/a", { env: MINE, config: theirs }),
    "theirs.blob.core.windows.net/photos a",
  );
  const local = configuredAs("az://theirs/", { endpoint: "http://127.0.0.1:1/theirs" });
  assertEquals(parse("az://theirs/photos/a", { env: MINE, config: local }), "127.0.0.1:1/theirs/photos a");
});

Deno.test("parseAzureUri() knows the path of an endpoint that is configured", () => {
  const env = { AZURE_STORAGE_ENDPOINT: "https://storage.example/mine" };
  assertEquals(parse("az://storage.example/mine/photos/a", { env }), "storage.example/mine/photos a");
  assertEquals(parse("az://storage.example/mine/a"), "storage.example/mine a");
  assertEquals(parse("az://photos/a", { env }), "storage.example/mine/photos a");
});

Deno.test("parseAzureUri() refuses what can be read in two ways, and says how to write it", () => {
  const cases: readonly (readonly [uri: string, given: Given, detail: string])[] = [
    [
      "az://mine/photos/a",
      { env: MINE },
      `"mine" may be an account or a container of "mine", write az://${HOST}/photos/a or az://${HOST}/mine/photos/a`,
    ],
    [
      "az://photos/b/c",
      { env: MINE, config: configuredAs("az://photos/", { accessTier: "Cool" }) },
      `write az://photos.blob.core.windows.net/b/c or az://${HOST}/photos/b/c`,
    ],
    [
      "az://my-photos/a",
      {},
      "set AZURE_STORAGE_ACCOUNT, or write az://ACCOUNT.blob.core.windows.net/CONTAINER/",
    ],
    ["az://photos/a.txt", {}, '"a.txt" is no name of a container of "photos"; set AZURE_STORAGE_ACCOUNT'],
    ["az://photos/a", { env: { AZURE_STORAGE_ENDPOINT: "http://127.0.0.1:1" } }, "names no account"],
    ["abfs://photos/a", {}, "write abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/"],
    ["abfss://photos@mine/a", {}, "what follows @ is no host"],
    ["az://127.0.0.1:10000", {}, "write az://127.0.0.1:10000/ACCOUNT/CONTAINER/"],
    ["az://", { env: MINE }, "names no container"],
    [`az://${HOST}`, {}, "names no container"],
    [`az://${HOST}//a`, {}, "names no container"],
    [`az://${HOST}/Photos/a`, {}, "use 3 to 63 lower-case letters, digits and single hyphens"],
    [`az://${HOST}/a--b/a`, {}, "not a valid name of a container"],
    [`az://${HOST}/ab/a`, {}, "not a valid name of a container"],
    [`az://${HOST}/${"a".repeat(64)}/a`, {}, "not a valid name of a container"],
    ["s3://photos/a", {}, 'the scheme is "s3"'],
  ];
  for (const [uri, given, detail] of cases) assertThrows(() => parse(uri, given), InvalidNameError, detail);
});

Deno.test("parseAzureUri() shows no signature that stands where none is taken", () => {
  for (const place of ["/photos/a", "/photos", ""]) {
    const uri = `az://${HOST}${place}?sv=2026-02-06&sig=secret`;
    const error = assertThrows(() => parse(uri), InvalidNameError, "only an https:// URL may");
    assertEquals([error.message.includes("secret"), error.uri], [false, `az://${HOST}${place}`]);
  }
});

Deno.test("accountOfUri() finds the account of a URI without a container", () => {
  const of = (uri: string, env: Record<string, string> = {}) =>
    accountOfUri(uri, {}, new AzureAccounts(new Map(), (name) => env[name]));
  assertEquals(of(`az://${HOST}`), HOST);
  assertEquals(of(`az://${HOST}/`, MINE), HOST);
  assertEquals(of("az://mine/"), HOST);
  assertEquals(of("az://127.0.0.1:1/devstoreaccount1"), "127.0.0.1:1/devstoreaccount1");
  assertEquals([of("az://photos", MINE), of(`az://${HOST}/photos`)], [undefined, undefined]);
});

Deno.test("spellingsOf() gives the URIs by which a location may be configured", () => {
  assertEquals(spellingsOf({ container: `${HOST}/photos`, key: "a/b" }), [
    `az://${HOST}/photos/a/b`,
    "az://mine/photos/a/b",
    "abfss://photos@mine.dfs.core.windows.net/a/b",
  ]);
  assertEquals(spellingsOf({ container: "127.0.0.1:1/mine/photos", key: "" })[1], "az://mine/photos/");
  assertEquals(spellingsOf({ container: "cdn.example/photos", key: "a" }), [
    "az://cdn.example/photos/a",
    "abfss://photos@cdn.example/a",
  ]);
});
