import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UnauthenticatedError, UnavailableError } from "@lade/core";
import { createHash } from "node:crypto";
import {
  type CredentialsWorld,
  loadCredentials,
  LoopbackService,
  type ServedRequest,
} from "../testing/credentials_world.ts";

const CONFIG = [
  "[profile work]",
  "sso_session = corp",
  "sso_account_id = 123",
  "sso_role_name = Reader",
  "region = us-west-2",
  "[sso-session corp]",
  "sso_start_url = https://corp.example/start#/",
  "sso_region = eu-central-1",
  "[profile old]",
  "sso_start_url = https://old.example/start",
  "sso_region = eu-central-1",
  "sso_account_id = 123",
  "sso_role_name = Reader",
  "[profile lost]",
  "sso_session = nope",
  "[profile half]",
  "sso_session = corp",
  "sso_account_id = 123",
].join("\n");

const cacheFile = (name: string) => `/h/.aws/sso/cache/${createHash("sha1").update(name).digest("hex")}.json`;
const token = (minutes: number, more: Record<string, string> = {}) =>
  JSON.stringify({
    accessToken: "TOKEN",
    expiresAt: new Date(Date.now() + minutes * 60_000).toISOString(),
    ...more,
  });

function sso({ path }: ServedRequest): Response {
  return Response.json(
    path === "/token" ? { accessToken: "NEWER", expiresIn: 3600, refreshToken: "R2" } : {
      roleCredentials: {
        accessKeyId: "SSO",
        secretAccessKey: "s",
        sessionToken: "t",
        expiration: 32_503_680_000_000,
      },
    },
  );
}

const load = (profile: string, url: string, files: CredentialsWorld["files"] = {}) =>
  loadCredentials({
    files: { "/h/.aws/config": CONFIG, ...files },
    env: { AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_SSO_OIDC: url },
  }, { profile });

Deno.test("single sign-on gives the keys of the role for the token that was left", async () => {
  await using service = new LoopbackService(sso);
  const found = await load("work", service.url, { [cacheFile("corp")]: token(60) });
  assertEquals(found, {
    value: {
      accessKeyId: "SSO",
      secretAccessKey: "s",
      sessionToken: "t",
      expiration: new Date("3000-01-01T00:00:00Z"),
    },
    source: 'single sign-on of profile "work" of ~/.aws/config',
  });
  const [request] = service.requests;
  assertEquals(request?.path, "/federation/credentials?account_id=123&role_name=Reader");
  assertEquals(request?.headers.get("x-amz-sso_bearer_token"), "TOKEN");
  const old = await load("old", service.url, { [cacheFile("https://old.example/start")]: token(60) });
  assertEquals(old.value.accessKeyId, "SSO");
});

Deno.test("single sign-on renews a token that ends, where it may", async () => {
  await using service = new LoopbackService(sso);
  const renewable = token(-1, { clientId: "C", clientSecret: "S", refreshToken: "R" });
  await load("work", service.url, { [cacheFile("corp")]: renewable });
  const [renewal, request] = service.requests;
  assertEquals(JSON.parse(renewal?.body ?? ""), {
    clientId: "C",
    clientSecret: "S",
    refreshToken: "R",
    grantType: "refresh_token",
  });
  assertEquals(request?.headers.get("x-amz-sso_bearer_token"), "NEWER");
});

Deno.test("single sign-on takes an end beyond all dates for the last one", async () => {
  await using service = new LoopbackService(({ path }) =>
    Response.json(
      path === "/token" ? { accessToken: "NEWER", expiresIn: 1e300 } : {
        roleCredentials: { accessKeyId: "SSO", secretAccessKey: "s", sessionToken: "t", expiration: 1e300 },
      },
    )
  );
  const renewable = token(-1, { clientId: "C", clientSecret: "S", refreshToken: "R" });
  const { value } = await load("work", service.url, { [cacheFile("corp")]: renewable });
  assertEquals(value.expiration, new Date(8.64e15));
});

Deno.test("single sign-on says how to sign on where the token is missing, has ended or is refused", async () => {
  await using refusing = new LoopbackService(() => Response.json({ message: "no" }, { status: 401 }));
  const login = "run `aws sso login --profile work`";
  const cases: [files: Record<string, string>, said: string][] = [
    [{}, `nobody has signed on for profile "work"; ${login}`],
    [{ [cacheFile("corp")]: "{" }, `nobody has signed on for profile "work"; ${login}`],
    [{ [cacheFile("corp")]: token(-1) }, `the single sign-on of profile "work" has expired; ${login}`],
    [{ [cacheFile("corp")]: token(60) }, `the single sign-on of profile "work" has expired; ${login}`],
  ];
  for (const [files, said] of cases) {
    const { message } = await assertRejects(() => load("work", refusing.url, files), UnauthenticatedError);
    assertStringIncludes(message, said);
    assertEquals(message.includes("TOKEN"), false);
  }
});

Deno.test("single sign-on says what is missing in the files, and why a role is refused", async () => {
  await assertRejects(() => load("lost", ""), UnauthenticatedError, "there is no section [sso-session nope]");
  await assertRejects(
    () => load("half", ""),
    UnauthenticatedError,
    'sso_role_name is missing in profile "half"',
  );
  await using service = new LoopbackService(() => Response.json({ message: "No access" }, { status: 403 }));
  await assertRejects(
    () => load("work", service.url, { [cacheFile("corp")]: token(60) }),
    UnauthenticatedError,
    'single sign-on gives no keys of role "Reader" in account "123": 403, No access',
  );
});

Deno.test("single sign-on asks its own region, whatever that of S3 is", async () => {
  const hosts: string[] = [];
  const renewable = token(-1, { clientId: "C", clientSecret: "S", refreshToken: "R" });
  const files = { "/h/.aws/config": CONFIG, [cacheFile("corp")]: renewable };
  const onHost = (host: string) => hosts.push(host);
  await assertRejects(() => loadCredentials({ files, onHost }, { profile: "work" }), UnauthenticatedError);
  const still = { ...files, [cacheFile("corp")]: token(60) };
  await assertRejects(
    () => loadCredentials({ files: still, onHost }, { profile: "work" }),
    UnavailableError,
    "single sign-on at https://portal.sso.eu-central-1.amazonaws.com:443 cannot be asked",
  );
  assertEquals([...new Set(hosts)], [
    "oidc.eu-central-1.amazonaws.com",
    "portal.sso.eu-central-1.amazonaws.com",
  ]);
});
