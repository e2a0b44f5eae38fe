import { assertEquals, assertThrows } from "@std/assert";
import {
  type HeadOptions,
  type ObjectInfo,
  PreconditionFailedError,
  ServiceError,
  UnsupportedError,
} from "@lade/core/backend";
import { checkAnswered } from "./check_answered.ts";

const INFO: ObjectInfo = {
  key: "k",
  size: 1,
  lastModified: new Date(0),
  metadata: {},
  etag: "e",
  version: "v",
};
const CALL = { operation: "get", uri: "x://c/k" };

function check(options: HeadOptions, info: ObjectInfo = INFO): void {
  checkAnswered({ service: "a service", unversioned: "null" }, info, options, CALL);
}

Deno.test("checkAnswered() takes what was asked for", () => {
  const { etag: _, version: _version, ...bare } = INFO;
  check({});
  check({ version: "v", ifMatch: "e", ifNoneMatch: "other" });
  check({ ifMatch: "*" }, bare);
  check({ version: "null", ifNoneMatch: "e" }, bare);
});

Deno.test("checkAnswered() refuses another version than was asked for, or none", () => {
  const { version: _, ...bare } = INFO;
  for (const info of [INFO, bare]) {
    assertThrows(() => check({ version: "w" }, info), UnsupportedError, 'does not answer with version "w"');
  }
});

Deno.test("checkAnswered() holds conditions that the service passed over", () => {
  assertThrows(() => check({ ifMatch: "other" }), PreconditionFailedError);
  assertThrows(() => check({ ifNoneMatch: "e" }), PreconditionFailedError, "still has the etag");
  const { etag: _, ...bare } = INFO;
  const error = assertThrows(() => check({ ifMatch: "e" }, bare), ServiceError, "it has no etag");
  assertEquals(error.retryable, false);
});
