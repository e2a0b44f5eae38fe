import {
  InvalidNameError,
  NotFoundError,
  PermissionDeniedError,
  QuotaExceededError,
  ServiceError,
  StoreError,
  UnavailableError,
} from "@lade/core";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { fileError } from "./file_error.ts";

const subject = { operation: "get", uri: "file:///a" };

function systemError(code: string): Error {
  return Object.assign(new Error(`${code} in the system's words`), { code });
}

Deno.test("fileError() gives each error of the system its class", () => {
  const cases = [
    ["ENOENT", NotFoundError, false],
    ["ENAMETOOLONG", InvalidNameError, false],
    ["EACCES", PermissionDeniedError, false],
    ["EROFS", PermissionDeniedError, false],
    ["ENOSPC", QuotaExceededError, false],
    ["EDQUOT", QuotaExceededError, false],
    ["EMFILE", UnavailableError, true],
    ["EIO", ServiceError, false],
  ] as const;
  for (const [code, type, retryable] of cases) {
    const error = fileError(systemError(code), subject);
    assertInstanceOf(error, type);
    assertEquals(error.retryable, retryable, code);
    assertStringIncludes(error.message, 'Cannot get "file:///a": ');
    assertInstanceOf(error.cause, Error);
  }
});

Deno.test("fileError() repeats the system's words where it knows no better", () => {
  const error = fileError(systemError("EWEIRD"), subject);
  assertInstanceOf(error, ServiceError);
  assertStringIncludes(error.message, "EWEIRD in the system's words");
});

Deno.test("fileError() leaves a signal's reason, store errors and programming errors alone", () => {
  const reason = systemError("ENOENT");
  const others = [new TypeError("x"), new NotFoundError({ ...subject, detail: "x" }), "text"];
  assertStrictEquals(fileError(reason, subject, AbortSignal.abort(reason)), reason);
  for (const other of others) assertStrictEquals(fileError(other, subject), other);
});

Deno.test("fileError() understands what Deno really throws", () => {
  const root = Deno.makeTempDirSync();
  const thrown = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return fileError(error, subject);
    }
  };
  try {
    Deno.symlinkSync(`${root}/loop`, `${root}/loop`);
    Deno.writeTextFileSync(`${root}/file`, "");
    assertInstanceOf(thrown(() => Deno.openSync(`${root}/none`)), NotFoundError);
    assertInstanceOf(thrown(() => Deno.openSync(`${root}/file/below`)), NotFoundError);
    assertInstanceOf(thrown(() => Deno.openSync(`${root}/${"x".repeat(300)}`)), InvalidNameError);
    assertInstanceOf(thrown(() => Deno.openSync(`${root}/loop`)), InvalidNameError);
    assertInstanceOf(thrown(() => Deno.openSync(root, { write: true })), InvalidNameError);
    const invalid = thrown(() => Deno.renameSync(root, `${root}/file/below`));
    assert(
      invalid instanceof StoreError,
      "an EINVAL is a TypeError of Deno's, and of the system all the same",
    );
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
