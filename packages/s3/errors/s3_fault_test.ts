import { assertEquals } from "@std/assert";
import { faultInsideSuccess } from "@lade/service/errors";
import { S3_FAULTS } from "./s3_fault.ts";

const read = (status: number, headers: Headers, body: string) => S3_FAULTS.read({ status, headers, body });

Deno.test("S3_FAULTS reads what the XML and the headers tell", () => {
  const made = read(
    416,
    new Headers({ "retry-after": "2", date: "Wed, 01 Jan 2025 00:00:00 GMT", "x-amz-request-id": "R" }),
    '<?xml version="1.0"?><Error><Code>InvalidRange</Code><Message>m</Message><ActualObjectSize>5</ActualObjectSize></Error>',
  );
  assertEquals([made.status, made.code, made.objectSize, made.retryAfterMs, made.requestId], [
    416,
    "InvalidRange",
    5,
    2000,
    "R",
  ]);
  assertEquals(made.serverTimeMs, Date.UTC(2025, 0, 1));
  assertEquals(made.message, "416 InvalidRange: m (request R)");
});

Deno.test("S3_FAULTS takes a body that is no XML for an answer without a code", () => {
  for (const body of ["", "<html><Error></html>", "<Error><Code>NoSuchKey</Code>", "Error"]) {
    const made = read(507, new Headers({ "x-amz-bucket-region": "eu-west-3" }), body);
    assertEquals([made.code, made.region], ["", "eu-west-3"]);
  }
});

Deno.test("faultInsideSuccess() finds an error after the white space that keeps a slow answer alive", () => {
  const body = "\n  \n<Error><Code>InternalError</Code><Message>m</Message></Error>";
  assertEquals(faultInsideSuccess(S3_FAULTS, new Headers(), body)?.code, "InternalError");
  assertEquals(
    faultInsideSuccess(S3_FAULTS, new Headers(), "<CopyObjectResult><ETag>Error</ETag></CopyObjectResult>"),
    undefined,
  );
});
