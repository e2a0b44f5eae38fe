import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UnauthenticatedError, UnavailableError } from "@lade/core";
import {
  type CredentialsWorld,
  loadCredentials,
  LoopbackService,
  type ServedRequest,
} from "../testing/credentials_world.ts";

const KEYS =
  `<AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
  <Expiration>2999-01-01T00:00:00Z</Expiration>`;

function sts({ body }: ServedRequest): Response {
  const action = new URLSearchParams(body).get("Action") ?? "";
  return new Response(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>${KEYS}` +
      `</Credentials></${action}Result></${action}Response>`,
  );
}

const CONFIG = [
  "[default]",
  "region = eu-west-1",
  "[profile role]",
  "region = eu-north-1",
  "role_arn = arn:aws:iam::1:role/r",
  "source_profile = base",
  "external_id = ext",
  "duration_seconds = 900",
  "[profile base]",
  "aws_access_key_id = BASE",
  "aws_secret_access_key = b",
  "[profile self]",
  "role_arn = arn:aws:iam::1:role/self",
  "source_profile = self",
  "aws_access_key_id = SELF",
  "aws_secret_access_key = b",
  "[profile far]",
  "role_arn = arn:aws:iam::1:role/far",
  "source_profile = role",
  "[profile lost]",
  "role_arn = arn:aws:iam::1:role/x",
  "source_profile = nope",
  "[profile circle]",
  "role_arn = arn:aws:iam::1:role/x",
  "source_profile = round",
  "[profile round]",
  "role_arn = arn:aws:iam::1:role/x",
  "source_profile = circle",
  "[profile alone]",
  "role_arn = arn:aws:iam::1:role/x",
  "[profile both]",
  "role_arn = arn:aws:iam::1:role/x",
  "source_profile = base",
  "credential_source = Environment",
  "[profile mfa]",
  "role_arn = arn:aws:iam::1:role/x",
  "source_profile = base",
  "mfa_serial = arn:aws:iam::1:mfa/me",
  "[profile env]",
  "role_arn = arn:aws:iam::1:role/x",
  "credential_source = Environment",
  "[profile odd]",
  "role_arn = arn:aws:iam::1:role/x",
  "credential_source = Somewhere",
  "[profile keyless]",
  "role_arn = arn:aws:iam::1:role/x",
  "source_profile = default",
  "[profile web]",
  "role_arn = arn:aws:iam::1:role/web",
  "web_identity_token_file = ~/token",
].join("\n");

const load = (profile: string, url: string, world: CredentialsWorld = {}) =>
  loadCredentials({
    ...world,
    files: { "/h/.aws/config": CONFIG, "/h/token": " TOKEN\n", ...world.files },
    env: { AWS_ENDPOINT_URL_STS: url, ...world.env },
  }, { profile });

Deno.test("a role is assumed by the keys of its source profile, in the region of its own", async () => {
  await using service = new LoopbackService(sts);
  const found = await load("role", service.url);
  assertEquals(found, {
    value: {
      accessKeyId: "ROLE",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration: new Date("2999-01-01T00:00:00Z"),
    },
    source: 'role "arn:aws:iam::1:role/r" of profile "role" of ~/.aws/config',
  });
  const [request] = service.requests;
  assertEquals(Object.fromEntries(new URLSearchParams(request?.body)), {
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: "arn:aws:iam::1:role/r",
    RoleSessionName: "lade",
    ExternalId: "ext",
    DurationSeconds: "900",
  });
  assertMatch(
    request?.headers.get("authorization") ?? "",
    /Credential=BASE\/\d+\/eu-north-1\/sts\/aws4_request/,
  );
});

Deno.test("a role is assumed by the keys beside it, and by those of another role", async () => {
  await using service = new LoopbackService(sts);
  await load("self", service.url);
  assertStringIncludes(service.requests[0]?.headers.get("authorization") ?? "", "Credential=SELF/");
  await load("far", service.url);
  assertEquals(service.requests.slice(1).map(({ headers }) => headers.get("x-amz-security-token")), [
    null,
    "t",
  ]);
  assertStringIncludes(service.requests[2]?.headers.get("authorization") ?? "", "Credential=ROLE/");
});

Deno.test("a role that names no keys, or keys that are not there, says so", async () => {
  await using service = new LoopbackService(sts);
  const cases: [profile: string, said: string][] = [
    ["lost", 'source_profile of profile "lost": there is no profile "nope" in ~/.aws/config'],
    ["circle", 'leads in a circle: "circle", "round", "circle"'],
    ["alone", "needs source_profile, credential_source or web_identity_token_file beside it"],
    ["both", "has both source_profile and credential_source"],
    ["mfa", 'wants a code of "arn:aws:iam::1:mfa/me" (mfa_serial)'],
    ["odd", 'has to be Environment, EcsContainer or Ec2InstanceMetadata, not "Somewhere"'],
    ["env", "takes the keys of the environment, which has no AWS_ACCESS_KEY_ID"],
    ["keyless", 'is "default", which has no keys'],
  ];
  for (const [profile, said] of cases) {
    await assertRejects(() => load(profile, service.url), UnauthenticatedError, said);
  }
  assertEquals(service.requests.length, 0);
  const env = { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "e" };
  await load("env", service.url, { env });
  assertStringIncludes(service.requests[0]?.headers.get("authorization") ?? "", "Credential=ENV/");
});

Deno.test("a role that is denied is told in the words of the service", async () => {
  await using service = new LoopbackService(() =>
    new Response(
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User is not authorized</Message></Error></ErrorResponse>",
      { status: 403 },
    )
  );
  await assertRejects(
    () => load("role", service.url),
    UnauthenticatedError,
    'role "arn:aws:iam::1:role/r" of profile "role" of ~/.aws/config cannot be assumed: 403 AccessDenied: User is not authorized',
  );
});

Deno.test("an answer that is not that of STS gives no keys", async () => {
  await using service = new LoopbackService(() => new Response("<html>Sign in</html>"));
  await assertRejects(() => load("role", service.url), UnauthenticatedError, "is no answer of STS");
});

Deno.test("a service for roles that nobody serves is an UnavailableError that names it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  await assertRejects(() => load("role", url), UnavailableError, `STS at ${url} cannot be asked`);
});

Deno.test("plain HTTP to another machine is refused for roles", async () => {
  await assertRejects(
    () => load("role", "http://sts.example"),
    UnauthenticatedError,
    "the endpoint of STS (AWS_ENDPOINT_URL_STS) is plain HTTP to another machine",
  );
});

Deno.test("a web identity shows its token, unsigned, from profile and environment", async () => {
  await using service = new LoopbackService(sts);
  assertEquals((await load("web", service.url)).source, 'a web identity (profile "web" of ~/.aws/config)');
  const [request] = service.requests;
  const { Action, RoleArn, WebIdentityToken } = Object.fromEntries(new URLSearchParams(request?.body));
  assertEquals([Action, RoleArn, WebIdentityToken], [
    "AssumeRoleWithWebIdentity",
    "arn:aws:iam::1:role/web",
    "TOKEN",
  ]);
  assertEquals(request?.headers.get("authorization"), null);
  const env = {
    AWS_ENDPOINT_URL_STS: service.url,
    AWS_WEB_IDENTITY_TOKEN_FILE: "$HOME/token",
    AWS_ROLE_ARN: "arn:env",
    AWS_ROLE_SESSION_NAME: "pod",
  };
  const files = {
    "/h/token": "TOKEN",
    "/h/.aws/credentials": "[default]\naws_access_key_id=A\naws_secret_access_key=a\n",
  };
  const pod = await loadCredentials({ env, files });
  assertEquals(pod.source, "a web identity (AWS_WEB_IDENTITY_TOKEN_FILE)");
  const parameters = new URLSearchParams(service.requests[1]?.body);
  assertEquals([parameters.get("RoleArn"), parameters.get("RoleSessionName")], ["arn:env", "pod"]);
});

Deno.test("a web identity whose token is not there, or that names no role, says so", async () => {
  const env = { AWS_WEB_IDENTITY_TOKEN_FILE: "/no/token", AWS_ROLE_ARN: "arn:env" };
  await assertRejects(
    () => loadCredentials({ env }),
    UnauthenticatedError,
    'the web identity\'s token file "/no/token" (AWS_WEB_IDENTITY_TOKEN_FILE) is not there',
  );
  await assertRejects(
    () => loadCredentials({ env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/no/token" } }),
    UnauthenticatedError,
    "AWS_ROLE_ARN is missing beside the web identity's token file",
  );
  await assertRejects(
    () => load("web", "http://127.0.0.1:1", { files: { "/h/token": " \n" } }),
    UnauthenticatedError,
    "is empty",
  );
});

Deno.test("a role is asked for in the region of its profile, at the endpoint that the settings choose", async () => {
  const host = async (env: Record<string, string>, lines = ""): Promise<string | undefined> => {
    const hosts: string[] = [];
    const role =
      "[default]\nrole_arn = arn:x\nsource_profile = base\n[profile base]\naws_access_key_id = A\n" +
      "aws_secret_access_key = b\n";
    const files = { "/h/.aws/config": role.replace("role_arn", `${lines}role_arn`) };
    const world = { files, env, onHost: (name: string) => hosts.push(name) };
    await assertRejects(() => loadCredentials(world), UnavailableError);
    return hosts[0];
  };
  assertEquals(await host({}), "sts.us-east-1.amazonaws.com");
  assertEquals(await host({ AWS_REGION: "eu-west-1" }), "sts.eu-west-1.amazonaws.com");
  assertEquals(
    await host({ AWS_REGION: "eu-west-1" }, "region = cn-north-1\n"),
    "sts.cn-north-1.amazonaws.com.cn",
  );
  assertEquals(await host({ AWS_USE_FIPS_ENDPOINT: "true" }), "sts-fips.us-east-1.amazonaws.com");
  assertEquals(await host({ AWS_USE_DUALSTACK_ENDPOINT: "true" }), "sts.us-east-1.api.aws");
  assertEquals(await host({ AWS_STS_REGIONAL_ENDPOINTS: "legacy" }), "sts.amazonaws.com");
  assertEquals(await host({}, "sts_regional_endpoints = legacy\nregion = eu-west-1\n"), "sts.amazonaws.com");
  assertEquals(
    await host({ AWS_STS_REGIONAL_ENDPOINTS: "legacy", AWS_REGION: "me-south-1" }),
    "sts.me-south-1.amazonaws.com",
  );
  assertEquals(await host({ AWS_ENDPOINT_URL_STS: "https://sts.example" }), "sts.example");
  assertEquals(await host({ AWS_ENDPOINT_URL: "https://all.example" }), "all.example");
  const ignoring = { AWS_ENDPOINT_URL: "https://all.example", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
  assertEquals(await host(ignoring), "sts.us-east-1.amazonaws.com");
});
