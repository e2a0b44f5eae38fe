import { assertEquals, assertFalse, assertRejects, assertStringIncludes } from "@std/assert";
import { type ClaimedUrl, InvalidNameError, Registry, type UrlClaims } from "@lade/core/backend";
import type { BackendConfig } from "@lade/core/settings";
import { s3Urls } from "./s3_urls.ts";

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: string;
  /** Configuration by bucket; `""` for all others. */
  readonly configs?: Readonly<Record<string, BackendConfig>>;
}

/** What a URL stands for, as a registry asks. */
async function claimed(uri: string, given: Given = {}): Promise<ClaimedUrl | undefined> {
  const { env = {}, files, configs = {} } = given;
  const urls = s3Urls({
    env: (name) => env[name],
    readFile: (path) => Promise.resolve(path.endsWith("/.aws/config") ? files : undefined),
  });
  let found: ClaimedUrl | undefined;
  const asked: UrlClaims = {
    forms: urls.forms,
    claim: async (url) => {
      found = await urls.claim(url, (uri) => configs[uri.split("/")[2] ?? ""] ?? configs[""]);
      return undefined;
    },
  };
  const load = () => Promise.reject(new Error("the provider was loaded"));
  const registry = new Registry().register({ schemes: ["s3"], load, loadUrls: () => Promise.resolve(asked) });
  const error = await registry.resolve(uri).catch((error) => error);
  if (!`${error}`.includes("no store serves")) throw error;
  return found;
}

const uriOf = async (uri: string, given: Given = {}) => (await claimed(uri, given))?.uri;

const AMAZON: readonly (readonly [url: string, uri: string, region?: string])[] = [
  ["https://bucket.s3.eu-west-1.amazonaws.com/k", "s3://bucket/k", "eu-west-1"],
  ["https://s3.eu-west-1.amazonaws.com/bucket/k", "s3://bucket/k", "eu-west-1"],
  ["https://bucket.s3-eu-west-1.amazonaws.com/k", "s3://bucket/k", "eu-west-1"],
  ["https://bucket.s3.amazonaws.com/k", "s3://bucket/k"],
  ["https://a.b.s3.cn-north-1.amazonaws.com.cn/k", "s3://a.b/k", "cn-north-1"],
  ["HTTPS://Bucket.S3.EU-west-1.amazonaws.com:443/K", "s3://bucket/K", "eu-west-1"],
  ["https://bucket.s3.eu-west-1.amazonaws.com", "s3://bucket", "eu-west-1"],
  ["https://bucket.s3.eu-west-1.amazonaws.com/", "s3://bucket/", "eu-west-1"],
  ["https://s3.eu-west-1.amazonaws.com/bucket", "s3://bucket", "eu-west-1"],
  ["https://s3.eu-west-1.amazonaws.com/bucket/a/", "s3://bucket/a/", "eu-west-1"],
  ["https://bucket.s3-fips.us-east-1.amazonaws.com/k", "s3://bucket@s3-fips.us-east-1.amazonaws.com/k"],
  [
    "https://s3.dualstack.eu-west-1.amazonaws.com/bucket/k",
    "s3://bucket@s3.dualstack.eu-west-1.amazonaws.com/k",
  ],
  ["https://bucket.s3-accelerate.amazonaws.com/k", "s3://bucket@s3-accelerate.amazonaws.com/k"],
];
for (const [url, uri, region] of AMAZON) {
  Deno.test(`s3Urls() reads ${url}`, async () => {
    assertEquals(await claimed(url), { uri, ...(region ? { config: { region } } : {}) });
  });
}

Deno.test("s3Urls() decodes a key once, and drops no segment", async () => {
  const cases: [path: string, key: string][] = [
    ["a%20b%2Bc+d", "a b+c+d"],
    ["100%25", "100%"],
    ["%2525", "%25"],
    ["a%2Fb", "a/b"],
    ["a%3Fb%23c", "a?b#c"],
    ["%C3%B6/%E9%8D%B5", "ö/鍵"],
    ["ö", "ö"],
    ["a/../b/./c//d/%2E%2E", "a/../b/./c//d/.."],
    ["/a", "/a"],
  ];
  for (const [path, key] of cases) {
    assertEquals(await uriOf(`https://bucket.s3.eu-west-1.amazonaws.com/${path}`), `s3://bucket/${key}`);
    assertEquals(
      await uriOf(`https://minio.example/bucket/${path}`, { env: ENDPOINT }),
      `s3://bucket/${key}`,
    );
  }
});

const ENDPOINT = { AWS_ENDPOINT_URL: "https://minio.example" };

