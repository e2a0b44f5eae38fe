import { assertEquals, assertThrows } from "@std/assert";
import { SettingText } from "@lade/core/settings";
import { type GcsConfig, resolveGcsConfig } from "./gcs_config.ts";
import type { GcsOptions } from "./gcs_options.ts";

type Env = Readonly<Record<string, string>>;

function resolve(options: GcsOptions = {}, env: Env = {}): GcsConfig {
  return resolveGcsConfig(options, (name) => env[name]);
}

/** Who asks, and where that was said. */
function asks(options: GcsOptions, env: Env = {}): string {
  const { anonymous, accessToken, credentialsFile, impersonateServiceAccount } = resolve(options, env);
  const said = Object.entries({ accessToken, credentialsFile, impersonateServiceAccount });
  const found = said.flatMap(([name, it]) => it ? [`${name} ${it.value} (${it.source})`] : []);
  return [...(anonymous ? ["anonymous"] : []), ...found].join(", ");
}

const SA = "sa@p.iam.gserviceaccount.com";
const GOOGLE = "https://storage.googleapis.com";

Deno.test("resolveGcsConfig() finds the endpoint: the option, GCS_ENDPOINT_URL, STORAGE_EMULATOR_HOST, Google", () => {
  const emulator = { STORAGE_EMULATOR_HOST: "localhost:4443" };
  const own = { GCS_ENDPOINT_URL: "https://gcs.example", ...emulator };
  const cases: readonly (readonly [options: GcsOptions, env: Env, url: string, kind: string])[] = [
    [{}, {}, GOOGLE, "Google"],
    [{}, emulator, "http://localhost:4443", "emulator"],
    [
      {},
      { STORAGE_EMULATOR_HOST: "https://emulator.example/storage/v1/" },
      "https://emulator.example",
      "emulator",
    ],
    [{}, { STORAGE_EMULATOR_HOST: "[::1]:9/storage/v1" }, "http://[::1]:9", "emulator"],
    [{}, own, "https://gcs.example", ""],
    [{ endpoint: "http://127.0.0.1:1/" }, own, "http://127.0.0.1:1", "emulator"],
    [
      { endpoint: "https://storage-mine.p.googleapis.com/storage/v1" },
      own,
      "https://storage-mine.p.googleapis.com",
      "Google",
    ],
    [{ endpoint: "https://storage.evilgoogleapis.com" }, {}, "https://storage.evilgoogleapis.com", ""],
    [{ endpoint: "http://gcs.lan:80", allowHttp: true }, {}, "http://gcs.lan", "emulator"],
  ];
  for (const [options, env, wanted, kind] of cases) {
    const { endpoint: { url, isGoogle, isEmulator } } = resolve(options, env);
    assertEquals([url, isGoogle, isEmulator], [wanted, kind === "Google", kind === "emulator"], url);
  }
});

Deno.test("resolveGcsConfig() refuses endpoints that cannot be, and says why", () => {
  const cases: readonly (readonly [options: GcsOptions, env: Env, said: string])[] = [
    [
      { endpoint: "https://gcs.example/mine" },
      {},
      "endpoint https://gcs.example/mine cannot be used: no path stands",
    ],
    [{ endpoint: "http://gcs.example" }, {}, "plain HTTP to another machine has to be allowed by allowHttp"],
    [
      {},
      { STORAGE_EMULATOR_HOST: "gcs:4443" },
      "http://gcs:4443 (STORAGE_EMULATOR_HOST) cannot be used: plain HTTP",
    ],
    [
      {},
      { STORAGE_EMULATOR_HOST: "a b" },
      "STORAGE_EMULATOR_HOST has to be an address such as 127.0.0.1:4443",
    ],
    [{}, { GCS_ENDPOINT_URL: "localhost:1" }, "GCS_ENDPOINT_URL has to be a URL such as https://host:9000"],
    [{ endpoint: "https://user:secret@gcs.example" }, {}, "endpoint has to be a URL"],
  ];
  for (const [options, env, said] of cases) {
    const { message } = assertThrows(() => resolve(options, env), TypeError, said);
    assertEquals([message.startsWith("Cannot configure gs: "), message.includes("secret")], [true, false]);
  }
});

