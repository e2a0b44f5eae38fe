import { assertEquals, assertThrows } from "@std/assert";
import { UnavailableError } from "@lade/core/errors";
import { FakeClock } from "@lade/testing";
import { CopyProgress } from "./copy_progress.ts";

const CALL = { operation: "copy to", uri: "x://c/to", createOnly: false };

Deno.test("CopyProgress takes more bytes than ever before for progress, and nothing else", async () => {
  const clock = new FakeClock();
  const progress = new CopyProgress(CALL, clock, 60_000);
  const told = ["0", undefined, "5/10", "7", "5", "7/10", "x", "", "8"].map((made) => progress.note(made));
  assertEquals(told, [false, false, true, true, false, false, false, false, true]);
  await clock.advance(60_000);
  assertEquals(progress.note("7"), false);
  await clock.advance(1);
  assertThrows(() => progress.note("7"), UnavailableError, "of which 8 bytes are made");
});
