import { assertEquals } from "@std/assert";
import { readDryRun } from "./dry_run.ts";
import { fileFaults } from "./published_files.ts";
import { type JudgedPackage, judgePackage } from "./registry_score.ts";

Deno.test("readDryRun() finds the files of each package and the places of warnings", () => {
  const output = `Publishing a workspace...
Check packages/a/mod.ts
warning[unanalyzable-dynamic-import]: unable to analyze dynamic import
  --> /r/packages/a/load.ts:27:28
   |
27 |     await import(url);
   |                  ^^^ the unanalyzable dynamic import

Simulating publish of @lade/a@0.1.0 with files:
   file:///r/LICENSE (11.09KB)
   file:///r/packages/a/a%20b.ts (12B)
Simulating publish of @lade/b@0.1.0 with files:
   file:///r/packages/b/mod.ts (1.5MB)
Success Dry run complete
`;
  const { files, warnings } = readDryRun(output, "/r");
  assertEquals([...files], [
    ["@lade/a", [{ path: "LICENSE", size: 11.09 * 1024 }, { path: "packages/a/a b.ts", size: 12 }]],
    ["@lade/b", [{ path: "packages/b/mod.ts", size: 1.5 * 1024 ** 2 }]],
  ]);
  assertEquals(warnings, [{ kind: "unanalyzable-dynamic-import", place: "packages/a/load.ts:27" }]);
});

Deno.test("fileFaults() wants README, licence and configuration, and no tests", () => {
  const plain = ["LICENSE", "packages/a/README.md", "packages/a/deno.json", "packages/a/mod.ts"];
  assertEquals(fileFaults("packages/a", plain), []);
  for (
    const name of ["x_test.ts", "x/y_bench.ts", "testing/x.ts", "x/testing/y.ts", "fixtures/x.bin", "api.txt"]
  ) {
    assertEquals(fileFaults("packages/a", [...plain, `packages/a/${name}`]), [
      `packages/a/${name} would be published`,
    ]);
  }
  assertEquals(fileFaults("packages/a", ["packages/a/mod.ts"]).length, 3);
  const own = ["LICENSE", "README.md", "deno.json", "conformance/x.ts"].map((name) =>
    `packages/testing/${name}`
  );
  assertEquals(fileFaults("packages/testing", own), []);
});

const comment = { doc: "Says it." };
const symbol = (name: string, jsDoc?: { doc: string }, declarationKind = "export") => ({
  name,
  declarations: [{ declarationKind, kind: "function", ...(jsDoc && { jsDoc }) }],
});
const whole: JudgedPackage = {
  manifest: {
    name: "@lade/a",
    exports: "./mod.ts",
    jsr: { description: "Does it.", runtimeCompat: { deno: true, node: true, bun: false } },
  },
  documentation: { "file:///a/mod.ts": { module_doc: comment, symbols: [symbol("a", comment)] } },
  readme: "# a\n\n```ts\na();\n```\n",
};

Deno.test("judgePackage() finds nothing where everything is there", () => {
  assertEquals(judgePackage(whole), { faults: [], documented: 1, declared: 1, runtimes: ["deno", "node"] });
});

Deno.test("judgePackage() tells each point that is missing", () => {
  const told = (changes: Partial<JudgedPackage>) => judgePackage({ ...whole, ...changes }).faults;
  const jsr = (jsr: JudgedPackage["manifest"]["jsr"]) =>
    told({ manifest: { ...whole.manifest, ...(jsr && { jsr }) } });
  assertEquals(told({ readme: undefined }), ["it has no README.md"]);
  assertEquals(told({ readme: "# a\n" }), ["its README.md has no example"]);
  assertEquals(told({ documentation: { u: {} } }), ["u has no comment with @module"]);
  assertEquals(jsr({ runtimeCompat: { deno: true, node: true } }), ["its deno.json has no jsr.description"]);
  assertEquals(jsr({ description: "x".repeat(251), runtimeCompat: { deno: true, node: true } }), [
    "its description has 251 characters, 250 is the most",
  ]);
  assertEquals(jsr({ description: "x", runtimeCompat: { deno: false } }), [
    "its deno.json has no jsr.runtimeCompat",
  ]);
  assertEquals(jsr({ description: "x", runtimeCompat: { deno: true, node: true, rhino: true } }), [
    "JSR knows no runtime rhino",
  ]);
  const alone = { description: "x", runtimeCompat: { deno: true } };
  assertEquals(jsr(alone), ["its jsr.runtimeCompat names 1 runtime, 2 are the least"]);
});

Deno.test("judgePackage() wants four of five symbols documented, and leaves private ones and bodies out", () => {
  const documented = ["a", "b", "c", "d"].map((name) => symbol(name, comment));
  const judge = (...symbols: ReturnType<typeof symbol>[]) =>
    judgePackage({ ...whole, documentation: { u: { module_doc: comment, symbols } } });
  assertEquals(judge(...documented, symbol("e"), symbol("p", undefined, "private")).faults, []);
  assertEquals(judge(...documented.slice(1), symbol("e")).faults, [
    "3 of 4 symbols have a comment; those without: e",
  ]);
  const overloaded = {
    name: "f",
    declarations: [
      { declarationKind: "export", kind: "function", jsDoc: comment, def: {} },
      { declarationKind: "export", kind: "function", def: { hasBody: true } },
    ],
  };
  const { documentation } = { documentation: { u: { module_doc: comment, symbols: [overloaded] } } };
  assertEquals(judgePackage({ ...whole, documentation }).declared, 1);
});
