import { assertEquals } from "@std/assert";
import { GCS_JSON_DIALECT } from "./gcs_json_dialect.ts";
import { GCS_XML_DIALECT } from "./gcs_xml_dialect.ts";

const headers = new Headers({ "x-guploader-uploadid": "R1" });
const SAYS = "me@example.com does not have storage.objects.get access to the Google Cloud Storage object.";

function readJson(error: unknown, status = 403) {
  return GCS_JSON_DIALECT.faults.read({ status, headers, body: JSON.stringify({ error }, null, 2) });
}

Deno.test("GCS_JSON_DIALECT takes the reason for the code, and has the words and the request's name", () => {
  const errors = [{ message: SAYS, domain: "global", reason: "forbidden", locationType: "x" }];
  const fault = readJson({ code: 403, message: SAYS, errors });
  assertEquals([fault.code, fault.requestId], ["forbidden", "R1"]);
  assertEquals(fault.message, `403 forbidden: ${SAYS} (request R1)`);
});

Deno.test("GCS_JSON_DIALECT adds the reason that details name more closely", () => {
  const details = [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "USER_PROJECT_DENIED" }, {
    "@type": "type.googleapis.com/google.rpc.Help",
  }];
  const fault = readJson({ code: 403, message: "Denied.", errors: [{ reason: "forbidden" }], details });
  assertEquals(fault.message, "403 forbidden: Denied.; USER_PROJECT_DENIED (request R1)");
  assertEquals(readJson({ code: 404, message: "not found" }, 404).message, "404: not found (request R1)");
  for (const none of [{}, null, [null], [{ reason: {} }], [5]]) {
    const { code, message } = readJson({ code: 404, message: none, errors: none, details: none }, 404);
    assertEquals([code, message], ["", "404: the service gave no reason (request R1)"]);
  }
});

Deno.test("GCS_JSON_DIALECT knows its documents, and takes no other error for its own", () => {
  const { faults, isReceiptBody, rootOf } = GCS_JSON_DIALECT;
  assertEquals(rootOf('{\n  "kind": "storage#object",\n'), "kind");
  assertEquals([isReceiptBody('{"kind":"storage#object"}'), isReceiptBody('{"id":1}')], [true, false]);
  const bodies = ["--batch_1\r\nContent-Type: application/http", "null\n", "-- x\r\n", "nullify"];
  assertEquals(bodies.map(isReceiptBody), [true, true, false, false]);
  assertEquals(faults.isReport('{"error":{"code":503,"message":"Backend Error"}}'), true);
  for (
    const body of [
      '{"error":"invalid_grant","error_description":"Token has been expired or revoked."}',
      '{"error":{}}',
      '{"error":[]}',
      '{"error":null}',
      '{"kind":"storage#object","error":{"code":1}}',
      "<html>",
      "",
    ]
  ) assertEquals(faults.isReport(body), false, body);
});

Deno.test("GCS_XML_DIALECT has code, words and details, and the request's name", () => {
  const body =
    `<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Access denied.</Message>` +
    `<Details>${SAYS}</Details></Error>`;
  const fault = GCS_XML_DIALECT.faults.read({ status: 403, headers, body });
  assertEquals([fault.code, fault.requestId, fault.marked], ["AccessDenied", "R1", true]);
  assertEquals(fault.message, `403 AccessDenied: Access denied. ${SAYS} (request R1)`);
  const bare = GCS_XML_DIALECT.faults.read({ status: 404, headers: new Headers(), body: "" });
  assertEquals([bare.code, bare.marked, bare.message], ["", false, "404: the service gave no reason"]);
});
