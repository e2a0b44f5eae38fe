import { ServiceError } from "@lade/core/errors";
import { parseXml } from "@lade/service/xml";
import { assertThrows } from "@std/assert";
import { checkPage } from "./check_page.ts";

function check(bucket: string, name: string): void {
  const page = `<ListBucketResult><Name>${name}</Name><IsTruncated>false</IsTruncated></ListBucketResult>`;
  checkPage(parseXml(page), { entries: 0, prefixes: 0 }, bucket, {
    operation: "list",
    uri: `s3://${bucket}`,
  });
}

Deno.test("checkPage() knows a bucket by its name, behind a tenant too, and asks for none of an access point's", () => {
  for (const bucket of ["b", "tenant:b", "point-1a2b3c-s3alias", "lambda-1a2b3c--ol-s3"]) check(bucket, "b");
  for (const bucket of ["c", "tenant:c", "ab", "b:c", "point-s3alias-x"]) {
    assertThrows(() => check(bucket, "b"), ServiceError, 'the page is of the bucket "b"');
  }
});
