import { assertEquals } from "@std/assert";
import { commonFaultOptions, type FaultReader, ServiceFault } from "../errors/mod.ts";
import { EndpointSigns, ResponseHeaders, TransportError, type TransportResponse } from "../http/mod.ts";
import { plainRule } from "./plain_rule.ts";
import { readFault } from "./read_fault.ts";

const FAULTS: FaultReader = {
  isReport: (body) => body.startsWith("no: "),
  read: (reply) => new ServiceFault(commonFaultOptions(reply)),
};

/** What came in place of an answer of the service, of a 404 whose body is read by `text`. */
async function foreignOf(text: () => Promise<string>, headers: Record<string, string> = {}) {
  const body = { text, cancel: () => Promise.resolve() };
  const response = {
    status: 404,
    headers: new ResponseHeaders(Object.keys(headers), Object.values(headers)),
    body,
  };
  const signs = new EndpointSigns({ ids: ["x-toy-id"], prefixes: ["x-toy-"] });
  const rule = plainRule("object", []);
  const { foreign } = await readFault(FAULTS, rule, response as unknown as TransportResponse, signs, 0);
  return foreign;
}

function failing(kind: "reset" | "too-large"): () => Promise<string> {
  const error = new TransportError({ kind, detail: "it failed", endpoint: "http://127.0.0.1", sent: "all" });
  return () => Promise.reject(error);
}

Deno.test("a 404 whose body cannot be read does not say that there is no object, unless the service's headers do", async () => {
  assertEquals(await foreignOf(failing("reset")), "a body that breaks off");
  assertEquals(await foreignOf(failing("too-large")), "a body of more than 65536 bytes");
  assertEquals(await foreignOf(failing("reset"), { "x-toy-id": "1" }), undefined);
  assertEquals(await foreignOf(() => Promise.resolve("")), undefined);
  assertEquals(await foreignOf(() => Promise.resolve("no: such object")), undefined);
});
