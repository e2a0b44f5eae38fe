import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobSASPermissions,
  BlobServiceClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { makeCertificate } from "@lade/testing/http";
import { failure } from "./azure_cases/mod.ts";
import {
  codeOf,
  type FakeAzure,
  type FakeAzureOptions,
  rawRequest,
  type Role,
  startFakeAzure,
} from "./azure/mod.ts";

const retryOptions = { maxTries: 1 };

async function start(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const fake = await startFakeAzure({ containers: ["container", "other"], ...options });
  fake.putBlob("container", "dir/a", "abc");
  return fake;
}

function keyOf({ account: { name, keys: [key = ""] } }: FakeAzure): StorageSharedKeyCredential {
  return new StorageSharedKeyCredential(name, key);
}

const byQuery = (fake: FakeAzure, query: string) =>
  new BlobServiceClient(`${fake.endpoint()}?${query}`, undefined, { retryOptions });

function byToken(fake: FakeAzure, token: string): BlobServiceClient {
  const service = new BlobServiceClient(fake.endpoint(), undefined, { retryOptions });
  // The client refuses to send a token without TLS by itself.
  const request =
    (service as unknown as { storageClientContext: { pipeline: PipelineLike } }).storageClientContext;
  request.pipeline.addPolicy({
    name: "token",
    sendRequest(message, next) {
      message.headers.set("authorization", `Bearer ${token}`);
      return next(message);
    },
  });
  return service;
}

interface PipelineLike {
  addPolicy(policy: {
    name: string;
    sendRequest(
      message: { headers: { set(name: string, value: string): void } },
      next: (message: unknown) => unknown,
    ): unknown;
  }): void;
}

const soon = (fake: FakeAzure) => new Date(fake.clock() + 3_600_000);

Deno.test("the fake takes the signatures of the service's own client, whatever is signed", async () => {
  await using fake = await start();
  const service = new BlobServiceClient(fake.endpoint(), keyOf(fake), { retryOptions });
  const names = ["ab", "a1", "a_", "a_b", "a0b", "aB", "_x", "x9_y", "x_9y", "xy9"];
  const metadata = Object.fromEntries(names.map((name, index) => [name, ` v${index}  w `.trim()]));
  const blob = service.getContainerClient("container").getBlockBlobClient("k+e y/ü%25?#");
  await blob.upload("x", 1, { metadata, tags: { "a b": "c+d" } });
  await blob.getProperties({ conditions: { ifUnmodifiedSince: soon(fake) } });
  assertEquals((await blob.downloadToBuffer(0, 1)).toString(), "x");
  await Array.fromAsync(service.getContainerClient("container").listBlobsFlat({ prefix: "k+e y/ü%25?#&=" }));
});

Deno.test("the fake refuses another key and says what was to be signed", async () => {
  await using fake = await start();
  const answer = await rawRequest(fake, { path: "/container/dir/a", key: btoa("another key") });
  assertEquals([answer.status, codeOf(answer)], [403, "AuthenticationFailed"]);
  assertStringIncludes(answer.text, "is not the same as any computed signature");
  assertStringIncludes(
    answer.text,
    `x-ms-version:2026-02-06\n/devstoreaccount1/devstoreaccount1/container/dir/a'`,
  );
});

Deno.test("the fake takes either of two keys", async () => {
  await using fake = await start();
  fake.account.keys.push(btoa("the second key"));
  assertEquals(
    (await rawRequest(fake, { path: "/container/dir/a", key: btoa("the second key") })).status,
    200,
  );
});

