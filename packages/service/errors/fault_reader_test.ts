import { assertEquals } from "@std/assert";
import { commonFaultOptions, faultInsideSuccess, type FaultReader, foreignFault } from "./fault_reader.ts";
import { ServiceFault } from "./service_fault.ts";

/** A service that says `no: CODE` where it fails. */
const READER: FaultReader = {
  isReport: (body) => body.startsWith("no: "),
  read: (reply) =>
    new ServiceFault({
      ...commonFaultOptions(reply),
      ...(reply.body.startsWith("no: ") ? { code: reply.body.slice(4) } : {}),
    }),
};

Deno.test("commonFaultOptions() reads what HTTP tells of a failure", () => {
  const headers = new Headers({
    "date": "Wed, 01 Jan 2025 00:00:00 GMT",
    "content-range": "bytes */5",
    "retry-after": "2",
  });
  const read = commonFaultOptions({ status: 416, headers, body: "", attempts: 3, waitedMs: 7 });
  assertEquals(
    [read.status, read.serverTimeMs, read.objectSize, read.retryAfterMs, read.attempts, read.waitedMs],
    [416, Date.UTC(2025, 0, 1), 5, 2_000, 3, 7],
  );
  const bare = commonFaultOptions({ status: 500, headers: new Headers({ date: "today" }), body: "" });
  assertEquals([bare.serverTimeMs, bare.objectSize, bare.retryAfterMs, bare.marked], [
    undefined,
    undefined,
    undefined,
    false,
  ]);
});

Deno.test("faultInsideSuccess() finds the failure that a body of success reports", () => {
  const fault = faultInsideSuccess(READER, new Headers(), "no: Busy");
  assertEquals([fault?.status, fault?.code, fault?.marked], [200, "Busy", true]);
  assertEquals(faultInsideSuccess(READER, new Headers(), "yes"), undefined);
});

Deno.test("foreignFault() says what came in place of an answer, and takes nothing of its body for a code", () => {
  const fault = foreignFault(READER, { status: 200, headers: new Headers() }, "the page");
  assertEquals([fault.message, fault.code, fault.foreign, fault.marked], [
    "200: the page",
    "",
    "the page",
    false,
  ]);
});
