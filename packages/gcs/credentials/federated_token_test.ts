import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CredentialFault } from "@lade/service/tokens";
import { ACCOUNT, GoogleTokens } from "../testing/google_tokens.ts";

const CLOUD = "https://www.googleapis.com/auth/cloud-platform";
const ALLOWED = { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" };

const faultOf = (found: Promise<unknown>) => assertRejects(() => found, CredentialFault);

Deno.test("an identity of another provider is exchanged for a token of Google's", async () => {
  await using google = new GoogleTokens();
  google.files.set("/jwt", "one\n");
  const { value } = await google.find(google.pool({ file: "/jwt" }));
  assertEquals([value.token, value.email, value.sign], ["T1", undefined, undefined]);
  const [seen] = google.seen;
  assertEquals([seen?.path, seen?.header("authorization"), seen?.form], ["/sts", null, {
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
    scope: CLOUD,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    subject_token: "one",
  }]);
  await google.find(google.pool({ file: "/jwt" }, { workforce_pool_user_project: "p1" }));
  assertEquals(google.seen[1]?.form["options"], '{"userProject":"p1"}');
  await google.find(
    google.pool({ file: "/jwt" }, { client_id: "c", client_secret: "s", workforce_pool_user_project: "p1" }),
  );
  assertEquals([google.seen[2]?.header("authorization"), google.seen[2]?.form["options"]], [
    `Basic ${btoa("c:s")}`,
    undefined,
  ]);
});

Deno.test("an identity of another provider acts as a service account where its file says so", async () => {
  await using google = new GoogleTokens();
  google.files.set("/jwt", "one");
  const lifetime = { service_account_impersonation: { token_lifetime_seconds: 900 } };
  const acted = { service_account_impersonation_url: google.actedUrl, ...lifetime };
  const { value } = await google.find(google.pool({ file: "/jwt" }, acted));
  assertEquals([value.token, value.email], ["A2", ACCOUNT]);
  const [, asked] = google.seen;
  assertEquals([asked?.header("authorization"), JSON.parse(asked?.text ?? "").lifetime], [
    "Bearer T1",
    "900s",
  ]);
  assertEquals(new TextDecoder().decode(await value.sign?.(new Uint8Array(1))), "signature");
});

Deno.test("what a provider says is read from text or JSON, of a file or a URL with its headers", async () => {
  const format = { type: "json", subject_token_field_name: "value" };
  await using google = new GoogleTokens(({ header, path }) =>
    path !== "/oidc?aud=x" ? undefined : Response.json({ value: `of ${header("authorization")}` })
  );
  google.files.set("/jwt", JSON.stringify({ value: "in json" }));
  await google.find(google.pool({ file: "/jwt", format }));
  await google.find(
    google.pool({ url: `${google.url}/oidc?aud=x`, headers: { Authorization: "bearer me" }, format }),
  );
  const exchanged = google.seen.filter(({ path }) => path === "/sts").map(({ form }) =>
    form["subject_token"]
  );
  assertEquals(exchanged, ["in json", "of bearer me"]);
});

Deno.test("a provider that gives nothing is told with its file", async () => {
  await using google = new GoogleTokens(({ path }) =>
    path === "/sts" ? undefined : Response.json({ message: "no permission" }, { status: 403 })
  );
  google.files.set("/jwt", "{}");
  const named = 'the file of credentials "/f.json" (GOOGLE_APPLICATION_CREDENTIALS)';
  for (
    const [source, words] of [
      [
        { file: "/none" },
        `the token file "/none" (${named}) is not there, or may not be read (--allow-read)`,
      ],
      [
        { file: "/jwt", format: { type: "json", subject_token_field_name: "x" } },
        `the source of tokens of ${named} gives none`,
      ],
      [{ url: `${google.url}/oidc` }, `the source of tokens of ${named} gives none: 403, no permission`],
      [{ url: "http://login.test/" }, `the endpoint of tokens (${named}) is plain HTTP to another machine`],
      [
        { certificate: { use_default_certificate_config: true } },
        `${named} identifies itself by a certificate; known are`,
      ],
      [
        {},
        `${named} names no source of tokens that is known; known are a file, a URL, an executable and AWS`,
      ],
      [
        { executable: { command: "echo" } },
        `${named} names a program to run; allow that by GOOGLE_EXTERNAL_`,
      ],
    ] as const
  ) {
    const { message } = await faultOf(google.find(google.pool(source)));
    assert(message.startsWith(words), message);
  }
  assertEquals(google.seen.filter(({ path }) => path === "/sts").length, 0);
});

Deno.test("a program gives what its provider says, and is told for whom", async () => {
  await using google = new GoogleTokens();
  const acted = { service_account_impersonation_url: google.actedUrl };
  const printed = '"$GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE $GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL"';
  const command = `printf '{"version":1,"success":true,"id_token":"%s"}' ${printed}`;
  await google.find(google.pool({ executable: { command } }, acted), {}, ALLOWED);
  assertEquals(google.seen[0]?.form["subject_token"], `urn:ietf:params:oauth:token-type:jwt ${ACCOUNT}`);
});

Deno.test("what a program has kept is taken while it holds", async () => {
  await using google = new GoogleTokens();
  const command = `echo '{"version":1,"success":true,"saml_response":"printed"}'`;
  const file = google.pool({ executable: { command, output_file: "/kept" } });
  const keep = (more: object) =>
    google.files.set("/kept", JSON.stringify({ version: 1, success: true, id_token: "kept", ...more }));
  keep({ expiration_time: Math.floor(Date.now() / 1000) + 60 });
  await google.find(file, {}, ALLOWED);
  keep({ expiration_time: 1 });
  await google.find(file, {}, ALLOWED);
  assertEquals(google.seen.map(({ form }) => form["subject_token"]), ["kept", "printed"]);
});

Deno.test("a program that fails is told, ends nothing else, and shows no token", async () => {
  await using google = new GoogleTokens();
  for (
    const [command, words] of [
      ["exit 7", /^the program of the file .* fails: it ends with 7$/],
      ["/no/such/program", /fails: it ends with 127$/],
      ["kill -9 $$", /fails: it ends with (?:137|null)$/],
      ["echo nonsense s3cret", /fails: it gives no token$/],
      [`echo '{"id_token":"s3cret"}'`, /fails: it gives no token$/],
      [
        `echo '{"success":true,"id_token":"s3cret","expiration_time":1}'`,
        /fails: what it gives has expired$/,
      ],
      [`echo '{"success":false,"code":"401","message":"log in."}'`, /fails: 401, log in$/],
      ["head -c 2000000 /dev/zero", /prints more than 1048576 bytes$/],
    ] as const
  ) {
    const fault = await faultOf(google.find(google.pool({ executable: { command } }), {}, ALLOWED));
    assertMatch(fault.message, words);
    assertEquals(Deno.inspect(fault, { depth: 9 }).includes("s3cret"), false);
  }
  const lacking = await faultOf(google.find(google.pool({ executable: {} }), {}, ALLOWED));
  assertMatch(lacking.message, /^the file of credentials .* lacks "command"$/);
  assertEquals(google.seen.length, 0);
});

Deno.test("AWS says who its machine is, by keys that the machine gives", async () => {
  const role = { AccessKeyId: "ASIA1", SecretAccessKey: "s3cret", Token: "t0ken" };
  await using google = new GoogleTokens(({ header, method, path }) => {
    if (path === "/sts") return undefined;
    if (path === "/token") {
      return new Response(method === "PUT" ? "imds" : null, { status: method === "PUT" ? 200 : 405 });
    }
    if (header("x-aws-ec2-metadata-token") !== "imds") return new Response(null, { status: 401 });
    if (path === "/zone") return new Response("eu-central-1b");
    return path === "/roles"
      ? new Response("my-role")
      : path === "/roles/my-role"
      ? Response.json(role)
      : undefined;
  });
  const source = {
    environment_id: "aws1",
    region_url: `${google.url}/zone`,
    url: `${google.url}/roles`,
    imdsv2_session_token_url: `${google.url}/token`,
    regional_cred_verification_url:
      "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
  };
  const { value } = await google.find(google.pool(source));
  const asked = JSON.parse(decodeURIComponent(google.seen.at(-1)?.form["subject_token"] ?? ""));
  const headers = Object.fromEntries(
    asked.headers.map(({ key, value }: Record<string, string>) => [key, value]),
  );
  assertEquals([asked.url, asked.method, headers["x-amz-security-token"], headers["host"]], [
    "https://sts.eu-central-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
    "POST",
    "t0ken",
    "sts.eu-central-1.amazonaws.com",
  ]);
  assertMatch(
    headers["authorization"],
    /^AWS4-HMAC-SHA256 Credential=ASIA1\/\d{8}\/eu-central-1\/sts\/aws4_request/,
  );
  assertEquals(value.token, `T${google.seen.length}`);
  const { url: _, ...lacking } = source;
  const { message } = await faultOf(google.find(google.pool(lacking)));
  assertMatch(
    message,
    /^the file of credentials .* gives no request of AWS's: Unable to determine AWS role name/,
  );
});

Deno.test("a file with an address, a header or a client that cannot be sent is told, without any of them", async () => {
  await using google = new GoogleTokens();
  google.files.set("/jwt", "one");
  const source = { file: "/jwt" };
  const acted = {
    service_account_impersonation_url: `${google.url}/serviceAccounts/%zz:generateAccessToken`,
  };
  const files = [
    google.pool(source, { client_id: "€", client_secret: "s3cret" }),
    google.pool(source, acted),
    google.pool({ url: google.url, headers: { "a b": "s3cret" } }),
    google.pool({ url: google.url, headers: { a: "s3cret\r\nb: c" } }),
    google.pool({ url: google.url, headers: "s3cret" }),
    google.login({ token_uri: google.url.replace("//", "//user:s3cret@") }),
    google.acted(acted),
  ];
  for (const file of files) {
    const error = await faultOf(google.find(file));
    assertMatch(
      error.message,
      /the file of credentials "\/f.json" \(G\w+\)\)? (?:has an address, a header or a name|cannot be asked)/,
    );
    assertEquals([error.cause, error.retryable, error.message.includes("s3cret")], [undefined, false, false]);
  }
});

