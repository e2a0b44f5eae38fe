import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UnauthenticatedError } from "@lade/core";
import { loadCredentials, LoopbackService } from "../testing/credentials_world.ts";

const keys = (id: string) => ({
  Code: "Success",
  AccessKeyId: id,
  SecretAccessKey: "s",
  Token: "t",
  Expiration: "2999-01-01T00:00:00Z",
});

Deno.test("the container's service is asked with the token of its file, again for each renewal", async () => {
  await using service = new LoopbackService(() => Response.json(keys("CONTAINER")));
  const env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${service.url}/creds?a=b`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/token",
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "passed over",
  };
  const found = await loadCredentials({ env, files: { "/token": "pod\n" } });
  assertEquals([found.value.accessKeyId, found.source], [
    "CONTAINER",
    "the container's credential service",
  ]);
  const [request] = service.requests;
  assertEquals([request?.path, request?.headers.get("authorization")], ["/creds?a=b", "pod"]);
});

Deno.test("the container's service that refuses, lies elsewhere or lacks its token says so", async () => {
  await using service = new LoopbackService(() => Response.json({ message: "wrong token" }, { status: 403 }));
  const cases: [env: Record<string, string>, said: string][] = [
    [
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: service.url },
      "the container's credential service (AWS_CONTAINER_CREDENTIALS_FULL_URI) gives no keys: 403, wrong token",
    ],
    [
      { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://evil.example/" },
      "AWS_CONTAINER_CREDENTIALS_FULL_URI has to be an https: URL, or one of this machine",
    ],
    [
      {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: service.url,
        AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/none",
      },
      "there is no file /none (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)",
    ],
  ];
  for (const [env, said] of cases) {
    await assertRejects(() => loadCredentials({ env }), UnauthenticatedError, said);
  }
});

/** An instance's metadata with a role; `tokens: false` for one that knows none. */
function instance(tokens = true): LoopbackService {
  return new LoopbackService(({ method, path, headers }) => {
    if (path === "/latest/api/token") {
      return new Response("TOKEN", { status: tokens && method === "PUT" ? 200 : 404 });
    }
    if (tokens && headers.get("x-aws-ec2-metadata-token") !== "TOKEN") {
      return new Response("", { status: 401 });
    }
    return path.endsWith("/my-role") ? Response.json(keys("INSTANCE")) : new Response("my-role\n");
  });
}

const instanceAt = (url: string, more: Record<string, string> = {}) => ({
  AWS_EC2_METADATA_DISABLED: "",
  AWS_EC2_METADATA_SERVICE_ENDPOINT: `${url}/`,
  ...more,
});

Deno.test("the instance's metadata is asked by a token, and without one where it knows none and that is allowed", async () => {
  await using modern = instance();
  const found = await loadCredentials({ env: instanceAt(modern.url) });
  assertEquals([found.value.accessKeyId, found.source], ["INSTANCE", "the instance's metadata"]);
  await using old = instance(false);
  assertEquals((await loadCredentials({ env: instanceAt(old.url) })).value.accessKeyId, "INSTANCE");
  const env = instanceAt(old.url, { AWS_EC2_METADATA_V1_DISABLED: "true" });
  await assertRejects(() => loadCredentials({ env }), UnauthenticatedError, "no credentials; set");
});

Deno.test("the instance's metadata is asked last, and not at all where it is switched off", async () => {
  await using service = instance();
  const files = { "/h/.aws/credentials": "[default]\naws_access_key_id=A\naws_secret_access_key=a\n" };
  assertEquals((await loadCredentials({ env: instanceAt(service.url), files })).value.accessKeyId, "A");
  const off = instanceAt(service.url, { AWS_EC2_METADATA_DISABLED: "TRUE" });
  await assertRejects(() => loadCredentials({ env: off }), UnauthenticatedError);
  assertEquals(service.requests.length, 0);
  const odd = instanceAt(service.url, { AWS_EC2_METADATA_DISABLED: "yes" });
  await assertRejects(
    () => loadCredentials({ env: odd }),
    TypeError,
    "AWS_EC2_METADATA_DISABLED has to be true or false",
  );
});

Deno.test("an instance's metadata that does not answer is no instance", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  const error = await assertRejects(() => loadCredentials({ env: instanceAt(url) }), UnauthenticatedError);
  assertStringIncludes(error.message, "no credentials; set");
  assertStringIncludes(String(error.cause), `the instance's metadata at ${url} cannot be asked`);
});

Deno.test("a role of the instance whose keys cannot be had is told", async () => {
  await using service = new LoopbackService(({ path }) =>
    path.endsWith("/r")
      ? Response.json({ Code: "AssumeRoleUnauthorizedAccess", Message: "no trust" }, { status: 404 })
      : new Response(path === "/latest/api/token" ? "T" : "r")
  );
  await assertRejects(
    () => loadCredentials({ env: instanceAt(service.url) }),
    UnauthenticatedError,
    'gives no keys of role "r": AssumeRoleUnauthorizedAccess: no trust',
  );
});
