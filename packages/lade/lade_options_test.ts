import { assertRejects, assertThrows } from "@std/assert";
import { InvalidNameError } from "@lade/core";
import { Lade } from "./lade.ts";
import type { UriTransfer } from "./transfers/transfer_options.ts";

Deno.test("Lade refuses options that it has none of, and URIs that are no text, by name", async () => {
  const wrong = { s3: { region: "eu-central-1" } } as object;
  assertThrows(() => new Lade(wrong), TypeError, '"s3"');
  await using lade = new Lade();
  const url = new URL("memory://a/b") as unknown as string;
  await assertRejects(() => lade.get(url), InvalidNameError, "href");
  const call = () => lade.transfer({ from: "memory://a/b" } as unknown as UriTransfer);
  await assertRejects(call, TypeError, "from");
});
