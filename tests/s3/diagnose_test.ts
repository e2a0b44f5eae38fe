import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { Check } from "@lade/core";
import { createTransport } from "@lade/service/http";
import { diagnose, type S3DiagnoseOptions, s3Provider, type S3Surroundings } from "@lade/s3";
import { type FakeS3, makeCertificate, startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, fakeConfig } from "./open_fake.ts";

const SECRET = "fake/secret+key";

/** Options by which a fake is examined: by the environment, as a user would. */
function options(
  fake: FakeS3,
  env: Readonly<Record<string, string | undefined>> = {},
): S3DiagnoseOptions {
  const all: Record<string, string | undefined> = {
    AWS_ACCESS_KEY_ID: fake.accessKeyId,
    AWS_SECRET_ACCESS_KEY: fake.secretAccessKey,
    AWS_ENDPOINT_URL: fake.url,
    AWS_EC2_METADATA_DISABLED: "true",
    ...env,
  };
  const resolve = () => Promise.reject(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }));
  const surroundings: S3Surroundings = {
    ...bare,
    env: (name) => all[name],
    transport: (given) => createTransport({ ...given, resolve }, {}),
  };
  return { surroundings, maxBytes: 2 ** 21, measureMs: 1_000 };
}

async function examine(given: S3DiagnoseOptions, bucket = "bucket"): Promise<Check[]> {
  const checks = await Array.fromAsync(diagnose(bucket, given));
  assertFalse(JSON.stringify(checks).includes(SECRET), "a secret was told");
  return checks;
}

function failures(checks: readonly Check[]): (readonly [name: string, detail: string, advice: string])[] {
  return checks.filter(({ outcome }) => outcome === "failed").map(({ name, detail, advice = "" }) =>
    [name, detail, advice] as const
  );
}

function outcomes(checks: readonly Check[]): string {
  return checks.map(({ name, outcome }) => outcome === "ok" ? name : `${name}:${outcome}`).join(" ");
}

function named(checks: readonly Check[], name: string): Check {
  const found = checks.find((check) => check.name === name);
  assert(found, `no check of ${name}`);
  return found;
}

Deno.test("diagnose() without write reads only, and tells what it goes by", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.putObject("bucket", "data/x", "hello");
  fake.putSynthetic("bucket", "data/y", { size: 2 ** 21 });
  fake.putObject("bucket", "database", "not under data/");
  const checks = await examine({ ...options(fake, { AWS_REGION: "us-east-1" }), prefix: "data" });
  assertEquals(outcomes(checks), "credentials region endpoint clock list head get latency download");
  assertEquals(named(checks, "credentials").detail, "access key FAKE…SKEY, from the environment");
  assertEquals(named(checks, "region").detail, "us-east-1, from AWS_REGION");
  assertStringIncludes(named(checks, "endpoint").detail, `${fake.url}, from AWS_ENDPOINT_URL, path style`);
  assertEquals(named(checks, "list").facts?.["objects"], 2);
  assertEquals(named(checks, "download").facts?.["bytes"], 2 ** 21);
  assertMatch(
    named(checks, "download").detail,
    /MiB\/s, by 2\.00 MiB of one object; .* requests in flight; /,
  );
  assert(fake.requests.every(({ method }) => method === "GET" || method === "HEAD"));
});

Deno.test("diagnose() without objects tries reads on a key that is not there", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const checks = await examine(options(fake));
  assertEquals(outcomes(checks), "credentials region endpoint clock list head get latency download:skipped");
  assertStringIncludes(named(checks, "get").detail, "tried on a key that is not there");
  assertStringIncludes(named(checks, "download").advice ?? "", "allow writing");
});

for (const versioning of ["off", "enabled"] as const) {
  Deno.test(`diagnose() with write tries everything and leaves nothing, with versioning ${versioning}`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    fake.createBucket("bucket", { versioning });
    const checks = await examine({ ...options(fake), prefix: "tmp/", write: true, maxBytes: 2 ** 24 });
    assertEquals(
      outcomes(checks),
      "credentials region endpoint clock list put head get delete multipart conditions latency upload download",
    );
    assertStringIncludes(named(checks, "put").detail, "the service confirmed its crc32c");
    assertStringIncludes(named(checks, "get").detail, "the checksum fitted");
    const written = fake.requests.filter(({ method, key }) => method === "PUT" && key !== "");
    assert(written.length > 0 && written.every(({ key }) => /^tmp\/\.lade-(doctor|probe)-/.test(key)));
    assertEquals([fake.bucket("bucket").empty, fake.uploads("bucket").length], [true, 0]);
  });
}

