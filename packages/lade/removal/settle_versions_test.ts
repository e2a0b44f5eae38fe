import { InvalidNameError } from "@lade/core/errors";
import { assertRejects } from "@std/assert";
import { Lade } from "../lade.ts";

Deno.test("Lade.settleRemoval() of a version of a container says that an object is needed, also with force", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/a", "1");
  for (const force of [false, true]) {
    const settling = () => lade.settleRemoval({ uri: "memory://m", version: "1", force, all: true });
    await assertRejects(settling, InvalidNameError, "it names a container, an object is needed");
  }
});
