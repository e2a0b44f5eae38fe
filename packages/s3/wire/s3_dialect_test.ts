import { assertEquals } from "@std/assert";
import { s3Redirects } from "./s3_dialect.ts";

const POLICY = { allowHttp: false, redirectHosts: [] };

/** Whether a host is one of the service's whose endpoint has this URL. */
function isOwn(from: string, host: string): boolean | undefined {
  const { hostname } = new URL(from);
  const amazon = /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname);
  return s3Redirects(POLICY, () => ({ amazon, hostname })).isOwn?.(host.replace(/:\d+$/, ""));
}

Deno.test("s3Redirects() trusts Amazon's own hosts of S3 from one another, and none of its customers'", () => {
  const from = "https://bucket.s3.us-east-1.amazonaws.com";
  for (
    const host of [
      "bucket.s3.amazonaws.com",
      "bucket.s3-us-west-2.amazonaws.com",
      "bucket.s3.eu-west-1.amazonaws.com",
      "s3.dualstack.ap-southeast-2.amazonaws.com",
      "bucket.s3-fips.us-gov-west-1.amazonaws.com",
      "bucket.with.dots.s3.eu-central-1.amazonaws.com",
      "bucket.s3-accelerate.amazonaws.com",
    ]
  ) assertEquals(isOwn(from, host), true, host);
  for (
    const host of [
      "ec2-1-2-3-4.compute.amazonaws.com",
      "s3-evil-123.us-east-1.elb.amazonaws.com",
      "s3.us-east-1.elb.amazonaws.com",
      "s3.amazonaws.com.evil.test",
      "evils3.amazonaws.com",
      "s3.cn-north-1.amazonaws.com.cn",
      "localhost:1",
      "10.0.0.1",
    ]
  ) assertEquals(isOwn(from, host), false, host);
  assertEquals(isOwn("https://s3.h.test", "bucket.s3.us-east-1.amazonaws.com"), undefined);
  const china = "https://b.s3.cn-north-1.amazonaws.com.cn";
  assertEquals(isOwn(china, "b.s3.cn-northwest-1.amazonaws.com.cn"), true);
});

Deno.test("s3Redirects() finds what is nobody else's business", () => {
  const { isSigned, secretIn, unsigned } = s3Redirects(POLICY, () => ({ amazon: false, hostname: "h.test" }));
  const key = "x-amz-server-side-encryption-customer-key";
  const sourceKey = "x-amz-copy-source-server-side-encryption-customer-key-MD5";
  for (const name of [key, sourceKey]) assertEquals(secretIn(["content-type", name]), name);
  assertEquals(secretIn(["X-Amz-Security-Token"]), "a session token");
  assertEquals(secretIn(["x-amz-date", "authorization", "x-amz-server-side-encryption"]), undefined);
  assertEquals([isSigned({ "X-Amz-Signature": "a" }), isSigned({ "X-Amz-Date": "a" })], [true, false]);
  assertEquals(unsigned({ "x-amz-checksum-mode": "ENABLED", range: "r" }), { range: "r" });
});
