import { assertEquals, assertNotEquals } from "@std/assert";
import { bucketPlace } from "./bucket_place.ts";
import { type EndpointConfig, resolveEndpoint } from "./resolve_endpoint.ts";

const PLAIN = { region: "us-east-1", dualstack: false, fips: false, allowHttp: true };

function serviceOf(config: Partial<EndpointConfig>, bucket = "bucket"): string | object {
  return bucketPlace(resolveEndpoint({ ...PLAIN, bucket, ...config }), bucket, "key").service;
}

Deno.test("bucketPlace() is the same for a bucket of Amazon's by every region, style and endpoint", () => {
  const service = serviceOf({});
  for (
    const config of [
      { region: "eu-west-1" },
      { forcePathStyle: true },
      { dualstack: true },
      { fips: true },
      { endpoint: "https://s3.eu-central-1.amazonaws.com" },
      { endpoint: "https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com" },
    ]
  ) {
    assertEquals(serviceOf(config), service, JSON.stringify(config));
  }
});

Deno.test("bucketPlace() keeps partitions, other services and aliases of access points apart", () => {
  const alias = "point-1a2b-s3alias";
  const services = [
    serviceOf({}),
    serviceOf({ region: "cn-north-1" }),
    serviceOf({ region: "us-gov-west-1" }),
    serviceOf({ endpoint: "http://127.0.0.1:9000" }),
    serviceOf({ endpoint: "http://localhost:9000" }),
    serviceOf({}, alias),
  ];
  assertEquals(new Set(services).size, services.length);
  assertNotEquals(serviceOf({}, alias), serviceOf({}, "another-s3alias"));
});

Deno.test("bucketPlace() reads one URL in one way", () => {
  const service = serviceOf({ endpoint: "http://Host.example:80/" });
  assertEquals(service, serviceOf({ endpoint: "http://host.example" }));
  assertEquals(service, serviceOf({ endpoint: "http://host.example/", forcePathStyle: false }));
});
