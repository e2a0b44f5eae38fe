import { assertEquals, assertThrows } from "@std/assert";
import { type EndpointConfig, resolveEndpoint } from "./resolve_endpoint.ts";

const BASE: EndpointConfig = {
  region: "eu-west-1",
  bucket: "bucket",
  dualstack: false,
  fips: false,
  allowHttp: false,
};

/** Scheme, host and path prefix. */
function place(config: Partial<EndpointConfig>): string {
  const { secure, host, pathPrefix } = resolveEndpoint({ ...BASE, ...config });
  return `${secure ? "https" : "http"}://${host}${pathPrefix}`;
}

const PLACES: readonly (readonly [Partial<EndpointConfig>, string])[] = [
  [{}, "https://bucket.s3.eu-west-1.amazonaws.com"],
  [{ bucket: undefined }, "https://s3.eu-west-1.amazonaws.com"],
  [{ bucket: "with.dots" }, "https://s3.eu-west-1.amazonaws.com/with.dots"],
  [{ bucket: "Old_Name" }, "https://s3.eu-west-1.amazonaws.com/Old_Name"],
  [{ forcePathStyle: true }, "https://s3.eu-west-1.amazonaws.com/bucket"],
  [{ region: "cn-north-1" }, "https://bucket.s3.cn-north-1.amazonaws.com.cn"],
  [{ dualstack: true }, "https://bucket.s3.dualstack.eu-west-1.amazonaws.com"],
  [{ fips: true, dualstack: true }, "https://bucket.s3-fips.dualstack.eu-west-1.amazonaws.com"],
  [{ endpoint: "https://minio.example:9000" }, "https://minio.example:9000/bucket"],
  [{ endpoint: "https://minio.example:9000/" }, "https://minio.example:9000/bucket"],
  [{ endpoint: "https://minio.example:443" }, "https://minio.example/bucket"],
  [{ endpoint: "https://h.example/storage/v1/s3/" }, "https://h.example/storage/v1/s3/bucket"],
  [{ endpoint: "https://minio.example", forcePathStyle: false }, "https://bucket.minio.example"],
  [{ endpoint: "https://h.example/base", forcePathStyle: false }, "https://bucket.h.example/base"],
  [{ endpoint: "http://127.0.0.1:9000" }, "http://127.0.0.1:9000/bucket"],
  [{ endpoint: "http://localhost:9000" }, "http://localhost:9000/bucket"],
  [{ endpoint: "http://[::1]:9000" }, "http://[::1]:9000/bucket"],
  [{ endpoint: "http://10.0.0.1:9000", allowHttp: true }, "http://10.0.0.1:9000/bucket"],
  [{ endpoint: "https://s3.us-west-2.amazonaws.com" }, "https://bucket.s3.us-west-2.amazonaws.com"],
];

for (const [config, wanted] of PLACES) {
  Deno.test(`resolveEndpoint() of ${JSON.stringify(config)} is ${wanted}`, () =>
    assertEquals(place(config), wanted));
}

const WRONG = [
  "minio.example",
  "ftp://h",
  "https://",
  "https://h/?x=1",
  "https://h/#x",
  "https://user:hush@h",
  "http://10.0.0.1",
  "http://127.0.0.1.example.com",
];
for (const endpoint of WRONG) {
  Deno.test(`resolveEndpoint() refuses ${endpoint}`, () => {
    const error = assertThrows(() => place({ endpoint }), TypeError);
    assertEquals(error.message.includes("hush"), false);
  });
}
