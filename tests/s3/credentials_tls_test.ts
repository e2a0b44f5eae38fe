import { assertEquals, assertRejects } from "@std/assert";
import { UnavailableError } from "@lade/core";
import { openS3Store, type S3Options } from "@lade/s3";
import { makeCertificate, startFakeS3 } from "../fakes/s3/mod.ts";

/** Lists a bucket by the keys of a role, which a service with a certificate of its own gives. */
async function listed(
  config: S3Options,
  bundle: boolean,
  at?: "same host" | "another host",
): Promise<number> {
  const tls = makeCertificate({ hosts: ["127.0.0.1"] });
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const { accessKeyId, secretAccessKey, url } = fake;
  let asked = 0;
  const keys =
    `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>` +
    "<SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>";
  fake.credentials.set(accessKeyId, { secretAccessKey, sessionToken: "t" });
  const server = Deno.serve(
    {
      hostname: "127.0.0.1",
      port: 0,
      cert: tls.cert,
      key: tls.key,
      onListen() {},
      onError: () => new Response(),
    },
    () => {
      asked++;
      return new Response(`<R><AssumeRoleResult><Credentials>${keys}</Credentials></AssumeRoleResult></R>`);
    },
  );
  const sts = `https://127.0.0.1:${server.addr.port}`;
  const profile = "[default]\nregion = us-east-1\nrole_arn = arn:x\nsource_profile = base\n[profile base]\n" +
    "aws_access_key_id = A\naws_secret_access_key = b\n";
  const env: Record<string, string> = {
    HOME: "/h",
    AWS_ENDPOINT_URL_STS: sts,
    AWS_ENDPOINT_URL_S3: at === undefined ? url : at === "same host" ? sts : "https://127.0.0.1:1",
    ...(bundle ? { AWS_CA_BUNDLE: "~/ca.pem" } : {}),
  };
  const files: Record<string, string> = { "/h/.aws/config": profile, "/h/ca.pem": tls.cert };
  try {
    await using store = await openS3Store("bucket", {
      config: { maxAttempts: 1, ...config },
      surroundings: { env: (name) => env[name], readFile: (path) => Promise.resolve(files[path]) },
    });
    try {
      for await (const _ of store.list()) assertEquals(true, false);
    } catch (error) {
      if (at !== "same host" || asked === 0) throw error;
    }
  } finally {
    await server.shutdown();
  }
  return asked;
}

Deno.test("the CA bundle is trusted of services that give keys too", async () => {
  assertEquals(await listed({}, true), 1);
  await assertRejects(() => listed({}, false), UnavailableError, "nobody who is trusted has signed it");
});

Deno.test("verifySsl: false trusts the service itself, and no other one that gives keys", async () => {
  const other = () => listed({ verifySsl: false }, false, "another host");
  await assertRejects(other, UnavailableError, "STS at https://127.0.0.1");
  assertEquals((await listed({ verifySsl: false }, false, "same host")) > 0, true);
});