Deno.test("s3Urls() reads the URLs of an endpoint that is configured, wherever", async () => {
  const url = "https://minio.example:9000/bucket/a/b";
  const endpoint = "https://minio.example:9000";
  const files = `[default]\nendpoint_url = ${endpoint}\n`;
  assertEquals(await uriOf(url, { env: { AWS_ENDPOINT_URL_S3: endpoint } }), "s3://bucket/a/b");
  assertEquals(await uriOf(url, { env: { HOME: "/home/me" }, files }), "s3://bucket/a/b");
  assertEquals(await uriOf(url, { configs: { "": { endpoint } } }), "s3://bucket/a/b");
  assertEquals(await uriOf(url, { configs: { bucket: { endpoint } } }), "s3://bucket/a/b");
  assertEquals(await uriOf(url, { configs: { other: { endpoint } } }), undefined);
  assertEquals(await uriOf(url), undefined);
  assertEquals(await uriOf(url.replace("https", "http"), { configs: { "": { endpoint } } }), undefined);
  assertEquals(
    await uriOf("http://127.0.0.1:9000/bucket/k", { configs: { "": { endpoint: "http://127.0.0.1:9000" } } }),
    "s3://bucket/k",
  );
});

Deno.test("s3Urls() reads both styles of an endpoint, and its own path", async () => {
  const given = { configs: { "": { endpoint: "https://h.example/base/s3/" } } };
  assertEquals(await uriOf("https://h.example/base/s3/bucket/k", given), "s3://bucket/k");
  assertEquals(await uriOf("https://h.example/base/s3/bucket", given), "s3://bucket");
  assertEquals(await uriOf("https://bucket.h.example/base/s3/k", given), "s3://bucket/k");
  assertEquals(await uriOf("https://my.bucket.h.example/base/s3/k", given), "s3://my.bucket/k");
  assertEquals(await uriOf("https://h.example/base/s33/bucket/k", given), undefined);
  assertEquals(await uriOf("https://h.example/bucket/k", given), undefined);
  assertEquals(await uriOf("https://h.example/", given), undefined);
});

Deno.test("s3Urls() leads a URL of Amazon's to Amazon, whatever endpoint is configured", async () => {
  const url = "https://bucket.s3.eu-west-1.amazonaws.com/k";
  assertEquals(await uriOf(url, { env: ENDPOINT }), "s3://bucket@s3.eu-west-1.amazonaws.com/k");
  assertEquals(
    await uriOf(url, { configs: { bucket: { endpoint: "https://minio.example" } } }),
    "s3://bucket@s3.eu-west-1.amazonaws.com/k",
  );
});

Deno.test("s3Urls() refuses presigned URLs and other queries, and shows no signature", async () => {
  const url = "https://bucket.s3.eu-west-1.amazonaws.com/k";
  const cases: [query: string, said: string][] = [
    ["X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=hush", "it is a presigned URL"],
    ["AWSAccessKeyId=A&Signature=hush&Expires=1", "it is a presigned URL"],
    ["versionId=hush", 'it has "versionId"'],
    ["hush=", "no query is taken"],
  ];
  for (const [query, said] of cases) {
    const { message } = await assertRejects(() => claimed(`${url}?${query}`), InvalidNameError, said);
    assertStringIncludes(message, `Cannot open "${url}":`);
    assertFalse(message.includes("=hush"), message);
  }
  assertEquals(await uriOf(`${url}?`), "s3://bucket/k");
});

Deno.test("s3Urls() refuses a URL without a bucket, and one that is badly encoded", async () => {
  await assertRejects(
    () => claimed("https://s3.eu-west-1.amazonaws.com/"),
    InvalidNameError,
    "names no bucket",
  );
  for (const bucket of ["bucket@evil.example", "bucket%40evil.example", "-", "a b"]) {
    const url = `https://s3.eu-west-1.amazonaws.com/${bucket}/k`;
    await assertRejects(() => claimed(url), InvalidNameError, "is not a valid bucket name");
    assertEquals(await uriOf(`https://minio.example/${bucket}/k`, { env: ENDPOINT }), undefined);
  }
  for (const path of ["100%", "%C3", "%zz"]) {
    const url = `https://bucket.s3.eu-west-1.amazonaws.com/${path}`;
    await assertRejects(() => claimed(url), InvalidNameError, "not percent-encoded UTF-8");
  }
});

Deno.test("s3Urls() tells what is wrong with the configuration, of any URL that it cannot know", async () => {
  const given = { env: { AWS_PROFILE: "nope", HOME: "/home/me" } };
  for (const host of ["bucket.s3.eu-west-1.amazonaws.com", "minio.example"]) {
    await assertRejects(
      () => claimed(`https://${host}/bucket/k`, given),
      TypeError,
      'there is no profile "nope"',
    );
  }
});