Deno.test("resolveGcsConfig() takes who asks from one place: the options, else the environment", () => {
  const env = { GOOGLE_APPLICATION_CREDENTIALS: "/k.json" };
  const all = {
    ...env,
    CLOUDSDK_AUTH_ACCESS_TOKEN: "t1",
    GOOGLE_OAUTH_ACCESS_TOKEN: "t2",
    CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT: SA,
  };
  const impersonated = `impersonateServiceAccount ${SA}`;
  const cases: readonly (readonly [options: GcsOptions, env: Env, wanted: string])[] = [
    [{}, {}, ""],
    [{}, env, "credentialsFile /k.json (GOOGLE_APPLICATION_CREDENTIALS)"],
    [{}, { ...env, GOOGLE_OAUTH_ACCESS_TOKEN: "t2" }, "accessToken t2 (GOOGLE_OAUTH_ACCESS_TOKEN)"],
    [
      {},
      all,
      `accessToken t1 (CLOUDSDK_AUTH_ACCESS_TOKEN), ${impersonated} (CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT)`,
    ],
    [{ anonymous: true }, all, "anonymous"],
    [{ anonymous: false }, env, "credentialsFile /k.json (GOOGLE_APPLICATION_CREDENTIALS)"],
    [{ accessToken: "t3" }, all, "accessToken t3 (option)"],
    [{ credentialsFile: "/o.json" }, all, "credentialsFile /o.json (option)"],
    [
      { impersonateServiceAccount: SA },
      env,
      `credentialsFile /k.json (GOOGLE_APPLICATION_CREDENTIALS), ${impersonated} (option)`,
    ],
    [
      { credentialsFile: "/o.json", impersonateServiceAccount: SA },
      all,
      `credentialsFile /o.json (option), ${impersonated} (option)`,
    ],
  ];
  for (const [options, given, wanted] of cases) assertEquals(asks(options, given), wanted);
});

Deno.test("resolveGcsConfig() gives an emulator no credentials but those of the options", () => {
  const env = {
    STORAGE_EMULATOR_HOST: "127.0.0.1:1",
    GOOGLE_APPLICATION_CREDENTIALS: "/k.json",
    CLOUDSDK_AUTH_ACCESS_TOKEN: "t1",
    CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT: SA,
  };
  assertEquals(asks({}, env), "anonymous");
  assertEquals(asks({ accessToken: "t3" }, env), "accessToken t3 (option)");
  assertEquals(
    asks({ impersonateServiceAccount: SA }, { STORAGE_EMULATOR_HOST: "127.0.0.1:1" }),
    `impersonateServiceAccount ${SA} (option)`,
  );
  // Without TLS Google's own host is none.
  const { CLOUDSDK_AUTH_ACCESS_TOKEN } = env;
  assertEquals(
    asks({ endpoint: "http://storage.googleapis.com", allowHttp: true }, { CLOUDSDK_AUTH_ACCESS_TOKEN }),
    "anonymous",
  );
  // A host of one's own by TLS stands for Google, and gets what is for it.
  assertEquals(asks({ endpoint: "https://gcs.example" }, env), asks({ endpoint: GOOGLE }, env));
});

Deno.test("resolveGcsConfig() refuses options that exclude each other", () => {
  const cases: readonly GcsOptions[] = [
    { accessToken: "t", credentialsFile: "/k.json" },
    { anonymous: true, accessToken: "t" },
    { anonymous: true, impersonateServiceAccount: SA },
  ];
  for (const options of cases) {
    const [first, second] = Object.keys(options);
    const { message } = assertThrows(() => resolve(options), TypeError, "exclude each other");
    assertEquals([first, second].every((name) => message.includes(String(name))), true, message);
  }
});

Deno.test("resolveGcsConfig() finds projects in the variables of Google's tools, the option first", () => {
  const env = { CLOUDSDK_CORE_PROJECT: "three", GCLOUD_PROJECT: "two", GOOGLE_CLOUD_QUOTA_PROJECT: "payer" };
  const { project, userProject } = resolve({}, env);
  assertEquals([project, userProject], [
    { value: "two", source: "GCLOUD_PROJECT" },
    { value: "payer", source: "GOOGLE_CLOUD_QUOTA_PROJECT" },
  ]);
  assertEquals(resolve({}, { ...env, GOOGLE_CLOUD_PROJECT: "one" }).project?.value, "one");
  assertEquals(resolve({ project: "example.com:mine" }, env).project?.source, "option");
  assertEquals(resolve().project, undefined);
});

