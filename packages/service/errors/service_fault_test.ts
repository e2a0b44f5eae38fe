import { assertEquals } from "@std/assert";
import { ServiceFault } from "./service_fault.ts";

Deno.test("ServiceFault has code, words and the name of the request, and of none more than is of use", () => {
  const { message } = new ServiceFault({
    status: 404,
    code: "Gone",
    message: "no such thing",
    requestId: "r",
  });
  assertEquals(message, "404 Gone: no such thing (request r)");
  const long = "x".repeat(100_000);
  const fault = new ServiceFault({ status: 500, code: long, message: long, requestId: long });
  assertEquals([fault.code.length, fault.message.length < 7_000], [2_001, true]);
  assertEquals(new ServiceFault({ status: 502, foreign: long }).message, `502: ${"x".repeat(2_000)}…`);
});
