import { assertEquals } from "@std/assert";
import { localNameOf, PLAIN_RULES } from "./local_names.ts";

const plain = { ...PLAIN_RULES, platform: "posix" } as const;
const percent = { ...plain, map: "percent" } as const;

Deno.test("localNameOf() says which names could lead out of the directory, and which the file system does not keep", () => {
  for (const name of ["../a", "/a", "a//b", "a\\b", "."]) {
    const { fault, leadsOut } = { leadsOut: false, ...localNameOf(name, plain) };
    assertEquals([name, typeof fault, leadsOut], [name, "string", true]);
  }
  const long = `a/${"k".repeat(255)}`;
  assertEquals(localNameOf(long, plain), { name: long });
  for (const rules of [plain, percent]) {
    for (const options of [{}, { isDirectory: true }]) {
      assertEquals(localNameOf(`${long}k`, rules, options), {
        fault: "its name holds a part of 256 bytes, 255 is the most",
      });
      assertEquals(localNameOf("lone\ud800", rules, options), { fault: "its name is not valid Unicode" });
    }
  }
});

Deno.test("localNameOf() keeps a name that is one of a file already, and encodes none of it", () => {
  for (const name of ["a\\b", "a%41", "lone\ud800", `.lade-${"0".repeat(16)}-1~tmp`]) {
    assertEquals(localNameOf(name, percent, { isLocal: true }), { name });
  }
  assertEquals(localNameOf("d\\e/", plain, { isLocal: true, isDirectory: true }), { name: "d\\e/" });
});

Deno.test("localNameOf() leaves the slash at the end of a directory alone", () => {
  assertEquals(localNameOf("d/", plain, { isDirectory: true }), { name: "d/" });
  assertEquals(localNameOf("d//", percent, { isDirectory: true }), { name: "d%2F/" });
  assertEquals(localNameOf("d/", percent), { name: "d%2F" });
});
