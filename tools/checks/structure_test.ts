import { assertEquals } from "@std/assert";
import { checkCycles } from "./cycles.ts";
import { checkDecisions } from "./decisions.ts";
import { checkLayers } from "./layers.ts";
import { moduleGraph } from "./module_graph.ts";
import { checkVersions } from "./versions.ts";

const manifest = (
  name: string,
  version = "1.0.0",
  exports: unknown = { ".": "./mod.ts", "./b": "./b/b.ts" },
) => ({
  path: `packages/${name}/deno.json`,
  text: JSON.stringify({ name: `@lade/${name}`, version, exports }),
});

Deno.test("moduleGraph() follows imports of files and of packages, of types too, and leaves tests out", () => {
  const graph = moduleGraph([
    manifest("one"),
    { path: "packages/one/mod.ts", text: 'export * from "./b/b.ts";' },
    {
      path: "packages/one/b/b.ts",
      text: 'import type { A } from "@lade/one";\nimport { x } from "@lade/two/b";',
    },
    { path: "packages/one/b/b_test.ts", text: 'import "../mod.ts";' },
    manifest("two"),
    { path: "packages/two/b/b.ts", text: "export const x = 1;" },
    { path: "tests/a.ts", text: 'import "../packages/one/mod.ts";' },
  ]);
  assertEquals(
    graph,
    new Map([
      ["packages/one/mod.ts", new Set(["packages/one/b/b.ts"])],
      ["packages/one/b/b.ts", new Set(["packages/one/mod.ts", "packages/two/b/b.ts"])],
      ["packages/two/b/b.ts", new Set([])],
    ]),
  );
});

Deno.test("checkCycles() finds each circle once, and nothing where there is none", () => {
  const graph = (edges: Record<string, string[]>) =>
    new Map(Object.entries(edges).map(([from, to]) => [from, new Set(to)]));
  assertEquals(checkCycles(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: ["outside"] })), []);
  assertEquals(
    checkCycles(graph({ a: ["b"], b: ["c"], c: ["a", "d"], d: ["e"], e: ["d"], f: ["a"], g: ["g"] })),
    [
      "d, e: they import one another in a circle",
      "a, b, c: they import one another in a circle",
      "g: they import one another in a circle",
    ],
  );
});

Deno.test("checkLayers() refuses an import from a folder above, and a folder without a place", () => {
  const layers = { one: ["low", "high"] };
  const breaches = (from: string, to: string) =>
    checkLayers(new Map([[from, new Set([to])], [to, new Set<string>()]]), layers).length;
  assertEquals(breaches("packages/one/high/a.ts", "packages/one/low/b.ts"), 0);
  assertEquals(breaches("packages/one/mod.ts", "packages/one/high/b.ts"), 0);
  assertEquals(breaches("packages/one/low/a.ts", "packages/one/low/b.ts"), 0);
  assertEquals(breaches("packages/one/low/a.ts", "packages/two/high/b.ts"), 0);
  assertEquals(breaches("packages/one/low/a.ts", "packages/one/high/b.ts"), 1);
  assertEquals(breaches("packages/one/high/a.ts", "packages/one/mod.ts"), 1);
  assertEquals(breaches("packages/one/new/a.ts", "packages/one/new/b.ts"), 1);
});

Deno.test("checkVersions() wants one version of all packages", () => {
  assertEquals(checkVersions([manifest("one"), manifest("two")]), []);
  assertEquals(checkVersions([manifest("one"), manifest("two", "1.0.1")]), [
    "packages/two/deno.json: version 1.0.1, where packages/one/deno.json has 1.0.0",
  ]);
});

Deno.test("checkDecisions() wants numbers without gaps, one for each decision, in its title and in the index too", () => {
  const breaches = (decisions: Readonly<Record<string, string>>, listed = Object.keys(decisions)) =>
    checkDecisions([
      { path: "docs/decisions/README.md", text: listed.map((name) => `[x](${name}.md)`).join("\n") },
      ...Object.entries(decisions).map(([name, title]) => ({
        path: `docs/decisions/${name}.md`,
        text: `# ${title}\n`,
      })),
    ]);
  assertEquals(breaches({ "001-a": "001: A", "002-b": "002: B" }), []);
  assertEquals(breaches({ "001-a": "001: A", "001-b": "001: B" }).length, 1);
  assertEquals(breaches({ "001-a": "002: A" }).length, 1);
  assertEquals(breaches({ "001-a": "001: A", "003-c": "003: C" }).length, 1);
  assertEquals(breaches({ "001-a": "001: A", "002-b": "002: B" }, ["001-a"]).length, 1);
});
