import { assertEquals } from "@std/assert";
import { commonFaultOptions } from "./fault_reader.ts";
import { ServiceFault } from "./service_fault.ts";
import { xmlFaults } from "./xml_faults.ts";

const faults = xmlFaults((field, reply) =>
  new ServiceFault({ ...commonFaultOptions(reply), code: field("Code"), message: field("Message") })
);
const read = (body: string) => faults.read({ status: 400, headers: new Headers(), body }).message;

Deno.test("xmlFaults() reads an Error, also one within an ErrorResponse", () => {
  const error = "<Error><Code>Gone</Code><Message>it is gone</Message></Error>";
  for (
    const body of [error, `\ufeff<?xml version='1.0'?>${error}`, `<ErrorResponse>${error}</ErrorResponse>`]
  ) {
    assertEquals([faults.isReport(body), read(body)], [true, "400 Gone: it is gone"]);
  }
  assertEquals(read("<Error><Code></Code></Error>"), "400: the service gave no reason");
});

Deno.test("xmlFaults() takes no other document, and none that breaks off, for a report", () => {
  for (const body of ["", "<html><Error></html>", "<Errors><Error/></Errors>", "<Error><Code>Gone</Code>"]) {
    assertEquals([faults.isReport(body), read(body)], [false, "400: the service gave no reason"], body);
  }
});
