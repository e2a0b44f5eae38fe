import { assertEquals } from "@std/assert";
import { createStoreContext, Registry } from "@lade/core/backend";
import { Lade, type LadeConfig } from "@lade/lade";
import { s3Provider, type S3Surroundings } from "@lade/s3";
import { createTransport } from "@lade/service/http";
import { openConnection } from "../../packages/s3/store/open_s3_store.ts";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { bare } from "./open_fake.ts";

const KEYS = { accessKeyId: "AKEY0000000000000001", secretAccessKey: "secret" };

/** Where a `Lade` sends its requests, each as the host and the region it is signed for. */
function watched(config: LadeConfig, env: Readonly<Record<string, string>> = {}) {
  const sent: string[] = [];
  const surroundings: S3Surroundings = {
    ...bare,
    env: (name) => env[name],
    transport: (given) =>
      createTransport({
        ...given,
        retry: { maxAttempts: 1 },
        interceptor: async (request) => {
          const head = await request.prepare?.(1);
          const headers = new Map(
            (head?.headers ?? request.headers ?? []).map(([name, value]) => [name.toLowerCase(), value]),
          );
          const region = headers.get("authorization")?.split("/")[2];
          sent.push(`${new URL(head?.url ?? request.url).origin} ${region}`);
          throw new Error("enough is known");
        },
      }, {}),
  };
  const registry = new Registry({ context: createStoreContext() }).register(s3Provider(surroundings));
  return { sent, lade: new Lade({ registry, config: { s3: { credentials: KEYS }, ...config } }) };
}

const CASES: readonly (readonly [url: string, sent: string])[] = [
  ["https://bucket.s3.eu-west-1.amazonaws.com/k", "https://bucket.s3.eu-west-1.amazonaws.com eu-west-1"],
  ["https://s3.eu-west-1.amazonaws.com/bucket/k", "https://bucket.s3.eu-west-1.amazonaws.com eu-west-1"],
  ["https://s3-eu-west-1.amazonaws.com/bucket/k", "https://bucket.s3.eu-west-1.amazonaws.com eu-west-1"],
  ["https://bucket.s3.amazonaws.com/k", "https://bucket.s3.ap-south-1.amazonaws.com ap-south-1"],
  [
    "https://bucket.s3-fips.us-west-2.amazonaws.com/k",
    "https://bucket.s3-fips.us-west-2.amazonaws.com us-west-2",
  ],
  [
    "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/k",
    "https://bucket.s3.dualstack.eu-west-1.amazonaws.com eu-west-1",
  ],
  ["https://bucket.s3-accelerate.amazonaws.com/k", "https://bucket.s3-accelerate.amazonaws.com ap-south-1"],
  [
    "https://bucket.s3.cn-north-1.amazonaws.com.cn/k",
    "https://bucket.s3.cn-north-1.amazonaws.com.cn cn-north-1",
  ],
];
for (const [url, expected] of CASES) {
  Deno.test(`a read of ${url} goes to ${expected}`, async () => {
    const { sent, lade } = watched({}, { AWS_REGION: "ap-south-1" });
    await using _ = lade;
    await lade.get(url).catch(() => {});
    assertEquals(sent, [expected]);
  });
}

Deno.test("a URL of Amazon's is asked there, whatever endpoint is configured, and so is its s3:// URI", async () => {
  const { sent, lade } = watched({}, { AWS_ENDPOINT_URL: "https://minio.example" });
  await using _ = lade;
  const { uriOf, key } = await lade.locate("https://bucket.s3.eu-west-1.amazonaws.com/k");
  await lade.get(uriOf(key)).catch(() => {});
  await lade.get("s3://bucket/k").catch(() => {});
  assertEquals(sent, [
    "https://bucket.s3.eu-west-1.amazonaws.com eu-west-1",
    "https://minio.example us-east-1",
  ]);
});

Deno.test("the region of a URL is known to whatever names the bucket later", async () => {
  const { sent, lade } = watched({ "s3://bucket/": { tags: { a: "b" } } });
  await using _ = lade;
  await lade.get("https://bucket.s3.eu-west-1.amazonaws.com/k").catch(() => {});
  await lade.get("s3://bucket/k").catch(() => {});
  await lade.get("s3://another/k").catch(() => {});
  assertEquals(sent, [
    "https://bucket.s3.eu-west-1.amazonaws.com eu-west-1",
    "https://bucket.s3.eu-west-1.amazonaws.com eu-west-1",
    "https://another.s3.us-east-1.amazonaws.com us-east-1",
  ]);
});

Deno.test("a URL has what is configured for the s3:// URI that it stands for", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  fake.putObject("bucket", "k", "content");
  const { accessKeyId, secretAccessKey } = fake;
  await using lade = new Lade({
    registry: new Registry().register(s3Provider(bare)),
    config: {
      "s3://bucket/": { endpoint: fake.url, credentials: { accessKeyId, secretAccessKey } },
    },
  });
  assertEquals(new TextDecoder().decode(await lade.get(`${fake.url}/bucket/k`)), "content");
  const uris = await Array.fromAsync(lade.list(`${fake.url}/bucket/`));
  assertEquals(uris.map(({ uri }) => uri), ["s3://bucket/k"]);
});

Deno.test("a host of a region that turns out wrong is left for its counterpart in the right one", async () => {
  const cases: [host: string, right: string][] = [
    ["s3-fips.us-east-1.amazonaws.com", "bucket.s3-fips.us-west-2.amazonaws.com"],
    ["s3.dualstack.us-east-1.amazonaws.com", "bucket.s3.dualstack.us-west-2.amazonaws.com"],
    ["s3-us-east-1.amazonaws.com", "bucket.s3.us-west-2.amazonaws.com"],
    ["s3-accelerate.amazonaws.com", "bucket.s3-accelerate.amazonaws.com"],
    ["minio.example", "minio.example"],
  ];
  for (const [host, right] of cases) {
    const { connection, close } = await openConnection("open", `bucket@${host}`, { bucket: "bucket", host }, {
      surroundings: bare,
    });
    connection.moveTo("us-west-2");
    assertEquals([connection.endpoint.host, connection.region], [right, "us-west-2"]);
    await close();
  }
});
