import { assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { ErrorTable, ServiceFault, type ServiceFaultOptions } from "@lade/service/errors";
import { AZURE_ERRORS } from "./error_table.ts";
import { type Asker, explainFault } from "./explain_fault.ts";

const TABLE = new ErrorTable("Azure Blob Storage", AZURE_ERRORS);
const NOW = Date.parse("2026-01-01T00:00:00Z");

interface Told extends Partial<ServiceFaultOptions> {
  readonly step?: string;
}

function errorOf(operation: string, asker: Asker, { step, ...options }: Told, createOnly = false) {
  const fault = new ServiceFault({ status: 403, ...options });
  const call = { operation, uri: "az://a.b/c/k", createOnly, step };
  const reading = explainFault(fault, call, asker, NOW);
  return TABLE.storeError(fault, call, { endpoint: "a.b", identity: "X", nowMs: NOW }, reading);
}

function tell(...given: Parameters<typeof errorOf>) {
  const { advice, detail } = errorOf(...given);
  return [detail, advice ?? ""].join("; ");
}

const DENIED = { code: "AuthorizationPermissionMismatch" };

Deno.test("explainFault() names the role to grant, by what the call does", () => {
  const roles = {
    get: "Storage Blob Data Reader",
    head: "Storage Blob Data Reader",
    list: "Storage Blob Data Reader",
    put: "Storage Blob Data Contributor",
    "write": "Storage Blob Data Contributor",
    "delete from": "Storage Blob Data Contributor",
    "copy to": "Storage Blob Data Contributor",
    "set the tags of": "Storage Blob Data Owner",
    presign: "Storage Blob Delegator",
  };
  for (const [operation, role] of Object.entries(roles)) {
    assertEquals(
      tell(operation, { kind: "bearer" }, DENIED),
      `access denied to X; grant the role "${role}" on the container or the account, which takes up to ten minutes to hold`,
    );
  }
});

Deno.test("explainFault() names the permission that a signature has to have", () => {
  const permissions = { get: "r", list: "l", put: "w", "delete": "d", "delete versions of": "x" };
  for (const [operation, letter] of Object.entries(permissions)) {
    assertEquals(
      tell(operation, { kind: "sas" }, DENIED),
      `access denied to X; use one that permits ${letter} (sp)`,
    );
  }
  assertEquals(
    tell("put", { kind: "sas" }, DENIED, true),
    "access denied to X; use one that permits c or w (sp)",
  );
});

Deno.test("explainFault() says what a signature lacks by itself, whatever the service calls it", () => {
  const asked: string[] = [];
  const lacks: Asker["lacks"] = (anyOf, level) => {
    asked.push(`${anyOf} ${level}`);
    return "expired 2 h ago";
  };
  for (const code of ["AuthenticationFailed", "AuthorizationFailure"]) {
    assertEquals(
      tell("list", { kind: "sas", lacks }, { code }),
      "X expired 2 h ago; have another one made, in the portal or by az storage container generate-sas",
    );
  }
  tell("put", { kind: "sas", lacks }, DENIED, true);
  tell("delete", { kind: "sas", lacks }, { ...DENIED, step: "delete a version of" });
  tell("list", { kind: "sas", lacks }, { ...DENIED, step: "list containers of" });
  assertEquals(asked, ["l container", "l container", "cw object", "x object", "l account"]);
  const none: Asker = { kind: "sas", lacks: () => undefined };
  assertStrictEquals(tell("get", none, DENIED), "access denied to X; use one that permits r (sp)");
});

Deno.test("explainFault() asks for the right to set tags, too, where something is written with tags", () => {
  const denied = { ...DENIED, step: "write with tags to" };
  assertStringIncludes(tell("put", { kind: "bearer" }, denied), 'the role "Storage Blob Data Owner"');
  assertStringIncludes(tell("put", { kind: "sas" }, denied), "use one that permits w and t (sp)");
  const lacks: Asker["lacks"] = (anyOf) => anyOf === "t" ? "lacks t" : undefined;
  assertStringIncludes(tell("put", { kind: "sas", lacks }, denied), "X lacks t; have");
});

Deno.test("explainFault() takes a signature that is over for none, and says where one does not reach", () => {
  const over: Asker = { kind: "sas", fault: () => "expired", lacks: () => "lacks something" };
  const error = errorOf("get", over, { code: "AuthenticationFailed" });
  assertEquals([error.name, error.detail], ["UnauthenticatedError", "X expired"]);
  const valid: Asker = { kind: "sas", fault: () => undefined, lacks: () => undefined };
  assertEquals(
    tell("delete", valid, { code: "AuthorizationFailure" }),
    "access denied to X; one for a container makes, removes and lists no containers; " +
      "else the firewall may not know this network",
  );
  const message = "Server failed to authenticate the request.";
  const unknown = errorOf("get", valid, { code: "AuthorizationFailure", message });
  assertEquals([unknown.name, unknown.advice], [
    "UnauthenticatedError",
    "give a key or signature that is one of this account",
  ]);
});

Deno.test("explainFault() tells a clock that is off, where the answer to a HEAD has no words", () => {
  const at = (serverTimeMs: number) =>
    tell("head", { kind: "sharedKey" }, { code: "AuthenticationFailed", serverTimeMs });
  assertEquals(
    at(NOW - 901_000),
    "the clock of this machine is 901 s ahead of that of the service; set the clock",
  );
  assertEquals(
    at(NOW + 901_000),
    "the clock of this machine is 901 s behind that of the service; set the clock",
  );
  assertEquals(at(NOW + 899_000).includes("clock of this machine is"), false);
});

Deno.test("explainFault() leaves other failures to the table", () => {
  const fault = new ServiceFault({ status: 404, code: "BlobNotFound" });
  assertEquals(explainFault(fault, { operation: "get", uri: "" }, { kind: "bearer" }, NOW), {});
});
