import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import * as errors from "@lade/core/errors";
import * as lade from "@lade/lade";
import { get, NotFoundError, StoreError } from "@lade/lade";

Deno.test("@lade/lade exports every class of errors", () => {
  for (const [name, value] of Object.entries(errors)) {
    assertStrictEquals((lade as Record<string, unknown>)[name], value, name);
  }
});

Deno.test("errors are told apart by the classes that @lade/lade exports", async () => {
  const error = await assertRejects(() => get("memory://public-api/nothing"), NotFoundError);
  assertEquals([error instanceof StoreError, error.code], [true, "not-found"]);
});
