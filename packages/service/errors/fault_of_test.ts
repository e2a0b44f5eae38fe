import { assertEquals } from "@std/assert";
import { NotFoundError } from "@lade/core/errors";
import { faultOf } from "./fault_of.ts";
import { ServiceFault } from "./service_fault.ts";

Deno.test("faultOf() gives what the service reported, of store errors alone", () => {
  const fault = new ServiceFault({ status: 404 });
  const about = { operation: "get", uri: "toy://a/b", detail: "it is gone" };
  assertEquals(faultOf(new NotFoundError({ ...about, cause: fault })), fault);
  for (const error of [new NotFoundError(about), new Error("other", { cause: fault }), fault, undefined]) {
    assertEquals(faultOf(error), undefined);
  }
});
