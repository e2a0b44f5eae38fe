import { verify } from "node:crypto";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { claimsOf, CredentialFault } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import { ACCOUNT, GoogleTokens, PUBLIC_KEY, type SeenRequest } from "../testing/google_tokens.ts";
import { searchTokens } from "./search_tokens.ts";

const STORAGE = "https://www.googleapis.com/auth/devstorage.full_control";
const CLOUD = "https://www.googleapis.com/auth/cloud-platform";

const refusal = (error: string, described: string, status = 400) => () =>
  Response.json({ error, error_description: described }, {
    status,
    headers: { date: new Date().toUTCString() },
  });
const faultOf = (found: Promise<unknown>) => assertRejects(() => found, CredentialFault);
const idToken = (claims: object) => `e30.${btoa(JSON.stringify(claims))}.c2ln`;

Deno.test("searchTokens() asks by the key of a service account for what storage needs, and signs by it", async () => {
  await using google = new GoogleTokens();
  const { value, source } = await google.find(google.key());
  const { sign, expiration, ...rest } = value;
  assertEquals([rest, source], [
    { token: "T1", project: "my-project", quotaProject: undefined, email: ACCOUNT },
    "GOOGLE_APPLICATION_CREDENTIALS",
  ]);
  assert((expiration?.getTime() ?? 0) > Date.now() + 3_500_000);
  const [{ method, path, form } = { method: "", path: "", form: {} as SeenRequest["form"] }] = google.seen;
  assertEquals([method, path, form["grant_type"]], [
    "POST",
    "/token",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
  ]);
  const [head = "", body = "", signature = ""] = form["assertion"]?.split(".") ?? [];
  const { iat, exp, ...claims } = claimsOf(form["assertion"] ?? "");
  assertEquals(claims, { iss: ACCOUNT, scope: STORAGE, aud: `${google.url}/token` });
  assertEquals([Number(exp) - Number(iat), JSON.parse(atob(head))], [600, {
    alg: "RS256",
    typ: "JWT",
    kid: "k1",
  }]);
  const bytes = new TextEncoder().encode(`${head}.${body}`);
  assert(verify(
    "sha256",
    bytes,
    PUBLIC_KEY,
    new Uint8Array(Uint8Array.from(
      atob(signature.replaceAll("-", "+").replaceAll("_", "/")),
      (char) => char.charCodeAt(0),
    )),
  ));
  assert(verify("sha256", bytes, PUBLIC_KEY, await sign?.(bytes) ?? new Uint8Array()));
  assertEquals(google.seen.length, 1, "a key signs by itself");
});

Deno.test("searchTokens() asks again at Google's time where this machine's is another, and tells of it if that fails", async () => {
  const said =
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat";
  let refused = 0;
  const now = Date.UTC(2030, 0, 1);
  const off = 1_000_000;
  const answer = (isStubborn: boolean) => ({ form }: SeenRequest) => {
    const { iat } = claimsOf(form["assertion"] ?? "");
    if (!isStubborn && Number(iat) * 1000 === now - off) return undefined;
    refused++;
    const headers = { date: new Date(now - off).toUTCString() };
    return Response.json({ error: "invalid_grant", error_description: said }, { status: 400, headers });
  };
  const clock = new FakeClock({ now });
  await using google = new GoogleTokens(answer(false));
  google.files.set("/f.json", JSON.stringify(google.key()));
  const config = {
    anonymous: false,
    allowHttp: false,
    credentialsFile: { value: "/f.json", source: "option" },
  };
  const found = await searchTokens(config, { ...google.around(), clock });
  assertEquals([found.value.token, refused, google.seen.length, found.source], [
    "T2",
    1,
    2,
    "credentialsFile",
  ]);
  assertEquals(
    found.value.expiration?.getTime(),
    now + 3_600_000,
    "it lives as long by this machine's clock",
  );
  await using other = new GoogleTokens(answer(true));
  other.files.set("/f.json", JSON.stringify(other.key()));
  const fault = await faultOf(searchTokens(config, { ...other.around(), clock }));
  assertMatch(
    fault.message,
    /; the clock of this machine is 1000 s ahead of that of the service; set the clock$/,
  );
  assertEquals(other.seen.length, 2);
});

