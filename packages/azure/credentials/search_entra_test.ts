import { generateKeyPairSync } from "node:crypto";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { systemClock } from "@lade/core/backend";
import { base64url } from "@lade/service/credentials";
import { CredentialFault } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import { makeCertificate } from "@lade/testing/http";
import { writeExecutable } from "../../../tests/write_executable.ts";
import type { EntraSurroundings } from "./entra_surroundings.ts";
import { searchEntra } from "./search_entra.ts";

const [TENANT, CLIENT] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];

/** A request as the service saw it. */
interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly header: (name: string) => string | null;
}

/** Entra ID, and the services of managed identities, in one: they answer by `answer`, else by a token for an hour. */
async function start(answer: (seen: Seen) => Response | undefined = () => undefined) {
  const seen: Seen[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname: path, searchParams } = new URL(request.url);
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    const { headers, method } = request;
    const one = {
      method,
      path,
      query: Object.fromEntries(searchParams),
      form,
      header: (name: string) => headers.get(name),
    };
    seen.push(one);
    return answer(one) ?? Response.json({ access_token: `T${seen.length}`, expires_in: 3600 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const files = new Map<string, string>();
  const around = (
    env: Readonly<Record<string, string>>,
    said: Readonly<Record<string, string>> = {},
  ): EntraSurroundings => ({
    entra: Object.fromEntries(
      Object.entries({ authorityHost: url, ...said }).map((
        [name, value],
      ) => [name, { value, source: `the ${name}` }]),
    ),
    host: "acct.blob.core.windows.net",
    allowHttp: false,
    env: (name) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: url, ...env })[name],
    read: (path) => Promise.resolve(files.get(path)),
    // However late an answer comes, it comes.
    web: () => Promise.resolve({ retry: { maxAttempts: 1 }, clock: new FakeClock() }),
    clock: systemClock,
  });
  return { seen, url, files, around, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Only this place is looked in. */
const only = (name: string, env: Readonly<Record<string, string>> = {}) => ({
  AZURE_TOKEN_CREDENTIALS: name,
  ...env,
});
const APPLICATION = { tenantId: TENANT, clientId: CLIENT };

const faultOf = (around: EntraSurroundings) => assertRejects(() => searchEntra(around), CredentialFault);

Deno.test("searchEntra() asks for an application by its secret", async () => {
  await using entra = await start();
  const before = Date.now();
  const { value, source } = await searchEntra(entra.around({}, { ...APPLICATION, clientSecret: "s3cret+&" }));
  assertEquals([value.token, source], ["T1", "an application"]);
  const lifeMs = (value.expiration?.getTime() ?? 0) - before;
  assertEquals(lifeMs >= 3_600_000, true);
  const [{ method, path, form } = { method: "", path: "", form: {} }] = entra.seen;
  assertEquals([method, path], ["POST", `/${TENANT}/oauth2/v2.0/token`]);
  assertEquals(form, {
    client_id: CLIENT,
    client_secret: "s3cret+&",
    grant_type: "client_credentials",
    scope: "https://storage.azure.com/.default",
  });
});

Deno.test("searchEntra() takes no other identity where one that is set up fails, and shows no secret", async () => {
  const description = "AADSTS7000215: Invalid client secret provided. Trace ID: 1\r\nTimestamp: 2";
  await using entra = await start(() =>
    Response.json({ error: "invalid_client", error_description: description }, { status: 401 })
  );
  const fault = await faultOf(entra.around({}, { ...APPLICATION, clientSecret: "s3cret" }));
  assertEquals(
    fault.message,
    "Entra ID (for the application of the clientSecret) gives no token: 401, AADSTS7000215: Invalid client secret provided",
  );
  assertEquals([entra.seen.length, Deno.inspect(fault, { depth: 9 }).includes("s3cret")], [1, false]);
  const half = await faultOf(entra.around({}, { tenantId: TENANT, clientSecret: "s3cret" }));
  assertEquals(half.message, "AZURE_CLIENT_ID is missing beside the clientSecret");
  const other = await faultOf(entra.around({}, { clientId: CLIENT, clientSecret: "s3cret" }));
  assertEquals(other.message, "AZURE_TENANT_ID is missing beside the clientSecret");
  assertEquals(entra.seen.length, 1);
});

Deno.test("searchEntra() asks for a workload identity by the token in its file, as it is each time", async () => {
  await using entra = await start();
  const around = entra.around({}, { ...APPLICATION, federatedTokenFile: "/token" });
  for (const jwt of ["one", "two"]) {
    entra.files.set("/token", `${jwt}\n`);
    assertEquals((await searchEntra(around)).source, "a workload identity");
  }
  assertEquals(entra.seen.map(({ form }) => [form["client_assertion"], form["client_assertion_type"]]), [
    ["one", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
    ["two", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
  ]);
  for (
    const [text, words] of [[undefined, "is not there, or may not be read (--allow-read)"], [
      "",
      "is empty",
    ]] as const
  ) {
    entra.files.delete("/token");
    if (text !== undefined) entra.files.set("/token", text);
    assertEquals(
      (await faultOf(around)).message,
      `the token file "/token" (the federatedTokenFile) ${words}`,
    );
  }
});

Deno.test("searchEntra() asks for an application by its certificate, and says what is wrong with the file", async () => {
  await using entra = await start();
  const around = entra.around({ AZURE_CLIENT_CERTIFICATE_PATH: "/c.pem" }, APPLICATION);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { cert } = makeCertificate({ hosts: ["localhost"] });
  entra.files.set("/c.pem", `${privateKey.export({ type: "pkcs8", format: "pem" })}${cert}`);
  assertEquals((await searchEntra(around)).source, "an application");
  const read = (at: number) =>
    (entra.seen[at]?.form["client_assertion"]?.split(".") ?? []).slice(0, 2)
      .map((part) => JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))));
  const body = cert.replace(/-----[^-]+-----|\s/g, "");
  const der = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  const thumbprint = base64url(await crypto.subtle.digest("SHA-256", der));
  const [header, { aud, iss, sub }] = read(0);
  assertEquals([header, aud, iss, sub], [
    { alg: "PS256", typ: "JWT", "x5t#S256": thumbprint },
    `${entra.url}/${TENANT}/oauth2/v2.0/token`,
    CLIENT,
    CLIENT,
  ]);
  const env = { AZURE_CLIENT_CERTIFICATE_PATH: "/c.pem", AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: "True" };
  await searchEntra(entra.around(env, APPLICATION));
  assertEquals(read(1)[0].x5c, [body]);
  entra.files.set("/c.pem", cert);
  const named = 'the certificate "/c.pem" (AZURE_CLIENT_CERTIFICATE_PATH)';
  assertEquals((await faultOf(around)).message, `${named} holds no private key in PEM form`);
  entra.files.set("/c.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  assertEquals((await faultOf(around)).message, `${named} holds no certificate in PEM form`);
  const unread = { ...around, read: () => Promise.reject(new Error("it is on fire")) };
  assertEquals((await faultOf(unread)).message, `${named} cannot be read: it is on fire`);
});

Deno.test("searchEntra() asks the metadata of a machine for its identity, or for the one that is named", async () => {
  await using entra = await start(({ header }) =>
    header("metadata") === null ? Response.json({ error: "bad_request" }, { status: 400 }) : undefined
  );
  assertEquals((await searchEntra(entra.around({}))).source, "a managed identity");
  await searchEntra(entra.around({}, { clientId: CLIENT }));
  const asked = entra.seen.filter(({ header }) => header("metadata") !== null);
  const query = { "api-version": "2018-02-01", resource: "https://storage.azure.com" };
  assertEquals(asked.map(({ path, query }) => [path, query]), [
    ["/metadata/identity/oauth2/token", query],
    ["/metadata/identity/oauth2/token", { ...query, client_id: CLIENT }],
  ]);
});

Deno.test("searchEntra() asks App Service, and Azure Arc by the key in the file that it names", async () => {
  const path = "/var/opt/azcmagent/tokens/1.key";
  let realm = path;
  await using entra = await start(({ header, path: asked }) =>
    asked === "/arc" && header("authorization") !== "Basic k3y"
      ? new Response(null, { status: 401, headers: { "www-authenticate": `Basic realm=${realm}` } })
      : undefined
  );
  await searchEntra(entra.around({ IDENTITY_ENDPOINT: `${entra.url}/app?x=1`, IDENTITY_HEADER: "h" }));
  const [app] = entra.seen;
  assertEquals([app?.path, app?.query["x"], app?.query["api-version"], app?.header("x-identity-header")], [
    "/app",
    "1",
    "2019-08-01",
    "h",
  ]);
  const arc = entra.around({ IDENTITY_ENDPOINT: `${entra.url}/arc`, IMDS_ENDPOINT: "http://localhost" });
  entra.files.set(path, "k3y");
  assertEquals((await searchEntra(arc)).source, "a managed identity");
  entra.files.clear();
  assertMatch(
    (await faultOf(arc)).message,
    /^the key of Azure Arc, ".*1\.key", cannot be read; be of the group himds/,
  );
  for (realm of ["/etc/shadow", "/var/opt/azcmagent/tokens/../../x.key", ""]) {
    assertEquals((await faultOf(arc)).message, "the service of managed identities names no key of Azure Arc");
  }
});

/** Runs with a program `az` that is this shell script. */
async function withCommand(script: string, run: () => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  try {
    await writeExecutable(`${directory}/az`, new TextEncoder().encode(`#!/bin/sh\n${script}\n`));
    Deno.env.set("PATH", `${directory}:${path}`);
    await run();
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("searchEntra() runs az at the end, and says why each place has no identity", async () => {
  await using entra = await start(() =>
    Response.json({ error_description: "Identity not found" }, { status: 400 })
  );
  const answer = JSON.stringify({ accessToken: "CLI", expires_on: 1_893_456_000 });
  await withCommand(
    `[ "$*" = "account get-access-token --output json --resource https://storage.azure.com --tenant ${TENANT}" ] && echo '${answer}'`,
    async () => {
      const { value, source } = await searchEntra(entra.around({}, { tenantId: TENANT }));
      assertEquals([value, source], [
        { token: "CLI", expiration: new Date(1_893_456_000_000) },
        "the Azure CLI",
      ]);
    },
  );
  for (
    const [script, words] of [
      ["exit 127", "az is not installed"],
      [`echo "Please run 'az login' to setup account." >&2; exit 1`, "nobody has logged in by az login"],
      ["echo 'ERROR: it broke.' >&2; exit 1", "ERROR: it broke"],
      ["echo nothing", "az gives no token"],
    ] as const
  ) {
    await withCommand(script, async () => {
      const fault = await faultOf(entra.around({}));
      assertEquals(fault.none, true);
      assertEquals(
        fault.detail,
        "there is no key, no SAS and no identity of Entra ID (an application: neither AZURE_CLIENT_SECRET nor " +
          "AZURE_CLIENT_CERTIFICATE_PATH is set; a workload identity: AZURE_FEDERATED_TOKEN_FILE is not set; a managed " +
          "identity: the service of managed identities gives no token: 400, Identity not found; the Azure CLI: " +
          `${words})`,
      );
    });
  }
});

Deno.test("searchEntra() gives a shell no tenant that is none", async () => {
  await using entra = await start();
  await withCommand(`echo '{"accessToken":"CLI"}'`, async () => {
    const fault = await faultOf(entra.around(only("dev"), { tenantId: "t;echo${IFS}x" }));
    assertMatch(fault.message, /\(the Azure CLI: the tenant of the tenantId is no name or id\)/);
  });
});

Deno.test("searchEntra() looks in the places alone that AZURE_TOKEN_CREDENTIALS names", async () => {
  await using entra = await start();
  await withCommand(`echo '{"accessToken":"CLI"}'`, async () => {
    assertEquals((await searchEntra(entra.around(only("dev")))).value.token, "CLI");
    assertEquals((await searchEntra(entra.around(only(" AzureCliCredential ")))).value.token, "CLI");
    assertEquals((await searchEntra(entra.around(only("prod")))).source, "a managed identity");
  });
  const secret = { ...APPLICATION, clientSecret: "s" };
  assertEquals(
    (await searchEntra(entra.around(only("ManagedIdentityCredential"), secret))).source,
    "a managed identity",
  );
  const fault = await faultOf(entra.around(only("VisualStudioCodeCredential")));
  assertMatch(
    fault.message,
    /^AZURE_TOKEN_CREDENTIALS names no place that is known; set it to one of prod, dev, Env/,
  );
});

Deno.test("searchEntra() goes on without a service of managed identities, and not with one that is busy", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await using entra = await start(({ header }) =>
    header("metadata") === null ? undefined : Response.json({ message: "busy" }, { status: 501 })
  );
  const nobody = { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${port}` };
  const fault = await faultOf(entra.around(only("ManagedIdentityCredential", nobody)));
  assertMatch(fault.message, /\(a managed identity: no service for it answers on this machine\)/);
  const busy = await faultOf(entra.around({}));
  assertEquals([busy.message, busy.retryable], [
    "the service of managed identities gives no token: 501, busy",
    true,
  ]);
});

Deno.test("searchEntra() waits a second, and no longer, for a service of managed identities that is silent", async () => {
  await using entra = await start();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = `http://127.0.0.1:${listener.addr.port}`;
  const clock = new FakeClock();
  const around = entra.around(only("ManagedIdentityCredential", { AZURE_POD_IDENTITY_AUTHORITY_HOST: host }));
  const failed = faultOf({ ...around, clock, web: () => Promise.resolve({ clock }) });
  using connection = await listener.accept();
  await connection.read(new Uint8Array(1024));
  let told = false;
  failed.finally(() => told = true);
  await clock.advance(999);
  assertEquals(told, false);
  await clock.advance(1);
  assertMatch((await failed).message, /no service for it answers on this machine/);
});

Deno.test("searchEntra() asks the Entra ID of the cloud that the account is in", async () => {
  await using entra = await start();
  const { entra: { authorityHost: _, ...said }, ...around } = entra.around({}, {
    ...APPLICATION,
    clientSecret: "s",
  });
  const asked: string[] = [];
  const web = (url: string) => {
    asked.push(url);
    return Promise.reject(new CredentialFault("not here"));
  };
  for (const cloud of ["windows.net", "chinacloudapi.cn", "usgovcloudapi.net"]) {
    await faultOf({ ...around, entra: said, host: `acct.blob.core.${cloud}`, web });
  }
  assertEquals(asked.map((url) => new URL(url).host), [
    "login.microsoftonline.com",
    "login.chinacloudapi.cn",
    "login.microsoftonline.us",
  ]);
  const plain = { ...said, authorityHost: { value: "http://login.test", source: "AZURE_AUTHORITY_HOST" } };
  assertMatch(
    (await faultOf({ ...around, entra: plain, web })).message,
    /AZURE_AUTHORITY_HOST\) is plain HTTP/,
  );
});
