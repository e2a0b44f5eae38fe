import { assertThrows } from "@std/assert";
import type { ObjectMeta } from "../contract/types.ts";
import { ServiceError } from "../errors/errors.ts";
import { checkListed } from "./check_listed.ts";

const meta = (size: number, etag?: string): ObjectMeta => ({
  key: "k",
  size,
  lastModified: new Date(0),
  ...(etag !== undefined && { etag }),
});

Deno.test("checkListed() refuses another size under the same etag, and nothing else", () => {
  assertThrows(() => checkListed(meta(4, "a"), meta(5, "a"), "memory://m/k"), ServiceError, "4 bytes");
  checkListed(meta(5, "a"), meta(5, "a"), "memory://m/k");
  // An object that has changed since it was listed has another etag.
  checkListed(meta(4, "b"), meta(5, "a"), "memory://m/k");
  checkListed(meta(4), meta(5, "a"), "memory://m/k");
  checkListed(meta(4, "a"), meta(5), "memory://m/k");
  checkListed(meta(4, "a"), undefined, "memory://m/k");
});