Deno.test("diagnose() tells which calls are denied and what to allow, and goes on with the others", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.credentials.set(fake.accessKeyId, {
    secretAccessKey: fake.secretAccessKey,
    denied: new Set(["ListObjectsV2", "GetObject", "CreateMultipartUpload"]),
  });
  const checks = await examine({ ...options(fake), write: true });
  assertEquals(failures(checks).map(([name, , advice]) => `${name}: ${advice.split(/,| \(/)[0]}`), [
    "list: allow s3:ListBucket",
    "get: allow s3:GetObject",
    "multipart: allow s3:PutObject",
  ]);
  assertEquals(fake.objects("bucket").length, 0);
});

Deno.test("diagnose() says what stays behind where it may not be removed", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.credentials.set(fake.accessKeyId, {
    secretAccessKey: fake.secretAccessKey,
    denied: new Set(["DeleteObject"]),
  });
  const checks = await examine({ ...options(fake), write: true });
  const [left] = fake.objects("bucket");
  assertEquals([fake.objects("bucket").length, left?.content.size], [1, 1024]);
  const [removal, cleanup] = failures(checks);
  assertEquals([removal?.[0], removal?.[2].split(",")[0]], ["delete", "allow s3:DeleteObject"]);
  assertStringIncludes(cleanup?.[1] ?? "", `"s3://bucket/${left?.key}" stays behind`);
});

Deno.test("diagnose() tells of a wrong region and the right one", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const checks = await examine(options(fake, { AWS_DEFAULT_REGION: "eu-west-1" }));
  const { advice, detail, outcome } = named(checks, "region");
  assertEquals([outcome, advice], ["warning", 'set region to "us-east-1"']);
  assertStringIncludes(detail, "eu-west-1, from AWS_DEFAULT_REGION, is wrong: the bucket is in us-east-1");
  assertEquals(failures(checks), []);
});

Deno.test("diagnose() warns of a clock that goes wrong before requests are refused", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"], clock: () => Date.now() - 5 * 60_000 });
  const { advice, detail, outcome } = named(await examine(options(fake)), "clock");
  assertEquals([outcome, advice], ["warning", "set the clock"]);
  assertMatch(detail, /^5 min ahead of the service's; from 15 min on requests are refused$/);
});

interface Fault {
  readonly title: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly bucket?: string;
  readonly prepare?: (fake: FakeS3) => void;
  readonly failed: readonly [name: string, detail: RegExp, advice: RegExp];
}

