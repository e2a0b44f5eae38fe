import { assertEquals } from "@std/assert";
import { createStoreContext } from "@lade/core";
import {
  createResponseBody,
  ResponseHeaders,
  type Transport,
  type TransportRequest,
} from "@lade/service/http";
import { openS3Store, type S3Options } from "@lade/s3";
import { bare } from "./open_fake.ts";

/** A transport that keeps the requests and answers each as a service would that makes no object. */
class Recorder implements Transport {
  readonly requests: TransportRequest[] = [];

  async send(request: TransportRequest): ReturnType<Transport["send"]> {
    const head = await request.prepare?.(1);
    this.requests.push({ ...request, headers: head?.headers ?? request.headers ?? [] });
    const bytes = new TextEncoder().encode("<Error><Code>NoSuchBucket</Code></Error>");
    let left = bytes;
    const body = createResponseBody({
      read(target) {
        const count = Math.min(target.length, left.length);
        target.set(left.subarray(0, count));
        left = left.subarray(count);
        return Promise.resolve(count);
      },
      close: () => Promise.resolve(),
    }, { endpoint: "", length: bytes.length });
    return {
      status: 404,
      headers: new ResponseHeaders([], []),
      body,
      attempts: 1,
      throttled: false,
      waitedMs: 0,
      connection: { id: 0, endpoint: "", remoteAddress: undefined, reused: undefined },
      timings: { startMs: 0, attemptMs: 0, connectedMs: 0, sentMs: 0, firstByteMs: 0 },
      [Symbol.asyncDispose]: () => body.cancel(),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

const CONFIGS: Readonly<Record<string, S3Options>> = {
  "Amazon's endpoint": { region: "eu-west-1" },
  "Amazon's endpoint in China": { region: "cn-north-1" },
  "Amazon's endpoint with IPv6": { region: "eu-west-1", dualstack: true },
  "Amazon's endpoint, path style": { region: "eu-west-1", forcePathStyle: true },
  "another endpoint": { endpoint: "https://minio.example:9000" },
  "another endpoint with the bucket in the host": {
    endpoint: "https://minio.example",
    forcePathStyle: false,
  },
  "another endpoint below a path": { endpoint: "https://h.example/storage/v1/s3" },
};
const KEYS = [
  "plain",
  "a/b c+d/ä?#%2F&=",
  "a/../b",
  "./x",
  "/lead",
  "trail/",
  "a//b",
  "'()*!~",
  "🦕",
  "\t\n",
];

for (const [name, config] of Object.entries(CONFIGS)) {
  for (const bucket of ["bucket", "with.dots"]) {
    // A host with a bucket of dots in it is not what anybody's certificate covers; the SDK builds none either.
    if (bucket === "with.dots" && config.forcePathStyle === false) continue;
    Deno.test(`both planes send to the same place and sign for the same scope: ${name}, ${bucket}`, async () => {
      const recorder = new Recorder();
      await using store = await openS3Store(bucket, {
        config: { ...config, credentials: { accessKeyId: "AKIA", secretAccessKey: "s" } },
        context: createStoreContext(),
        surroundings: { ...bare, transport: () => recorder },
      });
      for (const key of KEYS) {
        recorder.requests.length = 0;
        await store.get(key).catch(() => {});
        await store.listParts(key, "id")[Symbol.asyncIterator]().next().catch(() => {});
        const [ours, sdks] = recorder.requests.map(({ url, headers = [] }) => {
          const authorization = headers.find(([each]) => each.toLowerCase() === "authorization")?.[1] ?? "";
          return { place: url.split("?")[0], scope: /Credential=[^/]+\/([^,]+)/.exec(authorization)?.[1] };
        });
        assertEquals(ours, sdks, key);
      }
    });
  }
}