Deno.test("searchTokens() says what is wrong with a key, and shows nothing of it", async () => {
  for (
    const [answer, more, words] of [
      [
        refusal("invalid_grant", "Invalid JWT Signature."),
        {},
        "400, Invalid JWT Signature; the key was deleted, or",
      ],
      [
        refusal("invalid_grant", "Invalid grant: account not found"),
        {},
        "; the service account was deleted or disabled",
      ],
      [undefined, { private_key: "no key" }, "holds no private key in PEM form"],
      [undefined, { private_key: undefined }, 'lacks "private_key"'],
      [undefined, { client_email: "" }, 'lacks "client_email"'],
      [
        undefined,
        { type: "gdch_service_account" },
        'is of the type "gdch_service_account"; known are service_account, ',
      ],
      [undefined, { type: undefined }, "holds no credentials of Google's; known are"],
      [undefined, { type: "toString" }, 'is of the type "toString"'],
      [
        undefined,
        { universe_domain: "example.cloud" },
        'is for the universe "example.cloud", which is not supported',
      ],
      [undefined, { token_uri: "http://login.test/" }, "is plain HTTP to another machine"],
    ] as const
  ) {
    await using google = new GoogleTokens(answer);
    const fault = await faultOf(google.find(google.key(more)));
    assert(fault.message.includes(words), fault.message);
    assertEquals([/PRIVATE|MII/.test(Deno.inspect(fault, { depth: 9 })), fault.retryable], [false, false]);
  }
  await using google = new GoogleTokens();
  google.files.set("/f.json", "no JSON");
  const config = {
    anonymous: false,
    allowHttp: false,
    credentialsFile: { value: "/f.json", source: "option" },
  };
  const { message } = await faultOf(searchTokens(config, google.around()));
  assertMatch(
    message,
    /^the file of credentials "\/f.json" \(credentialsFile\) holds no credentials of Google's/,
  );
});

Deno.test("searchTokens() renews the login of a user, and knows who that is", async () => {
  await using google = new GoogleTokens(() =>
    Response.json({ access_token: "U", expires_in: 60, id_token: idToken({ email: "me@example.com" }) })
  );
  const { value: { expiration: _, ...value } } = await google.find(
    google.login({ quota_project_id: "pays" }),
  );
  assertEquals(value, { token: "U", project: undefined, quotaProject: "pays", email: "me@example.com" });
  assertEquals(google.seen[0]?.form, {
    grant_type: "refresh_token",
    refresh_token: "r3fresh",
    client_id: "c",
    client_secret: "s3cret",
  });
});

Deno.test("searchTokens() says how to log in where a login was revoked, and shows no secret", async () => {
  for (const said of ["Token has been expired or revoked.", "reauth related error (invalid_rapt)"]) {
    await using google = new GoogleTokens(refusal("invalid_grant", said));
    const fault = await faultOf(google.find(google.login()));
    assertEquals(
      fault.message,
      'Google (for the file of credentials "/f.json" (GOOGLE_APPLICATION_CREDENTIALS)) gives no token: 400, ' +
        `${said.replace(/\.$/, "")}; run gcloud auth application-default login`,
    );
    assertEquals(/s3cret|r3fresh/.test(Deno.inspect(fault, { depth: 9 })), false);
  }
  await using busy = new GoogleTokens(refusal("", "later", 501));
  const fault = await faultOf(busy.find(busy.login()));
  assertEquals([fault.retryable, fault.advice], [true, undefined]);
});

Deno.test("searchTokens() renews the login of a workforce pool by its client's header", async () => {
  await using google = new GoogleTokens();
  const { type: _, token_uri: __, ...fields } = google.login();
  const file = { ...fields, type: "external_account_authorized_user", token_url: `${google.url}/oauthtoken` };
  assertEquals((await google.find(file)).value.token, "T1");
  const [seen] = google.seen;
  assertEquals([seen?.path, seen?.header("authorization"), seen?.form], [
    "/oauthtoken",
    `Basic ${btoa("c:s3cret")}`,
    { grant_type: "refresh_token", refresh_token: "r3fresh" },
  ]);
});