Deno.test("the fake refuses a request that is dated wrongly, malformed, or of another account", async () => {
  await using fake = await start();
  const ask = async (request: Parameters<typeof rawRequest>[1]) =>
    await rawRequest(fake, { path: "/container/dir/a", ...request });
  const late = await ask({ timeMs: fake.clock() - 16 * 60_000 });
  assertEquals(codeOf(late), "AuthenticationFailed");
  assertStringIncludes(late.text, "Request date header too old");
  assertEquals((await ask({ timeMs: fake.clock() - 14 * 60_000 })).status, 200);
  assertEquals(codeOf(await ask({ headers: { authorization: "Basic x" } })), "InvalidAuthenticationInfo");
  assertEquals(
    codeOf(await ask({ headers: { authorization: "SharedKey other:AAAA" } })),
    "AuthenticationFailed",
  );
});

Deno.test("the fake takes a signature of the account, for what it grants and as long as it lasts", async () => {
  let now = Date.now();
  await using fake = await start({ clock: () => now });
  const sas = (permissions: string, resourceTypes = "sco", services = "b") =>
    generateAccountSASQueryParameters({
      permissions: AccountSASPermissions.parse(permissions),
      resourceTypes: AccountSASResourceTypes.parse(resourceTypes).toString(),
      services: AccountSASServices.parse(services).toString(),
      expiresOn: soon(fake),
    }, keyOf(fake)).toString();
  const blobOf = (query: string) =>
    byQuery(fake, query).getContainerClient("container").getBlockBlobClient("dir/a");
  const read = (query: string) => blobOf(query).downloadToBuffer();
  assertEquals((await read(sas("r"))).toString(), "abc");
  assertEquals((await read(fake.accountSas("r"))).toString(), "abc");
  assertEquals(await failure(() => blobOf(sas("r")).delete()), "403 AuthorizationPermissionMismatch");
  assertEquals(await failure(() => read(sas("w"))), "403 AuthorizationPermissionMismatch");
  assertEquals(await failure(() => read(sas("r", "sc"))), "403 AuthorizationResourceTypeMismatch");
  assertEquals(await failure(() => read(sas("r", "o", "q"))), "403 AuthorizationServiceMismatch");
  assertEquals(await failure(() => blobOf(sas("c")).upload("x", 1)), "403 AuthorizationPermissionMismatch");
  const query = sas("r");
  now += 3_600_001;
  const answer = await rawRequest(fake, { path: "/container/dir/a", query, key: null });
  assertEquals(codeOf(answer), "AuthenticationFailed");
  assertStringIncludes(answer.text, "Signature not valid in the specified time frame");
});

Deno.test("the fake speaks TLS, and takes a signature for TLS alone by no other way", async () => {
  const tls = makeCertificate({ hosts: ["localhost"] });
  for (const options of [{}, { tls }]) {
    await using fake = await start(options);
    const query = generateAccountSASQueryParameters({
      permissions: AccountSASPermissions.parse("r"),
      resourceTypes: "o",
      services: "b",
      protocol: SASProtocol.Https,
      expiresOn: soon(fake),
    }, keyOf(fake)).toString();
    using client = Deno.createHttpClient({ caCerts: [tls.cert], poolMaxIdlePerHost: 0 });
    const url = `${fake.endpoint().replace("127.0.0.1", "localhost")}/container/dir/a?${query}`;
    const answer = await fetch(url, { client });
    const code = answer.headers.get("x-ms-error-code");
    await answer.body?.cancel();
    assertEquals(code, "tls" in options ? null : "AuthorizationProtocolMismatch");
  }
});