const FAULTS: readonly Fault[] = [
  {
    title: "no credentials",
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    failed: ["credentials", /^no credentials$/, /^set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, /],
  },
  {
    title: "half a pair of keys",
    env: { AWS_ACCESS_KEY_ID: undefined },
    failed: [
      "credentials",
      /^no credentials: AWS_ACCESS_KEY_ID is missing beside AWS_SECRET_ACCESS_KEY in the environment$/,
      /^set both or neither$/,
    ],
  },
  {
    title: "a wrong key",
    env: { AWS_ACCESS_KEY_ID: "AKIAUNKNOWN00000" },
    failed: ["credentials", /does not know access key "AKIA…0000"/, /^check the access key id/],
  },
  {
    title: "a wrong secret",
    env: { AWS_SECRET_ACCESS_KEY: "wrong" },
    failed: [
      "credentials",
      /signature does not fit access key "FAKE…SKEY" \(from the environment\)/,
      /^check the secret/,
    ],
  },
  {
    title: "an expired token",
    env: { AWS_SESSION_TOKEN: "token" },
    prepare: (fake) => {
      const { accessKeyId, secretAccessKey } = fake;
      fake.credentials.set(accessKeyId, { secretAccessKey, sessionToken: "token", expiresAt: 0 });
    },
    failed: ["credentials", /"FAKE…SKEY" .* has expired$/, /^log in again or renew the session token$/],
  },
  {
    title: "a clock that is 16 minutes behind",
    prepare: (fake) => fake.clock = () => Date.now() + 16 * 60_000,
    failed: ["clock", /clock of this machine is 9\d\d s behind that of the service/, /^set the clock$/],
  },
  {
    title: "a region that the service does not correct",
    env: { AWS_REGION: "nowhere-1" },
    prepare: (fake) =>
      void fake.faults.add({
        action: {
          kind: "status",
          status: 400,
          code: "AuthorizationHeaderMalformed",
          message: "the region is wrong",
        },
      }),
    failed: ["region", /the region "nowhere-1" is wrong/, /^set region$/],
  },
  {
    title: "a bucket that does not exist",
    bucket: "missing-bucket",
    failed: ["bucket", /^no such bucket at 127\.0\.0\.1:\d+$/, /^check its name, or set endpoint/],
  },
  {
    title: "a port nobody listens on",
    env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    failed: ["endpoint", /refused, at http:\/\/127\.0\.0\.1:1/, /^check the endpoint and its port/],
  },
  {
    title: "a host that does not resolve",
    env: { AWS_ENDPOINT_URL: "https://lade.invalid" },
    failed: ["endpoint", /"lade\.invalid"/, /^check the spelling of the endpoint/],
  },
  {
    title: "a service that asks for fewer requests all the time",
    prepare: (fake) =>
      void fake.faults.add({
        match: { times: Infinity },
        action: { kind: "status", status: 503, code: "SlowDown" },
      }),
    failed: ["list", /^the service asks for fewer requests \(3 tries\)$/, /^try again later/],
  },
];

for (const { title, env = {}, bucket, prepare, failed: [name, detail, advice] } of FAULTS) {
  Deno.test(`diagnose() ends with the sentence to act on for ${title}`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"] });
    prepare?.(fake);
    const checks = await examine({ ...options(fake, env), write: true }, bucket);
    const [found, ...others] = failures(checks);
    assertEquals([found?.[0], others], [name, []]);
    assertMatch(found?.[1] ?? "", detail);
    assertMatch(found?.[2] ?? "", advice);
    assertEquals(named(checks, "calls").outcome, "skipped");
    assertEquals(fake.objects("bucket").length, 0);
  });
}

Deno.test("diagnose() tells a certificate that does not fit from a service that speaks no TLS", async () => {
  await using fake = await startFakeS3({
    buckets: ["bucket"],
    tls: makeCertificate({ hosts: ["elsewhere"] }),
  });
  const [untrusted] = failures(await examine(options(fake)));
  assertEquals(untrusted?.[0], "endpoint");
  assertMatch(untrusted?.[2] ?? "", /give the certificate of its authority as CA bundle/);
  const plain = serveRaw(async (connection) => {
    await connection.read(new Uint8Array(64));
    await connection.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    connection.close();
  });
  const env = { AWS_ENDPOINT_URL: `https://127.0.0.1:${plain.port}` };
  const [noTls] = failures(await examine(options(fake, env)));
  plain.close();
  assertEquals(noTls?.[0], "endpoint");
  assertMatch(noTls?.[2] ?? "", /^check that the endpoint speaks https/);
});

Deno.test("diagnose() tells a server that is none of S3", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const page = "<html>hello</html>";
  const web = serveRaw(async (connection) => {
    await connection.read(new Uint8Array(4096));
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + page));
    connection.close();
  });
  const [found] = failures(
    await examine(options(fake, { AWS_ENDPOINT_URL: `http://127.0.0.1:${web.port}` })),
  );
  web.close();
  assertEquals(found?.[0], "endpoint");
  assertMatch(found?.[1] ?? "", /not that of an S3 service/);
});

