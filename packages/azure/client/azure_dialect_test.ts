import { assert, assertEquals } from "@std/assert";
import { AZURE_DIALECT } from "./azure_dialect.ts";

function read(status: number, headers: Record<string, string>, fields?: Record<string, string>) {
  const inner = Object.entries(fields ?? {}).map(([name, text]) => `<${name}>${text}</${name}>`).join("");
  const body = fields ? `\ufeff<?xml version="1.0" encoding="utf-8"?><Error>${inner}</Error>` : "";
  return AZURE_DIALECT.faults.read({ status, headers: new Headers(headers), body });
}

Deno.test("AZURE_DIALECT takes the code from a header, since HEAD has no body, and the request's id", () => {
  const fault = read(404, { "x-ms-error-code": "BlobNotFound", "x-ms-request-id": "R1" });
  assertEquals([fault.code, fault.requestId, fault.marked], ["BlobNotFound", "R1", true]);
  assertEquals(fault.message, "404 BlobNotFound: the service gave no reason (request R1)");
});

Deno.test("AZURE_DIALECT takes the code from the document, and what explains it", () => {
  const fault = read(400, {}, {
    Code: "InvalidHeaderValue",
    Message: "The value is wrong.\nRequestId:R1\nTime:2026-01-01",
    HeaderName: "x-ms-version",
    HeaderValue: "2020",
  });
  assertEquals(fault.message, "400 InvalidHeaderValue: The value is wrong.; x-ms-version");
});

Deno.test("AZURE_DIALECT shows no signature, and not what was signed", () => {
  const mac = read(403, { "x-ms-error-code": "AuthenticationFailed" }, {
    Message: "Server failed to authenticate the request.\nRequestId:R1",
    AuthenticationErrorDetail:
      "The MAC signature found in the HTTP request 'SECRET=' is not the same as any computed signature. " +
      "Server used following string to sign: 'GET\n\n\nx-ms-date:now\n/account'.",
  });
  const sas = read(403, { "x-ms-error-code": "AuthenticationFailed" }, {
    Message: "Server failed to authenticate the request.",
    AuthenticationErrorDetail: "Signature did not match. String to sign used was r\n\nSECRET\n/blob/a/c",
  });
  assertEquals(
    mac.message,
    "403 AuthenticationFailed: Server failed to authenticate the request.; " +
      "The MAC signature found in the HTTP request  is not the same as any computed signature.",
  );
  assertEquals(
    sas.message,
    "403 AuthenticationFailed: Server failed to authenticate the request.; Signature did not match.",
  );
});

Deno.test("AZURE_DIALECT tells 304 apart from a condition that did not hold, which has the same code", () => {
  assertEquals(read(304, { "x-ms-error-code": "ConditionNotMet" }).code, "");
  assertEquals(read(412, { "x-ms-error-code": "ConditionNotMet" }).code, "ConditionNotMet");
});

Deno.test("AZURE_DIALECT takes no other document for a report", () => {
  const { isReport } = AZURE_DIALECT.faults;
  assert(isReport("\ufeff<?xml version='1.0'?><Error><Code>ServerBusy</Code></Error>"));
  for (const body of ["", "<html><Error></html>", "<Errors><Error/></Errors>", "<Error><Code>Serv"]) {
    assert(!isReport(body), body);
  }
});