Deno.test("resolveGcsConfig() has the sizes that Google asks for, and refuses others", () => {
  const { partSize, threshold, chunkSize, uploadConcurrency, verifyDownloads, storageClass } = resolve();
  assertEquals(
    [partSize, threshold, chunkSize, uploadConcurrency, verifyDownloads, storageClass],
    [2 ** 23, 2 ** 23, 2 ** 23, "auto", true, undefined],
  );
  const written = {
    chunkSize: new SettingText("512KiB", "--config"),
    partSize: 5 * 2 ** 20,
    storageClass: "COLDLINE",
  };
  const config = resolve(Object(written));
  assertEquals([config.chunkSize, config.partSize, config.storageClass], [2 ** 19, 5 * 2 ** 20, "COLDLINE"]);
  const cases: readonly (readonly [options: object, said: string])[] = [
    [
      { chunkSize: 2 ** 18 + 1 },
      "chunkSize has to be a whole number from 262144 up to 5368709120, a multiple of 262144, or a size",
    ],
    [
      { chunkSize: new SettingText("300KiB", "--config") },
      "chunkSize (--config) has to be a whole number from 262144 up to 5368709120, a multiple of 262144",
    ],
    [
      { chunkSize: 0 },
      "chunkSize has to be a whole number from 262144 up to 5368709120, a multiple of 262144, or a size",
    ],
    [{ partSize: 5 * 2 ** 20 - 1 }, "partSize has to be a whole number from 5242880 up"],
    [{ storageClass: "HOT" }, 'storageClass has to be one of "STANDARD"'],
    [{ kmsKey: "mine" }, "kmsKey has to be projects/PROJECT/"],
    [{ impersonateServiceAccount: "me" }, "has to be the e-mail address of a service account"],
    [{ projcet: "p" }, 'unknown configuration "projcet", did you mean "project"?'],
  ];
  for (const [options, said] of cases) assertThrows(() => resolve(options), TypeError, said);
});

Deno.test("resolveGcsConfig() shows what serves and where it was said, and no token", () => {
  const shown = (options: GcsOptions, env: Env = {}) =>
    resolve(options, env).shown.map(({ name, value, source }) => `${name}=${value} (${source})`);
  const env = {
    CLOUDSDK_AUTH_ACCESS_TOKEN: "secret",
    GOOGLE_APPLICATION_CREDENTIALS: "/k.json",
    GCLOUD_PROJECT: "p",
  };
  assertEquals(shown({}, env), [
    `endpoint=${GOOGLE} (default)`,
    "accessToken=*** (CLOUDSDK_AUTH_ACCESS_TOKEN)",
    "project=p (GCLOUD_PROJECT)",
  ]);
  assertEquals(shown({}, { ...env, STORAGE_EMULATOR_HOST: "127.0.0.1:1" }), [
    "endpoint=http://127.0.0.1:1 (STORAGE_EMULATOR_HOST)",
    "anonymous=true (STORAGE_EMULATOR_HOST)",
    "project=p (GCLOUD_PROJECT)",
  ]);
});

Deno.test("resolveGcsConfig() takes addresses for the endpoint they are said for, and for no other", () => {
  const env = { LADE_GCS_ENDPOINT_ADDRESSES: "199.36.153.4,199.36.153.5" };
  const addresses = (options: GcsOptions) => {
    const { endpointAddresses, shown } = resolve(options, env);
    assertEquals(shown.some(({ name }) => name === "endpointAddresses"), endpointAddresses !== undefined);
    return endpointAddresses;
  };
  assertEquals(addresses({}), ["199.36.153.4", "199.36.153.5"]);
  assertEquals(addresses({ endpoint: "https://gcs.example" }), undefined);
  assertEquals(addresses({ endpoint: "https://gcs.example", endpointAddresses: ["10.0.0.9"] }), ["10.0.0.9"]);
  assertThrows(() => addresses({ transport: "fetch" }), TypeError, "(LADE_GCS_ENDPOINT_ADDRESSES)");
});
