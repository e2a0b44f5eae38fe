import { assertEquals } from "@std/assert";
import { sampleNameOf } from "./sample_name.ts";

Deno.test("sampleNameOf(): the key ends at the first dot of the last part", () => {
  const names: [string, string, string][] = [
    ["a.jpg", "a", "jpg"],
    ["a.tar.gz", "a", "tar.gz"],
    ["./a.JPG", "./a", "JPG"],
    ["x.y/a.b/c.d.e", "x.y/a.b/c", "d.e"],
    ["a.", "a", ""],
    ["a..b", "a", ".b"],
    ["/abs/a.b", "/abs/a", "b"],
    ["__a__.json", "__a__", "json"],
    ["__a.json", "__a", "json"],
    ["x/__meta__/a.b", "x/__meta__/a", "b"],
    ["a b.c d", "a b", "c d"],
  ];
  for (const [name, key, extension] of names) assertEquals(sampleNameOf(name), { key, extension });
});

Deno.test("sampleNameOf(): what is passed over", () => {
  for (
    const name of [
      "a",
      "x.y/a",
      ".a",
      ".a.b",
      "x/.a.b",
      "x/._a.jpg",
      "__meta__/a.b",
      "__a__",
      "____/x.y",
      "",
      "/",
      "x/",
    ]
  ) {
    assertEquals(sampleNameOf(name), undefined, name);
  }
});