Deno.test("the fake takes a signature for a container or a blob, for no other", async () => {
  await using fake = await start();
  fake.putBlob("other", "b", "x");
  const ofContainer = generateBlobSASQueryParameters({
    containerName: "container",
    permissions: ContainerSASPermissions.parse("rl"),
    expiresOn: soon(fake),
    cacheControl: "no-store",
  }, keyOf(fake)).toString();
  const service = byQuery(fake, ofContainer);
  const container = service.getContainerClient("container");
  assertEquals((await Array.fromAsync(container.listBlobsFlat())).length, 1);
  assertEquals((await container.getBlobClient("dir/a").getProperties()).cacheControl, "no-store");
  assertEquals(
    await failure(() => container.uploadBlockBlob("b", "x", 1)),
    "403 AuthorizationPermissionMismatch",
  );
  assertEquals(await failure(() => container.getProperties()), "403 AuthorizationFailure");
  const elsewhere = service.getContainerClient("other").getBlobClient("b");
  assertEquals(await failure(() => elsewhere.downloadToBuffer()), "403 AuthenticationFailed");
  const ofBlob = generateBlobSASQueryParameters({
    containerName: "container",
    blobName: "dir/a",
    permissions: BlobSASPermissions.parse("r"),
    startsOn: new Date(fake.clock() - 60_000),
    expiresOn: soon(fake),
    ipRange: { start: "127.0.0.1" },
  }, keyOf(fake)).toString();
  const one = byQuery(fake, ofBlob).getContainerClient("container");
  assertEquals((await one.getBlobClient("dir/a").downloadToBuffer()).toString(), "abc");
  assertEquals(await failure(() => Array.fromAsync(one.listBlobsFlat())), "403 AuthenticationFailed");
});

Deno.test("the fake takes a signature by a user delegation key, within the role of who asked for it", async () => {
  let now = Date.now();
  await using fake = await start({ clock: () => now });
  const key = await byToken(fake, fake.issueToken()).getUserDelegationKey(new Date(fake.clock()), soon(fake));
  for (const version of ["2018-11-09", "2020-02-10", "2020-12-06", "2025-07-05", "2026-02-06", undefined]) {
    const query = generateBlobSASQueryParameters(
      {
        containerName: "container",
        blobName: "dir/a",
        permissions: BlobSASPermissions.parse("rd"),
        expiresOn: soon(fake),
        ...(version !== undefined && { version }),
      },
      key,
      fake.account.name,
    ).toString();
    const blob = byQuery(fake, query).getContainerClient("container").getBlobClient("dir/a");
    assertEquals((await blob.downloadToBuffer()).toString(), "abc", version);
    fake.principal.role = "reader";
    assertEquals(await failure(() => blob.delete()), "403 AuthorizationPermissionMismatch", version);
    fake.principal.role = "owner";
  }
  const query = generateBlobSASQueryParameters(
    {
      containerName: "container",
      blobName: "dir/a",
      permissions: BlobSASPermissions.parse("r"),
      expiresOn: new Date(now + 2 * 3_600_000),
    },
    key,
    fake.account.name,
  ).toString();
  now += 3_600_001;
  const ended = await rawRequest(fake, { path: "/container/dir/a", query, key: null });
  assertEquals(codeOf(ended), "AuthenticationFailed", "the key ends before the signature");
  now -= 3_600_001;
  const service = new BlobServiceClient(fake.endpoint(), keyOf(fake), { retryOptions });
  const byKey = () => service.getUserDelegationKey(new Date(fake.clock()), soon(fake));
  assertEquals(await failure(byKey), "403 AuthenticationFailed");
});

Deno.test("the fake takes a token as long as it lasts, and for what its holder may do", async () => {
  let now = Date.now();
  await using fake = await start({ clock: () => now });
  const may = async (role: Role) => {
    const container = byToken(fake, fake.issueToken(fake.addPrincipal({ role }))).getContainerClient(
      "container",
    );
    const calls = [
      () => container.getBlobClient("dir/a").downloadToBuffer(),
      () => container.uploadBlockBlob("b", "x", 1),
      () => container.getBlobClient("b").getTags(),
    ];
    const done: boolean[] = [];
    for (const call of calls) {
      done.push(
        await call().then(() => true, ({ code, details }) => {
          assertEquals(code ?? details.errorCode, "AuthorizationPermissionMismatch");
          return false;
        }),
      );
    }
    return done;
  };
  assertEquals(await may("owner"), [true, true, true]);
  assertEquals(await may("contributor"), [true, true, false]);
  assertEquals(await may("reader"), [true, false, false]);
  assertEquals(await may("none"), [false, false, false]);
  const headers = { authorization: `Bearer ${fake.issueToken()}` };
  const ask = () => rawRequest(fake, { path: "/container/dir/a", headers });
  assertEquals((await ask()).status, 200);
  now += fake.settings.tokenMs;
  const expired = await ask();
  assertEquals([expired.status, codeOf(expired)], [401, "InvalidAuthenticationInfo"]);
  assertStringIncludes(expired.headers["www-authenticate"] ?? "", "resource_id=https://storage.azure.com");
  assertStringIncludes(expired.text, "The token is expired.");
});

