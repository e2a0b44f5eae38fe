import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { PermissionDeniedError, ThrottledError, UnauthenticatedError } from "@lade/core/errors";
import { ErrorTable, ServiceFault } from "@lade/service/errors";
import { AZURE_ERRORS } from "./error_table.ts";

const TABLE = new ErrorTable("Azure Blob Storage", AZURE_ERRORS);
const SETTING = { endpoint: "a.blob.core.windows.net", identity: "the key", nowMs: 0 };

/** A table without what aligns its columns. */
function plain(table: string): string {
  return table.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

const BEGIN = /<!-- errors: [^\n]* -->\n/;
const END = "\n<!-- end -->";

Deno.test("AZURE_ERRORS is the table of the documentation", async () => {
  const file = new URL("../../../docs/azure.md", import.meta.url);
  const text = await Deno.readTextFile(file);
  const begin = BEGIN.exec(text);
  const from = (begin?.index ?? 0) + (begin?.[0].length ?? 0);
  const to = text.indexOf(END, from);
  const wanted = ErrorTable.document(AZURE_ERRORS);
  if (Deno.env.get("UPDATE_DOCS")) {
    await Deno.writeTextFile(file, `${text.slice(0, from)}\n${wanted}\n${text.slice(to)}`);
  } else {
    assertEquals(plain(text.slice(from, to)), plain(wanted), "set UPDATE_DOCS=1 to write the table anew");
  }
});

Deno.test("AZURE_ERRORS tells failures of one code apart by the service's words", () => {
  const row = (code: string, message: string) =>
    TABLE.rowOf(new ServiceFault({ status: 403, code, message }));
  const words: readonly (readonly [string, string, string])[] = [
    ["AuthenticationFailed", "Request date header too old: 'Thu'", "the clock of this machine is {skew}"],
    ["AuthenticationFailed", "The MAC signature found in the HTTP request", "the signature does not fit"],
    ["AuthenticationFailed", "Signature not valid in the specified time frame: Start", "has expired"],
    ["AuthenticationFailed", "Signature did not match.", "{identity} does not fit"],
    ["AuthenticationFailed", "", "the service does not accept {identity}"],
    ["AuthorizationFailure", "Server failed to authenticate the request.", "does not accept {identity}"],
    ["AuthorizationFailure", "This request is not authorized to perform this operation.", "from here"],
    ["InvalidAuthenticationInfo", "Issuer validation failed.", "another tenant"],
    ["ServerBusy", "Egress is over the account limit.", "more bytes than the account may move"],
    ["ServerBusy", "The server is busy.", "the service asks for fewer requests"],
    [
      "InvalidHeaderValue",
      "The API version 2026-02-06 is not supported by Azurite.",
      "does not know the version",
    ],
    ["InvalidHeaderValue", "The value is wrong.; x-ms-blob-type", "does not take the request"],
  ];
  for (const [code, message, detail] of words) {
    assert(row(code, message).detail.includes(detail), `${code} ${message}: ${row(code, message).detail}`);
  }
});

Deno.test("AZURE_ERRORS takes a lease for no condition of the caller's, also on a create-only write", () => {
  const fault = new ServiceFault({ status: 412, code: "LeaseIdMissing" });
  const call = { operation: "put", uri: "az://a/c/k", createOnly: true };
  const error = TABLE.storeError(fault, call, SETTING);
  assertStrictEquals(error.constructor, PermissionDeniedError);
  assert(error.message.includes("it is leased"), error.message);
});

Deno.test("AZURE_ERRORS says what to do about each failure of the service's own", () => {
  const silent = AZURE_ERRORS.filter(({ advice, when }) =>
    advice === undefined && when.some((each) => typeof each === "string")
  );
  const classes = [...new Set(silent.map(({ error }) => error.name))].sort();
  // What is, or is not, there, and what no service of the kind can do.
  assertEquals(classes, [
    "AlreadyExistsError",
    "NotEmptyError",
    "NotFoundError",
    "PreconditionFailedError",
    "RangeNotSatisfiableError",
    "UnsupportedError",
  ]);
  for (const { detail, advice = "" } of AZURE_ERRORS) {
    assert(!`${detail}${advice}`.includes(";"), "a semicolon stands between detail and advice alone");
  }
});

Deno.test("AZURE_ERRORS tells the skew of a clock in seconds", () => {
  const fault = new ServiceFault({
    status: 403,
    code: "AuthenticationFailed",
    message: "Request date header too old: 'Thu'",
    serverTimeMs: 1_000_000,
  });
  const error = TABLE.storeError(fault, { operation: "get", uri: "az://a/c/k" }, SETTING);
  assertStrictEquals(error.constructor, UnauthenticatedError);
  assert(
    error.message.includes("the clock of this machine is 1000 s behind that of the service; set the clock"),
  );
});

Deno.test("AZURE_ERRORS takes limits of an account for throttling", () => {
  for (const code of ["ServerBusy", "IngressOverAccountLimit", "EgressOverAccountLimit"]) {
    assertStrictEquals(TABLE.rowOf(new ServiceFault({ status: 503, code })).error, ThrottledError);
  }
});