Deno.test("a program is waited for as long as its file says, where that is a time", async () => {
  await using google = new GoogleTokens();
  const answer = JSON.stringify({ version: 1, success: true, token_type: "x", id_token: "two" });
  for (const timeout_millis of ["soon", -1, null, {}, 1e300]) {
    const executable = { command: `echo '${answer}'`, timeout_millis };
    await google.find(google.pool({ executable }), {}, ALLOWED);
    assertEquals(google.seen.at(-1)?.form["subject_token"], "two");
  }
});

Deno.test("what a giver of tokens repeats of a secret is hidden, and a project that is none is refused", async () => {
  await using google = new GoogleTokens(({ form: { client_secret, refresh_token, subject_token } }) =>
    Response.json(
      {
        error: "invalid_grant",
        error_description: `no: ${client_secret}, ${refresh_token ?? subject_token}`,
      },
      { status: 400 },
    )
  );
  google.files.set("/jwt", "statement");
  for (const file of [google.login(), google.pool({ file: "/jwt" })]) {
    const { message } = await faultOf(google.find(file));
    assertMatch(message, /gives no token: 400, no: (?:undefined|\*{3}), \*{3}/);
  }
  const seen = google.seen.length;
  const { message } = await faultOf(google.find(google.login({ quota_project_id: "a\r\nb: c" })));
  assertMatch(message, /has a quota_project_id that is no id or number of a project$/);
  assertEquals(google.seen.length, seen);
});
