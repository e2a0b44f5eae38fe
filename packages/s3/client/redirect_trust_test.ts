import { assertEquals } from "@std/assert";
import { type RedirectTrust, secretHeader, trustRedirect } from "./redirect_trust.ts";

/** An endpoint by its origin. */
function endpoint(origin: string) {
  const { protocol, host, hostname } = new URL(origin);
  return {
    secure: protocol === "https:",
    host,
    hostname,
    amazon: /(^|\.)amazonaws\.com(\.cn)?$/.test(hostname),
  };
}

function trust(from: string, to: string, hosts: readonly string[] = []): RedirectTrust {
  const { protocol, host } = new URL(to);
  return trustRedirect({ secure: protocol === "https:", host }, endpoint(from), hosts);
}

Deno.test("trustRedirect() trusts the service itself, and hosts that the user vouches for", () => {
  assertEquals(trust("http://h.test:9000", "http://h.test:9000"), "own");
  assertEquals(trust("https://s3.h.test", "https://other.test", ["other.test"]), "own");
  assertEquals(trust("https://s3.h.test", "https://other.test:81", ["other.test:81"]), "own");
  assertEquals(trust("https://s3.h.test", "https://other.test:81", ["other.test:80"]), "foreign");
  assertEquals(trust("https://s3.h.test", "http://other.test", ["other.test"]), "foreign");
});

Deno.test("trustRedirect() trusts Amazon's own hosts of S3 from one another, and none of its customers'", () => {
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
  ) assertEquals(trust(from, `https://${host}`), "own", host);
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
  ) assertEquals(trust(from, `https://${host}`), "foreign", host);
  assertEquals(trust("https://s3.h.test", "https://bucket.s3.us-east-1.amazonaws.com"), "foreign");
  assertEquals(
    trust("https://b.s3.cn-north-1.amazonaws.com.cn", "https://b.s3.cn-northwest-1.amazonaws.com.cn"),
    "own",
  );
});

Deno.test("trustRedirect() takes machines of one cluster for near, and those of the internet for foreign", () => {
  for (
    const [from, to, expected] of [
      ["http://127.0.0.1:1", "http://127.0.0.1:2", "near"],
      ["http://127.0.0.1:1", "http://localhost:2", "near"],
      ["http://10.1.2.3:51080", "http://10.1.2.4:51081", "near"],
      ["http://proxy:51080", "http://target-1:51081", "near"],
      ["http://proxy.ais.svc", "http://192.168.7.8", "near"],
      ["https://s3.h.test", "https://node1.s3.h.test", "near"],
      ["https://h.test", "https://evil.test", "foreign"],
      ["https://a.co.uk", "https://b.co.uk", "foreign"],
      ["http://10.1.2.3", "http://8.8.8.8", "foreign"],
      ["http://10.1.2.3", "http://evil.test", "foreign"],
      ["https://h.test", "https://10.1.2.3", "foreign"],
      ["https://h.test", "https://evilh.test", "foreign"],
      ["https://localhost", "http://localhost", "foreign"],
    ] as const
  ) assertEquals(trust(from, to), expected, `${from} to ${to}`);
});

Deno.test("secretHeader() finds what is nobody else's business", () => {
  const key = "x-amz-server-side-encryption-customer-key";
  const sourceKey = "x-amz-copy-source-server-side-encryption-customer-key-MD5";
  for (const name of [key, sourceKey, "X-Amz-Security-Token", "Authorization", "cookie"]) {
    assertEquals(secretHeader({ "content-type": "a", [name]: "b" }), name);
  }
  assertEquals(secretHeader({ "x-amz-date": "", "x-amz-server-side-encryption": "AES256" }), undefined);
});
