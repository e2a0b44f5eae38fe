import {
  AlreadyExistsError,
  NotFoundError,
  PreconditionFailedError,
  RangeNotSatisfiableError,
  StoreError,
  type StoreErrorCode,
  UnsupportedError,
} from "@lade/core/errors";
import { objectUri } from "@lade/core/backend";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectEqual, expectError, rejectionOf } from "../expect.ts";
import { bytesOf } from "../samples.ts";

/** What errors say. */
export const errorCases: readonly ConformanceCase[] = [
  {
    name: "errors of missing objects tell code, operation, uri and that a retry is in vain",
    async run({ store }) {
      const key = "missing/ö ä%20.bin";
      const calls = [
        () => store.get(key),
        () => store.head(key),
        () => store.copy(key, "to"),
        () => store.rename(key, "to"),
      ];
      for (const call of calls) {
        const error = await expectError(call, NotFoundError, "a call on a missing object");
        expectTold(error, "not-found", "NotFoundError", objectUri(store.uri, key));
      }
    },
  },
  {
    name: "errors of ranges tell code, operation and uri",
    async run({ store }) {
      await store.put("object", bytesOf("x"));
      const get = () => store.get("object", { range: { offset: 1 } });
      const error = await expectError(get, RangeNotSatisfiableError, "get()");
      expectTold(error, "range-not-satisfiable", "RangeNotSatisfiableError", objectUri(store.uri, "object"));
    },
  },
  {
    name: "errors of conditions tell code, operation and uri",
    async run({ store }) {
      await store.put("object", bytesOf("x"));
      const uri = objectUri(store.uri, "object");
      const get = () => store.get("object", { ifMatch: "another" });
      const changed = await expectError(get, PreconditionFailedError, "get()");
      expectTold(changed, "precondition-failed", "PreconditionFailedError", uri);
      const put = () => store.put("object", bytesOf("x"), { ifNoneMatch: "*" });
      const refused = await rejectionOf(put, "put()");
      if (store.capabilities.createOnly === false) {
        expect(refused instanceof UnsupportedError, `put() is refused by ${refused}`);
        expectTold(refused, "unsupported", "UnsupportedError", uri);
      } else {
        expect(refused instanceof AlreadyExistsError, `put() is refused by ${refused}`);
        expectTold(refused, "already-exists", "AlreadyExistsError", uri);
      }
    },
  },
  {
    name: "errors of what is not supported tell code, operation and uri",
    async run({ store }) {
      await store.put("object", bytesOf("x"));
      if (store.capabilities.presign === false) {
        const presign = () => store.presign("object", { expiresInMs: 1000 });
        const error = await expectError(presign, UnsupportedError, "presign()");
        expectTold(error, "unsupported", "UnsupportedError", objectUri(store.uri, "object"));
      }
      if (store.capabilities.versions === false) {
        const get = () => store.get("object", { version: "1" });
        const error = await expectError(get, UnsupportedError, "get() of a version");
        expectTold(error, "unsupported", "UnsupportedError", objectUri(store.uri, "object"));
      }
    },
  },
];

function expectTold(error: StoreError, code: StoreErrorCode, name: string, uri: string): void {
  expect(error instanceof StoreError && error instanceof Error, `${error} is no StoreError`);
  expectEqual([error.code, error.name, error.uri], [code, name, uri], "code, name and uri");
  expectEqual(error.retryable, false, "retryable");
  const { advice, operation, detail } = error;
  expect(operation !== "" && detail !== "", "operation or detail is empty");
  const words = advice === undefined ? detail : `${detail}; ${advice}`;
  expectEqual(error.message, `Cannot ${operation} ${JSON.stringify(uri)}: ${words}`, "the message");
  expect(!error.message.endsWith("."), "the message ends in a period");
}
