import { assertEquals } from "@std/assert";
import { nearUri } from "./near_uri.ts";

Deno.test("nearUri() finds what was meant to be a URI", () => {
  const cases: Record<string, string> = {
    "s3:/bucket/key": "s3://bucket/key",
    "s3:bucket/key": "s3://bucket/key",
    "S3:/bucket": "s3://bucket",
    "s3:\\\\bucket\\key": "s3://bucket\\key",
    "s3//bucket/key": "s3://bucket/key",
    "s3:": "s3://",
    " s3://bucket/key": "s3://bucket/key",
    '"s3://bucket/key"': "s3://bucket/key",
    "s3a:/bucket": "s3a://bucket",
    "gs:/b/k": "gs://b/k",
    "az:c/k": "az://c/k",
    "file:/x/y": "file:///x/y",
    "file:x": "file:///x",
    "direct:/x": "direct:///x",
    "memory:m/x": "memory://m/x",
    "https:/host/x": "https://host/x",
  };
  for (const [text, uri] of Object.entries(cases)) assertEquals(nearUri(text), uri, text);
});

Deno.test("nearUri() leaves URIs and paths alone", () => {
  const names = [
    "s3://b/k",
    "S3://b",
    "file:///x",
    "other:x",
    "a:b",
    "./s3:/b",
    "/s3:/b",
    "s3/b",
    "s3",
    "x/s3:/b",
    "",
  ];
  for (const text of names) assertEquals(nearUri(text), undefined, text);
});
