import { assertEquals } from "@std/assert";
import { ResponseHeaders } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import { ServiceTraits } from "../traits/service_traits.ts";
import { etagMd5, md5Digits } from "./etag_md5.ts";

/** The MD5 of no bytes. */
const DIGITS = "d41d8cd98f00b204e9800998ecf8427e";
const BASE64 = "1B2M2Y8AsgTpgAmY7PhCfg==";

function headersOf(fields: Readonly<Record<string, string>>): ResponseHeaders {
  return new ResponseHeaders(Object.keys(fields), Object.values(fields));
}

const PLAIN = headersOf({ etag: `"${DIGITS}"` });

function connectionTo(
  hostname: string,
  bucket = "bucket",
  { amazon = hostname.endsWith("amazonaws.com"), verifyDownloads = true } = {},
): S3Connection {
  const traits = new ServiceTraits();
  return { config: { verifyDownloads }, endpoint: { amazon, hostname }, bucket, traits } as S3Connection;
}

Deno.test("md5Digits() takes 32 digits that are neither of parts nor of bytes encrypted by a key", () => {
  const sse = "x-amz-server-side-encryption";
  const found = [
    { etag: `"${DIGITS}"` },
    { etag: DIGITS.toUpperCase() },
    { etag: `"${DIGITS}"`, [sse]: "AES256" },
    {},
    { etag: `"${DIGITS}-1"` },
    { etag: `"${DIGITS}0"` },
    { etag: `"${DIGITS.slice(1)}x"` },
    { etag: `"${DIGITS}"`, [sse]: "aws:kms" },
    { etag: `"${DIGITS}"`, [sse]: "aws:kms:dsse" },
    { etag: `"${DIGITS}"`, [`${sse}-customer-algorithm`]: "AES256" },
  ].map((fields) => md5Digits(headersOf(fields)));
  assertEquals(found, [...Array(3).fill(DIGITS), ...Array(7).fill(undefined)]);
});

Deno.test("etagMd5() is certain at Amazon, but for directory buckets and Object Lambda", () => {
  const told = (connection: S3Connection) => etagMd5(connection, PLAIN);
  const host = "s3.eu-west-1.amazonaws.com";
  const plain = told(connectionTo(host));
  assertEquals([plain?.md5, plain?.certain], [BASE64, true]);
  for (
    const connection of [
      connectionTo(host, "x--euw1-az1--x-s3"),
      connectionTo("s3express-euw1-az1.eu-west-1.amazonaws.com"),
      connectionTo("point-123.s3-object-lambda.eu-west-1.amazonaws.com"),
      connectionTo(host, "point-alias--ol-s3"),
      connectionTo("s3.example"),
    ]
  ) assertEquals([told(connection)?.md5, told(connection)?.certain], [BASE64, false]);
});

Deno.test("etagMd5() is certain at others once an etag was an MD5, and gone once one was none", () => {
  for (const are of [true, false]) {
    const connection = connectionTo("s3.example");
    const told = etagMd5(connection, PLAIN);
    told?.learn(are);
    assertEquals(
      [told?.certain, etagMd5(connection, PLAIN)?.certain],
      are ? [true, true] : [false, undefined],
    );
    // What is known stays known.
    told?.learn(!are);
    assertEquals(etagMd5(connection, PLAIN)?.certain, are ? true : undefined);
  }
});

Deno.test("etagMd5() at Amazon is told whatever its uploads have shown; without verifyDownloads nothing is", () => {
  const connection = connectionTo("s3.eu-west-1.amazonaws.com");
  connection.traits.md5Etags.differs(false);
  assertEquals(etagMd5(connection, PLAIN)?.certain, true);
  const off = connectionTo("s3.eu-west-1.amazonaws.com", "bucket", { verifyDownloads: false });
  assertEquals(etagMd5(off, PLAIN), undefined);
});
