import { assertEquals } from "@std/assert";
import { type AmazonHost, amazonHost } from "./amazon_host.ts";

const PLAIN = { dualstack: false, fips: false, accelerate: false };

const HOSTS: readonly (readonly [host: string, read: Partial<AmazonHost> & { service: string }])[] = [
  ["b.s3.eu-west-1.amazonaws.com", {
    bucket: "b",
    service: "s3.eu-west-1.amazonaws.com",
    region: "eu-west-1",
  }],
  ["s3.eu-west-1.amazonaws.com", { service: "s3.eu-west-1.amazonaws.com", region: "eu-west-1" }],
  ["a.b.s3.us-gov-west-1.amazonaws.com", {
    bucket: "a.b",
    service: "s3.us-gov-west-1.amazonaws.com",
    region: "us-gov-west-1",
  }],
  ["s3-eu-west-1.amazonaws.com", { service: "s3-eu-west-1.amazonaws.com", region: "eu-west-1" }],
  ["b.s3-us-west-2.amazonaws.com", {
    bucket: "b",
    service: "s3-us-west-2.amazonaws.com",
    region: "us-west-2",
  }],
  ["b.s3.amazonaws.com", { bucket: "b", service: "s3.amazonaws.com" }],
  ["s3-external-1.amazonaws.com", { service: "s3-external-1.amazonaws.com", region: "us-east-1" }],
  ["b.s3.cn-north-1.amazonaws.com.cn", {
    bucket: "b",
    service: "s3.cn-north-1.amazonaws.com.cn",
    region: "cn-north-1",
  }],
  ["b.s3.dualstack.eu-west-1.amazonaws.com", {
    bucket: "b",
    service: "s3.dualstack.eu-west-1.amazonaws.com",
    region: "eu-west-1",
    dualstack: true,
  }],
  ["b.s3-fips.us-east-1.amazonaws.com", {
    bucket: "b",
    service: "s3-fips.us-east-1.amazonaws.com",
    region: "us-east-1",
    fips: true,
  }],
  ["s3-fips.dualstack.us-east-1.amazonaws.com", {
    service: "s3-fips.dualstack.us-east-1.amazonaws.com",
    region: "us-east-1",
    fips: true,
    dualstack: true,
  }],
  ["s3-fips-us-gov-west-1.amazonaws.com", {
    service: "s3-fips-us-gov-west-1.amazonaws.com",
    region: "us-gov-west-1",
    fips: true,
  }],
  ["b.s3-accelerate.amazonaws.com", {
    bucket: "b",
    service: "s3-accelerate.amazonaws.com",
    accelerate: true,
  }],
  ["b.s3-accelerate.dualstack.amazonaws.com", {
    bucket: "b",
    service: "s3-accelerate.dualstack.amazonaws.com",
    accelerate: true,
    dualstack: true,
  }],
  ["b.s3.eusc-de-east-1.amazonaws.eu", {
    bucket: "b",
    service: "s3.eusc-de-east-1.amazonaws.eu",
    region: "eusc-de-east-1",
  }],
];

for (const [host, read] of HOSTS) {
  Deno.test(`amazonHost() reads ${host}`, () => assertEquals(amazonHost(host), { ...PLAIN, ...read }));
}

const OTHERS = [
  "amazonaws.com",
  "s3.example.com",
  "s3.eu-west-1.amazonaws.com.example.com",
  "evil-amazonaws.com",
  "b.s3-website-us-east-1.amazonaws.com",
  "b.s3-website.eu-west-1.amazonaws.com",
  "b.s3-accesspoint.eu-west-1.amazonaws.com",
  "b.s3-object-lambda.eu-west-1.amazonaws.com",
  "1.s3-control.eu-west-1.amazonaws.com",
  "b.s3express-use1-az4.us-east-1.amazonaws.com",
  "bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com",
  "s3.cn-north-1.amazonaws.com",
  "s3.eu-west-1.amazonaws.com.cn",
  "s3-fips.amazonaws.com",
  "xs3.eu-west-1.amazonaws.com",
  "ec2.eu-west-1.amazonaws.com",
];
for (const host of OTHERS) {
  Deno.test(`amazonHost() knows nothing of ${host}`, () => assertEquals(amazonHost(host), undefined));
}
