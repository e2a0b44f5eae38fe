import { observe } from "@lade/core/layers";
import { assertEquals } from "@std/assert";
import { Lade } from "./lade.ts";

Deno.test("Lade lays its layer over each store that it opens, and disposes that", async () => {
  const seen: string[] = [];
  {
    await using lade = new Lade({
      layer: (store) =>
        observe(store, ({ type, operation }) => void (type === "finished" && seen.push(operation))),
    });
    await lade.put("memory://m/a", "1");
    await lade.get("memory://m/a");
    await using store = await lade.openStore("memory://m/d/");
    await store.put("b", new Uint8Array(1));
    await lade.copy("memory://m/a", "memory://n/a");
  }
  assertEquals(seen.slice(0, 3), ["put", "get", "put"]);
  assertEquals(seen.length > 3, true);
});