Deno.test("the fake gives tokens for a secret, for another issuer's token, and to the machine's identity", async () => {
  await using fake = await start();
  fake.managedIdentity = fake.addPrincipal({ role: "reader" });
  const federated = fake.addPrincipal({ clientId: "workload", assertions: ["an assertion"] });
  const url = `${fake.url}/${fake.tokens.tenantId}/oauth2/v2.0/token`;
  const scope = "https://storage.azure.com/.default";
  const ask = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({ grant_type: "client_credentials", scope, ...fields });
    return await (await fetch(url, { method: "POST", body })).json();
  };
  const bySecret = await ask({ client_id: "client", client_secret: "secret" });
  assertEquals([bySecret.token_type, bySecret.expires_in], ["Bearer", 3600]);
  assertEquals((await ask({ client_id: "client", client_secret: "wrong" })).error_codes, [7000215]);
  assertEquals((await ask({ client_id: "nobody", client_secret: "x" })).error_codes, [700016]);
  const byAssertion = await ask({ client_id: "workload", client_assertion: "an assertion" });
  assertEquals(fake.tokens.issued.get(byAssertion.access_token)?.principal, federated);
  const imds =
    `${fake.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com/`;
  const refused = await fetch(imds);
  assertEquals([refused.status, (await refused.json()).error], [400, "bad_request_102"]);
  const ofMachine = await (await fetch(imds, { headers: { Metadata: "true" } })).json();
  assertEquals(fake.tokens.issued.get(ofMachine.access_token)?.principal.role, "reader");
  assertEquals(ofMachine.expires_in, "3600");
  const operations = fake.requests.map(({ operation }) => operation);
  assertEquals([...new Set(operations)], ["EntraToken", "ManagedIdentityToken"]);
});

Deno.test("the fake lets anybody read what is public, and nothing else", async () => {
  await using fake = await start();
  const ask = (path: string, query?: string, headers = {}) =>
    rawRequest(fake, { path, ...(query && { query }), key: null, headers });
  const list = "restype=container&comp=list";
  const refused = await ask("/container/dir/a");
  assertEquals([refused.status, codeOf(refused)], [401, "NoAuthenticationInformation"]);
  assertStringIncludes(refused.headers["www-authenticate"] ?? "", "Bearer authorization_uri=");
  const old = await ask("/container/dir/a", undefined, { "x-ms-version": "2018-11-09" });
  assertEquals([old.status, codeOf(old)], [404, "ResourceNotFound"]);
  fake.container("container").publicAccess = "blob";
  assertEquals((await ask("/container/dir/a")).text, "abc");
  assertEquals((await ask("/container", list)).status, 401);
  fake.container("container").publicAccess = "container";
  assertEquals((await ask("/container", list)).status, 200);
  fake.account.allowsPublicAccess = false;
  assertEquals(codeOf(await ask("/container/dir/a")), "PublicAccessNotPermitted");
});

Deno.test("the fake's account can be disabled, behind a firewall, or without keys", async () => {
  await using fake = await start();
  const code = async () => codeOf(await rawRequest(fake, { path: "/container/dir/a" }));
  fake.account.allowsKeys = false;
  assertEquals(await code(), "KeyBasedAuthenticationNotPermitted");
  fake.account.isDisabled = true;
  assertEquals(await code(), "AccountIsDisabled");
  fake.account.isShutOut = true;
  assertEquals(await code(), "AuthorizationFailure");
});
