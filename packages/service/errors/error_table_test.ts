import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  AlreadyExistsError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
} from "@lade/core/errors";
import { type ErrorRow, ErrorTable } from "./error_table.ts";
import { ServiceFault, type ServiceFaultOptions } from "./service_fault.ts";

const ROWS: readonly ErrorRow[] = [
  { when: ["Gone", { code: "Bad", says: /no such/ }, 404], error: NotFoundError, detail: "no such thing" },
  { when: ["Denied"], error: PermissionDeniedError, detail: "{identity} may not", advice: "grant {right}" },
  { when: ["Late"], error: UnauthenticatedError, detail: "the clock is {skew}", advice: "set it" },
  { when: ["Changed", 412], error: PreconditionFailedError, detail: "it changed" },
  { when: ["Raced"], error: PreconditionFailedError, detail: "a race", retryable: true },
  { when: [503], error: ThrottledError, detail: "{endpoint} is busy" },
  { when: [500], error: UnavailableError, detail: "it failed: {message}" },
];
const TABLE = new ErrorTable("a toy service", ROWS);
const CALL = { operation: "get", uri: "toy://a" };
const SETTING = { endpoint: "toy.test", identity: "user u", nowMs: 1_000_000 };

const fault = (options: Partial<ServiceFaultOptions>) =>
  new ServiceFault({ status: 400, message: "words", ...options });
const told = (options: Partial<ServiceFaultOptions>, call = {}) =>
  TABLE.storeError(fault(options), { ...CALL, ...call }, SETTING);

Deno.test("ErrorTable finds a row by code, by words and by the status of a fault without a code", () => {
  assertInstanceOf(told({ code: "Gone" }), NotFoundError);
  assertInstanceOf(told({ status: 404 }), NotFoundError);
  assertInstanceOf(told({ code: "Bad", message: "no such name" }), NotFoundError);
  assertInstanceOf(told({ code: "Bad", message: "no reason" }), ServiceError);
  assertInstanceOf(told({ code: "Odd", status: 404 }), ServiceError);
  assertInstanceOf(told({ code: "Odd", status: 503 }), ThrottledError);
  const rows = [401, 429].map((status): ErrorRow => ({
    when: [status],
    error: UnavailableError,
    detail: "",
  }));
  for (const status of [401, 429]) {
    const { error } = new ErrorTable("a toy service", rows).rowOf(fault({ code: "Odd", status }));
    assertStrictEquals(error, UnavailableError);
  }
});

Deno.test("ErrorTable finds a row by words that come with any code, before that of the code", () => {
  const any: ErrorRow = { when: [{ code: "*", says: /bill|pay/ }], error: PermissionDeniedError, detail: "" };
  const table = new ErrorTable("a toy service", [...ROWS, any]);
  const errorOf = (options: Partial<ServiceFaultOptions>) => table.rowOf(fault(options)).error;
  const said = { message: "pay first" };
  assertEquals([errorOf({ code: "Gone", ...said }), errorOf(said), errorOf({ code: "Gone" })], [
    PermissionDeniedError,
    PermissionDeniedError,
    NotFoundError,
  ]);
  assertEquals(
    ErrorTable.document([any]).split("\n")[2],
    "| any (`/bill\\|pay/`) | `PermissionDeniedError` |  |",
  );
});

Deno.test("ErrorTable fills in what the setting, the fault and the call know", () => {
  const denied = fault({ code: "Denied" });
  const error = TABLE.storeError(denied, CALL, SETTING, {
    words: (name) => name === "right" ? "r:Get" : undefined,
  });
  assertEquals([error.detail, error.advice], ["user u may not", "grant r:Get"]);
  assertStrictEquals(error.cause, denied);
  assertEquals(told({ code: "Denied" }).advice, "grant {right}");
  assertEquals(told({ status: 503 }).detail, "toy.test is busy");
  assertEquals(told({ code: "Odd" }).detail, "400 Odd: words");
  const clock = (serverTimeMs?: number) => told({ code: "Late", serverTimeMs }).message;
  assertEquals(
    clock(1_060_000),
    'Cannot get "toy://a": the clock is 60 s behind that of the service; set it',
  );
  assertEquals(
    clock(940_000),
    'Cannot get "toy://a": the clock is 60 s ahead of that of the service; set it',
  );
  assertEquals(clock(), 'Cannot get "toy://a": the clock is too far from that of the service; set it');
});

Deno.test("ErrorTable tells how often was tried, how long was waited and what the service asks for", () => {
  const error = told({ status: 503, attempts: 3, waitedMs: 12_345, retryAfterMs: 1_500 });
  assertEquals(error.detail, "toy.test is busy (3 tries in 12 s); it asks to wait 2 s");
  assertEquals([error.retryAfterMs, error.waitedMs, error.retryable], [1_500, 12_345, true]);
});

Deno.test("ErrorTable tells a call that was to create that something is there, but for a race", () => {
  assertInstanceOf(told({ status: 412 }, { createOnly: true }), AlreadyExistsError);
  assertInstanceOf(told({ status: 412 }), PreconditionFailedError);
  const raced = told({ code: "Raced" }, { createOnly: true });
  assertInstanceOf(raced, PreconditionFailedError);
  assertEquals(raced.retryable, true);
  const row = ROWS[3];
  assertInstanceOf(
    TABLE.storeError(fault({ status: 412 }), { ...CALL, createOnly: true }, SETTING, { row }),
    PreconditionFailedError,
  );
});

Deno.test("ErrorTable lets an answer of somebody else decide nothing, unless it is busy or down", () => {
  const foreign = (status: number) => told({ status, foreign: 'the page "Log in"' });
  assertEquals(
    [foreign(404).name, foreign(404).detail],
    ["ServiceError", 'a 404 that is not the service\'s: the page "Log in"'],
  );
  assertEquals(
    foreign(200).detail,
    'the answer is not that of a toy service: status 200 with the page "Log in"',
  );
  assertInstanceOf(foreign(503), ThrottledError);
  assertEquals(foreign(503).advice?.startsWith("try again later, or check what stands between"), true);
  assertInstanceOf(foreign(599), ServiceError);
});

Deno.test("ErrorTable.document() writes the rows as a table", () => {
  assertEquals(ErrorTable.document(ROWS.slice(0, 2)).split("\n").slice(2), [
    "| `Gone`, `Bad` (`/no such/`), `404` | `NotFoundError` | no such thing |",
    "| `Denied` | `PermissionDeniedError` | _identity_ may not; grant _right_ |",
  ]);
});