Deno.test("searchTokens() looks for application default credentials in their order", async () => {
  await using google = new GoogleTokens();
  const path = "/home/me/.config/gcloud/application_default_credentials.json";
  google.files.set(path, JSON.stringify(google.login()));
  assertEquals((await google.find()).source, "gcloud's application default credentials");
  google.files.set("/c/application_default_credentials.json", JSON.stringify(google.key()));
  google.files.set("C:\\me\\gcloud/application_default_credentials.json", JSON.stringify(google.key()));
  const emailOf = async (env: Readonly<Record<string, string>>) =>
    (await google.find(undefined, {}, env)).value.email;
  assertEquals(await emailOf({ CLOUDSDK_CONFIG: "/c" }), ACCOUNT);
  assertEquals(await emailOf({ APPDATA: "C:\\me" }), ACCOUNT);
  assertEquals((await google.find(google.key())).source, "GOOGLE_APPLICATION_CREDENTIALS");
  google.files.clear();
  assertEquals((await google.find()).source, "the metadata server");
});

Deno.test("searchTokens() takes no other credentials where some are there and fail", async () => {
  await using google = new GoogleTokens();
  google.files.set("/home/me/.config/gcloud/application_default_credentials.json", "{}");
  assertMatch(
    (await faultOf(google.find())).message,
    /application default credentials\) holds no credentials/,
  );
  const missing = { credentialsFile: { value: "/none", source: "GOOGLE_APPLICATION_CREDENTIALS" } };
  assertMatch(
    (await faultOf(google.find(undefined, missing))).message,
    /"\/none" \(GOOGLE_A\w+\) is not there, or/,
  );
  assertEquals(google.seen.length, 0);
  const read = () => Promise.reject(new Error("it is on fire"));
  const config = { anonymous: false, allowHttp: false };
  const unread = await faultOf(searchTokens(config, { ...google.around(), read }));
  assertMatch(unread.message, /application default credentials\) cannot be read: it is on fire$/);
});

Deno.test("searchTokens() says of each place why it has no credentials, and what to do", async () => {
  await using google = new GoogleTokens();
  const fault = await faultOf(google.find(undefined, {}, { NO_GCE_CHECK: "true" }));
  assertEquals([fault.none, fault.message], [
    true,
    "there are no application default credentials (GOOGLE_APPLICATION_CREDENTIALS is not set; gcloud's application " +
    'default credentials: "/home/me/.config/gcloud/application_default_credentials.json" is not there, or may not be ' +
    "read (--allow-read); the metadata server: NO_GCE_CHECK is set); run gcloud auth application-default login, set " +
    "GOOGLE_APPLICATION_CREDENTIALS to a file of credentials, or use anonymous (--no-sign-request) for a public bucket",
  ]);
});

Deno.test("searchTokens() acts as a service account that a file names, by way of others", async () => {
  await using google = new GoogleTokens();
  const delegates = ["projects/-/serviceAccounts/a@x", "b@x"];
  const { value, source } = await google.find(google.acted({ delegates, quota_project_id: "pays" }));
  assertEquals([value.token, value.email, value.quotaProject, source], [
    "A2",
    ACCOUNT,
    "pays",
    "GOOGLE_APPLICATION_CREDENTIALS",
  ]);
  const [, asked] = google.seen;
  const named = ["projects/-/serviceAccounts/a@x", "projects/-/serviceAccounts/b@x"];
  assertEquals([asked?.header("authorization"), JSON.parse(asked?.text ?? "")], [
    "Bearer T1",
    { delegates: named, scope: [STORAGE], lifetime: "3600s" },
  ]);
  await value.sign?.(new Uint8Array(1));
  const signed = google.seen.at(-1);
  assertEquals([signed?.path.endsWith(`/${ACCOUNT}:signBlob`), signed?.header("authorization")], [
    true,
    "Bearer T1",
  ]);
  assertEquals(JSON.parse(signed?.text ?? ""), { delegates: named, payload: "AA==" });
});

