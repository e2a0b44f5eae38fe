import { assertEquals } from "@std/assert";
import type { AnswerRule } from "@lade/service/call";
import { answerRule } from "./answer_rule.ts";

/** The rule for `METHOD /bucket/key?query`, with headers of these names. */
function rule(request: string, headers: readonly string[] = []): AnswerRule {
  const [method = "", path = ""] = request.split(" ");
  const [name = "", query = ""] = path.split("?");
  const [, bucket, key] = name.split("/");
  const members = query.split("&").map((member) => member.split("=")[0]);
  return answerRule({
    method,
    hasBucket: Boolean(bucket),
    hasKey: Boolean(key),
    headers,
    has: (member) => members.includes(member),
  });
}

/** Kind, statuses and roots in one text. */
function formOf(request: string, headers: readonly string[] = []): string {
  const { kind, statuses, roots } = rule(request, headers);
  return [kind, statuses, ...(roots ? [roots] : [])].join(" ");
}

const FORMS: readonly (readonly [request: string, form: string, headers?: readonly string[]])[] = [
  ["GET /b/k", "object 200,206"],
  ["GET /b/k?versionId=1", "object 200,206"],
  ["GET /b/k?tagging", "document 200 Tagging"],
  ["GET /b/k?acl", "document 200"],
  ["GET /b/k?uploadId=1", "document 200 ListPartsResult"],
  ["GET /b?uploads", "document 200 ListMultipartUploadsResult"],
  ["GET /b?versions", "document 200 ListVersionsResult,ListBucketVersionsResult,ListBucketResult"],
  ["GET /b?versioning", "document 200 VersioningConfiguration"],
  ["GET /b?location", "document 200"],
  ["GET /b?list-type=2", "document 200 ListBucketResult"],
  ["GET /", "document 200 ListAllMyBucketsResult"],
  ["HEAD /b/k", "head 200"],
  ["HEAD /b", "other 200"],
  ["PUT /b/k", "write 200"],
  ["PUT /b/k?partNumber=1&uploadId=1", "write 200"],
  ["PUT /b/k", "document 200 CopyObjectResult", ["x-amz-copy-source"]],
  ["PUT /b/k?partNumber=1&uploadId=1", "document 200 CopyPartResult,CopyObjectResult", ["x-amz-copy-source"]],
  ["PUT /b/k?tagging", "other 200,204"],
  ["PUT /b", "other 200,204"],
  ["POST /b?delete", "document 200 DeleteResult"],
  ["POST /b/k?uploads", "document 200 InitiateMultipartUploadResult"],
  ["POST /b/k?uploadId=1", "document 200 CompleteMultipartUploadResult"],
  ["POST /b/k?restore", "other 200,202,204"],
  ["DELETE /b/k", "removal 200,204"],
  ["DELETE /b", "removal 200,204"],
  ["OPTIONS /b", "other 200,204"],
];

Deno.test("answerRule() goes by the form of a request", () => {
  for (const [request, form, headers] of FORMS) assertEquals(formOf(request, headers), form, request);
});

Deno.test("answerRule() knows which statuses answer what was not asked for", () => {
  const unasked = (request: string, ...headers: string[]) => rule(request, headers).unasked;
  assertEquals(unasked("GET /b/k"), [304, 412, 416]);
  assertEquals(unasked("GET /b/k", "range"), [304, 412]);
  assertEquals(unasked("GET /b/k", "if-match"), [304, 416]);
  assertEquals(unasked("GET /b/k", "if-none-match"), [416]);
  assertEquals(unasked("GET /b/k", "if-modified-since"), [416]);
  assertEquals(unasked("GET /b/k", "if-unmodified-since"), [304, 416]);
  assertEquals(unasked("PUT /b/k"), [304, 412, 416, 404]);
  assertEquals(unasked("PUT /b/k", "x-amz-copy-source", "x-amz-copy-source-if-match"), [304, 416]);
  assertEquals(unasked("PUT /b/k", "x-amz-copy-source", "x-amz-copy-source-if-none-match"), [416]);
  assertEquals(unasked("PUT /b/k?partNumber=1", "x-amz-copy-source", "x-amz-copy-source-range"), [304, 412]);
  assertEquals(unasked("GET /b?list-type=2"), [304, 412, 416, 404]);
  assertEquals(unasked("GET /b/k?tagging"), [304, 412, 416]);
});
