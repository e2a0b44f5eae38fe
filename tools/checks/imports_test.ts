import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkImports, importsOf } from "./imports.ts";

function faults(path: string, text: string): number {
  return checkImports({ path, text }).length;
}

Deno.test("checkImports() refuses a backend that imports another backend", () => {
  assertEquals(faults("packages/s3/store.ts", 'import { x } from "@lade/fs";'), 1);
  assertEquals(faults("packages/s3/store.ts", 'import { x } from "@lade/service/http";'), 0);
  assertEquals(faults("packages/s3/store.ts", 'import { x } from "@lade/s3/settings";'), 0);
});

Deno.test("checkImports() refuses core importing anything but node", () => {
  assertEquals(faults("packages/core/x.ts", 'import { x } from "@lade/lade";'), 1);
  assertEquals(faults("packages/core/x.ts", 'import zlib from "node:zlib";'), 0);
  assertEquals(faults("packages/core/x.ts", 'import { x } from "npm:left-pad";'), 1);
});

Deno.test("checkImports() wants backends loaded on first use", () => {
  assertEquals(faults("packages/lade/r.ts", 'import { fileProvider } from "@lade/fs";'), 1);
  assertEquals(faults("packages/lade/r.ts", 'const m = await import("@lade/fs");'), 0);
  assertEquals(faults("packages/lade/r.ts", 'import { table } from "@lade/fs/settings";'), 0);
});

Deno.test("checkImports() refuses @std in published code and allows it in tests", () => {
  const text = 'import { assert } from "@std/assert";';
  assertStringIncludes(checkImports({ path: "packages/core/x.ts", text })[0] ?? "", "imports no @std");
  assertEquals(faults("packages/core/x_test.ts", 'import { assert } from "@std/assert";'), 0);
});

Deno.test("checkImports() refuses a relative import that leaves the package", () => {
  assertEquals(faults("packages/fs/a/b.ts", 'import { x } from "../../core/mod.ts";'), 1);
  assertEquals(faults("packages/fs/a/b.ts", 'import { x } from "../c.ts";'), 0);
  assertEquals(faults("packages/fs/a/b_test.ts", 'import { x } from "../../../core/mod.ts";'), 0);
});

Deno.test("importsOf() leaves comments out", () => {
  assertEquals(importsOf('/** import { x } from "@std/assert" */\n// from "y"\nimport "z";'), [
    { specifier: "z", dynamic: false },
  ]);
});

Deno.test("importsOf() takes strings that only look like imports for what they are", () => {
  assertEquals(importsOf('const x = ["from", "y"];\ncopy("from", "to");\n'), []);
  assertEquals(importsOf('export {\n  a,\n} from "./a.ts";\nimport type { B } from "b";'), [
    { specifier: "./a.ts", dynamic: false },
    { specifier: "b", dynamic: false },
  ]);
});