Deno.test("searchTokens() acts as the account of the option, by whoever is there", async () => {
  await using google = new GoogleTokens();
  const impersonateServiceAccount = { value: `a@x,${ACCOUNT}`, source: "option" };
  const { value, source } = await google.find(google.key({ client_email: "me@p" }), {
    impersonateServiceAccount,
  });
  assertEquals([value.email, source], [ACCOUNT, "acted as by me@p, GOOGLE_APPLICATION_CREDENTIALS"]);
  assertEquals(claimsOf(google.seen[0]?.form["assertion"] ?? "")["scope"], CLOUD);
  assertEquals(google.seen[1]?.path, `/v1/projects/-/serviceAccounts/${ACCOUNT}:generateAccessToken`);
  assertEquals(JSON.parse(google.seen[1]?.text ?? "").delegates, ["projects/-/serviceAccounts/a@x"]);
  const accessToken = { value: "given", source: "CLOUDSDK_AUTH_ACCESS_TOKEN" };
  const one = { value: ACCOUNT, source: "option" };
  const by = await google.find(undefined, { accessToken, impersonateServiceAccount: one });
  assertEquals(by.source, "acted as by CLOUDSDK_AUTH_ACCESS_TOKEN");
  assertEquals(
    [google.seen.at(-1)?.header("authorization"), google.seen.at(-1)?.text.includes("delegates")],
    [
      "Bearer given",
      false,
    ],
  );
});

Deno.test("searchTokens() asks by a key for what another token is asked for by", async () => {
  await using google = new GoogleTokens();
  await google.find(google.acted({ source_credentials: google.key() }));
  assertEquals(claimsOf(google.seen[0]?.form["assertion"] ?? "")["scope"], CLOUD);
});

Deno.test("searchTokens() says what right is missing to act as an account", async () => {
  const error = {
    code: 403,
    status: "PERMISSION_DENIED",
    message: "Permission 'iam.serviceAccounts.getAccessToken' denied",
  };
  for (
    const [status, advice] of [[403, /grant the caller Service Account Token Creator .* on sa@/], [
      404,
      /check the/,
    ]] as const
  ) {
    await using google = new GoogleTokens(({ path }) =>
      path === "/token" ? undefined : Response.json({ error }, { status })
    );
    const fault = await faultOf(google.find(google.acted()));
    assertMatch(
      fault.message,
      /^IAM \(for "sa@.*"\) gives no token: 40\d, Permission 'iam\.serviceAccounts\.getAccess/,
    );
    assertMatch(fault.advice ?? "", advice);
  }
  await using google = new GoogleTokens();
  const url = `${google.url}/v1/nobody`;
  const fault = await faultOf(google.find(google.acted({ service_account_impersonation_url: url })));
  assertMatch(fault.message, /names no service account in its service_account_impersonation_url/);
  const inner = await faultOf(google.find(google.acted({ source_credentials: undefined })));
  assertMatch(inner.message, /, in its source_credentials, holds no credentials of Google's/);
});

Deno.test("searchTokens() sends no token by plain HTTP to another machine that gives tokens", async () => {
  await using google = new GoogleTokens();
  const accessToken = { value: "given", source: "option" };
  const impersonateServiceAccount = { value: ACCOUNT, source: "option" };
  const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: "http://iam.test/" };
  const fault = await faultOf(google.find(undefined, { accessToken, impersonateServiceAccount }, env));
  assertMatch(fault.message, /IAM \(CLOUDSDK_API_\w+\) is plain HTTP to another machine/);
});

Deno.test("searchTokens() takes no signature of an answer that refuses one", async () => {
  await using google = new GoogleTokens(({ path }) =>
    path.endsWith(":signBlob")
      ? Response.json({ signedBlob: "AAAA", error: { message: "no" } }, { status: 403 })
      : undefined
  );
  const { value } = await google.find(google.acted());
  await faultOf(Promise.resolve(value.sign?.(new Uint8Array(1))));
});

Deno.test("searchTokens() asks for signatures by a token that works, also long after", async () => {
  await using google = new GoogleTokens();
  const clock = new FakeClock({ now: Date.now() });
  google.files.set("/f.json", JSON.stringify(google.acted()));
  const config = {
    anonymous: false,
    allowHttp: false,
    credentialsFile: { value: "/f.json", source: "option" },
  };
  const { value } = await searchTokens(config, { ...google.around(), clock });
  await clock.advance(7_200_000);
  await value.sign?.(new Uint8Array(1));
  assertEquals(google.seen.map(({ path }) => path.split(":")[1] ?? path), [
    "/token",
    "generateAccessToken",
    "/token",
    "signBlob",
  ]);
  assertEquals(google.seen.at(-1)?.header("authorization"), "Bearer T3");
});
