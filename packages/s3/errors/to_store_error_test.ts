import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import {
  AlreadyExistsError,
  NotFoundError,
  PreconditionFailedError,
  ServiceError,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
} from "@lade/core";
import { ERROR_TABLE } from "./error_table.ts";
import { S3_FAULTS, S3Fault } from "./s3_fault.ts";
import { toStoreError } from "./to_store_error.ts";

const CALL = { operation: "get", uri: "s3://b/k", permission: "s3:GetObject" };
const SETTING = {
  endpoint: "s3.eu-west-1.amazonaws.com",
  region: "eu-west-1",
  identity: 'access key "AKIA" (from the environment)',
  nowMs: Date.UTC(2025, 0, 1, 12, 0, 0),
};
const fault = (status: number, code?: string, more: object = {}) =>
  new S3Fault({ status, code, message: "words", ...more });
const read = (status: number, headers: Headers, body: string) => S3_FAULTS.read({ status, headers, body });

Deno.test("toStoreError() maps every code of the table to its class, with nothing left to fill in", () => {
  for (const row of ERROR_TABLE) {
    for (const when of row.when) {
      const made = typeof when === "number"
        ? fault(when)
        : typeof when === "string"
        ? fault(400, when)
        : fault(400, when.code, { message: "the version ID is not valid" });
      const error = toStoreError(made, CALL, SETTING);
      assertInstanceOf(error, row.error, String(when));
      assert(!/[{}]/.test(error.message), error.message);
      assert(error.message.startsWith('Cannot get "s3://b/k": '), error.message);
      assert(!error.message.endsWith("."), error.message);
      assertStrictEquals(error.cause, made);
    }
  }
});

Deno.test("toStoreError() has one row per code", () => {
  const all = ERROR_TABLE.flatMap((row) => [...row.when]);
  assertEquals(all.length, new Set(all).size);
});

Deno.test("toStoreError() tells the clock skew in seconds and its direction", () => {
  const behind = fault(403, "RequestTimeTooSkewed", { serverTimeMs: SETTING.nowMs + 3_600_000 });
  const error = toStoreError(behind, CALL, SETTING);
  assertInstanceOf(error, UnauthenticatedError);
  assertStringIncludes(error.message, "3600 s behind that of the service; set the clock");
  const ahead = fault(403, "RequestTimeTooSkewed", { serverTimeMs: SETTING.nowMs - 1_000_000 });
  assertStringIncludes(toStoreError(ahead, CALL, SETTING).message, "1000 s ahead of that of the service");
});

Deno.test("toStoreError() names the missing permission and who asked", () => {
  const { message } = toStoreError(fault(403, "AccessDenied"), CALL, SETTING);
  assertStringIncludes(
    message,
    'access denied to access key "AKIA" (from the environment); allow s3:GetObject',
  );
});

Deno.test("toStoreError() tells create-only conflicts from other conditions", () => {
  const put = { ...CALL, operation: "put" };
  assertInstanceOf(
    toStoreError(fault(412, "PreconditionFailed"), { ...put, createOnly: true }, SETTING),
    AlreadyExistsError,
  );
  assertInstanceOf(toStoreError(fault(412), put, SETTING), PreconditionFailedError);
  assertInstanceOf(
    toStoreError(fault(404, "NoSuchKey"), { ...put, ifMatch: true }, SETTING),
    PreconditionFailedError,
  );
  const conflict = toStoreError(
    fault(409, "ConditionalRequestConflict"),
    { ...put, createOnly: true },
    SETTING,
  );
  assertInstanceOf(conflict, PreconditionFailedError);
  assert(conflict.retryable);
});

Deno.test("toStoreError() judges an unknown code by its status only where that says what to do", () => {
  assertInstanceOf(toStoreError(fault(503, "Odd"), CALL, SETTING), ThrottledError);
  assertInstanceOf(toStoreError(fault(500, "Odd"), CALL, SETTING), UnavailableError);
  const odd = toStoreError(fault(404, "NoSuchCORSConfiguration"), CALL, SETTING);
  assertInstanceOf(odd, ServiceError);
  assertStringIncludes(odd.message, "404 NoSuchCORSConfiguration: words");
});

Deno.test("toStoreError() calls a delete marker a missing object", () => {
  assertInstanceOf(
    toStoreError(fault(405, "MethodNotAllowed", { deleteMarker: true }), CALL, SETTING),
    NotFoundError,
  );
});

Deno.test("toStoreError() reads well where a service gives a code and an empty message", () => {
  const xml =
    "<?xml version='1.0'?><Error><Code>InvalidArgument</Code><Message></Message><RequestId>tx1</RequestId></Error>";
  const found = read(400, new Headers(), xml);
  assertEquals(
    toStoreError(found, CALL, SETTING).message,
    'Cannot get "s3://b/k": 400 InvalidArgument: the service gave no reason (request tx1)',
  );
  const denied = read(403, new Headers(), xml.replace("InvalidArgument", "AccessDenied"));
  assertStringIncludes(toStoreError(denied, CALL, SETTING).message, "access denied to access key");
});