for (const operation of ["PutObject", "CompleteMultipartUpload", "UploadPart"] as const) {
  Deno.test(`diagnose() leaves nothing when it is aborted during ${operation}`, async () => {
    await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
    const controller = new AbortController();
    const fault = fake.faults.add({ match: { operation }, action: { kind: "stall", at: "answer" } });
    fault.reached.then(() => {
      controller.abort(new DOMException("enough", "AbortError"));
      fault.release();
    });
    const given = { ...options(fake), write: true, signal: controller.signal, maxBytes: 2 ** 24 };
    await assertRejects(() => examine(given), DOMException, "enough");
    assertEquals([fake.objects("bucket").length, fake.uploads("bucket").length], [0, 0]);
  });
}

Deno.test("diagnose() leaves nothing when its reader leaves", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  for await (const { name } of diagnose("bucket", { ...options(fake), write: true })) {
    if (name === "upload") break;
  }
  assert(fake.requests.some(({ operation }) => operation === "PutObject"));
  assertEquals([fake.objects("bucket").length, fake.uploads("bucket").length], [0, 0]);
});

Deno.test("diagnose() refuses a configuration that cannot be", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const given = options(fake, { AWS_ENDPOINT_URL: "http://example.com" });
  await assertRejects(() => examine(given), TypeError, "has to be allowed by allowHttp");
});

Deno.test("s3Provider() examines by its configuration", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  const checks = s3Provider(bare).diagnose?.({ container: "bucket", key: "" }, {
    config: { ...fakeConfig(fake) },
  });
  assert(checks);
  const all = await Array.fromAsync(checks);
  assertEquals(all[0]?.detail, "access key FAKE…SKEY, from the options");
  assertEquals(failures(all), []);
});

function serveRaw(
  answer: (connection: Deno.TcpConn) => Promise<void>,
): { readonly port: number; readonly close: () => void } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const connection of listener) answer(connection).catch(() => {});
  })().catch(() => {});
  return { port: listener.addr.port, close: () => listener.close() };
}

Deno.test("diagnose() with write tells which conditions a service other than Amazon's holds, ignores and refuses", async () => {
  const habits = {
    ignored: ["CopyObject if-match", "CopyObject if-none-match"],
    refused: ["DeleteObject if-match", "* x-amz-mp-object-size"],
  };
  await using fake = await startFakeS3({ buckets: ["bucket"], habits });
  fake.createBucket("bucket", { versioning: "enabled" });
  const checks = await examine({ ...options(fake), write: true });
  const { outcome, detail, advice = "", facts } = named(checks, "conditions");
  assertEquals(outcome, "warning");
  assertStringIncludes(detail, 'held: ifNoneMatch "*" on PutObject, ifMatch on PutObject, ');
  assertStringIncludes(detail, 'ignored: ifNoneMatch "*" on CopyObject, ifMatch on CopyObject');
  assertStringIncludes(detail, "refused: ifMatch on DeleteObject");
  assertStringIncludes(advice, "refused, or look beforehand");
  assertEquals([facts?.["put-create"], facts?.["creators"], facts?.["swappers"]], ["holds", 1, 1]);
  assertStringIncludes(
    named(checks, "service").detail,
    "it refuses to be told the size of an object made of parts",
  );
  assertEquals([fake.bucket("bucket").empty, fake.uploads("bucket").length], [true, 0]);
});

Deno.test("diagnose() with write tells a service of whose racing writers several succeed, and leaves nothing", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.createBucket("bucket", { versioning: "enabled" });
  // The first question of each kind is answered rightly; of those that come at once, all are let through.
  let creating = 0;
  fake.faults.add({
    match: { operation: "PutObject", times: Infinity },
    action: {
      kind: "before",
      run: () => {
        const racing = fake.requests.slice(-8).filter(({ headers }) =>
          headers["if-none-match"] === "*"
        ).length > 1;
        creating += racing ? 1 : 0;
        fake.settings.habits = {
          ...fake.settings.habits,
          ignored: racing ? ["PutObject if-none-match"] : [],
        };
      },
    },
  });
  const { outcome, detail, advice } = named(await examine({ ...options(fake), write: true }), "conditions");
  assert(creating > 1);
  assertEquals(outcome, "warning");
  assertMatch(detail, /of 8 writers that create one object at the same time, \d succeed/);
  assertEquals(advice, "let one writer at a time rely on conditions here");
  assertEquals(fake.bucket("bucket").empty, true);
});
