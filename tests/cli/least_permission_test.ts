import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { S3Here } from "./s3_here.ts";
import { formatObjects } from "./format_objects.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const PAGE = new URL("../../docs/s3.md", import.meta.url);
const TABLE = /<!-- permissions: [^\n]*-->\n([\s\S]*?)<!-- end -->/;

/** The command lines of the page's table, each with the permissions that stand beside it. */
function documented(): { line: string; permissions: string[] }[] {
  const table = TABLE.exec(Deno.readTextFileSync(PAGE))?.[1] ?? "";
  const rows = table.trim().split("\n").slice(2).map((row) => row.split("|").slice(1, -1));
  const inCode = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return rows.flatMap(([lines, permissions]) =>
    inCode(lines).map((line) => ({ line, permissions: inCode(permissions) }))
  );
}

/** What a command line came to with these permissions and no others. */
async function runWith(
  line: string,
  permissions: readonly string[],
): Promise<{ code: number; stderr: string }> {
  await using directory = await TemporaryDirectory.make({
    FILE: "small",
    "FILE.csv": "id\n1\n",
    LARGE: "l".repeat(5000),
    "DIR/a": "1",
    "DIR/b/c": "2",
  });
  await using here = await S3Here.start({
    allowed: permissions,
    versioning: true,
    objects: { "data/a": "a", "data/b/c": "c", key: "old", ...FORMATS },
    server: { buckets: ["bucket", "other", "empty"] },
    config: { multipart: { threshold: 1000, partSize: 1000 } },
  });
  here.fake.putObject("other", "a", "a");
  const { versionId = "" } = here.fake.object("bucket", "key") ?? {};
  here.fake.putObject("bucket", "key", "new content");
  const args = line.split(" ").slice(1).map((arg) =>
    /^(FILE|LARGE|DIR|OUT)/.test(arg) ? `${directory.path}/${arg}` : arg === "ID" ? versionId : arg
  );
  return await here.run(args, { stdin: ["input"] });
}

const ROWS = documented();
const FORMATS = await formatObjects();

Deno.test("the table of permissions in docs/s3.md has rows", () => {
  assert(ROWS.length > 20, `${ROWS.length} rows`);
});

for (const { line, permissions } of ROWS) {
  Deno.test(`${line} works with ${permissions.join(", ") || "no permission"} alone`, async () => {
    const { code, stderr } = await runWith(line, permissions);
    assertEquals([code, stderr.includes("Cannot")], [0, stderr.includes("without a look")], stderr);
  });

  for (const missing of permissions) {
    Deno.test(`${line} without ${missing} fails and names it`, async () => {
      const left = permissions.filter((permission) => permission !== missing);
      const { code, stderr } = await runWith(line, left);
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, missing);
    });
  }
}
