import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { ServiceError, StoreError, UnavailableError } from "../mod.ts";
import { reportLeftover, tellLeftover } from "./report_leftover.ts";

const leftover = new UnavailableError({ operation: "abort", uri: "test://a", detail: "it stays" });

Deno.test("reportLeftover() tells both in an error of the first one's class, retryable or not as that is", () => {
  for (const retryable of [false, true]) {
    const error = new ServiceError({ operation: "write", uri: "test://a", detail: "it broke", retryable });
    const both = reportLeftover(error, leftover);
    assert(both instanceof ServiceError);
    assertEquals(both.message, 'Cannot write "test://a": it broke; also, it stays');
    assertEquals([both.retryable, both.cause], [retryable, error]);
  }
});

Deno.test("reportLeftover() joins what to do about both", () => {
  const about = { operation: "write", uri: "test://a" };
  const broke = new ServiceError({ ...about, detail: "it broke", advice: "try again" });
  const stays = new UnavailableError({ ...about, detail: "it stays", advice: "remove it" });
  const message = (error: unknown) => error instanceof StoreError ? [error.detail, error.advice] : [];
  assertEquals(message(reportLeftover(broke, stays)), ["it broke; also, it stays", "try again; remove it"]);
  assertEquals(message(reportLeftover(broke, leftover)), ["it broke; also, it stays", "try again"]);
});

Deno.test("reportLeftover() leaves the reason of an abort as it is, and what it cannot tell", () => {
  const reason = new Error("stop");
  assertStrictEquals(reportLeftover(reason, leftover), reason);
  assert(leftover instanceof StoreError);
  assertStrictEquals(reportLeftover(leftover, reason), leftover);
});

Deno.test("tellLeftover() tells what stays behind in an error of the same class", () => {
  const told = tellLeftover(leftover, "upload 1") as StoreError;
  assertEquals([told.constructor, told.detail], [UnavailableError, "upload 1 stays behind: it stays"]);
  const reason = new Error("stop");
  assertStrictEquals(tellLeftover(reason, "upload 1"), reason);
});
