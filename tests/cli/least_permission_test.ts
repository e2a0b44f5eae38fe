import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { FakeTerminal } from "./fake_terminal.ts";
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
    LARGE: "l".repeat(5000),
    "DIR/a": "1",
    "DIR/b/c": "2",
  });
  await using fake = await startFakeS3({ buckets: ["bucket", "other", "empty"], minPartSize: 1 });
  const version = fill(fake);
  fake.credentials.set(fake.accessKeyId, {
    secretAccessKey: fake.secretAccessKey,
    allowed: new Set(permissions),
  });
  await using lade = new Lade({
    config: { s3: { ...fakeConfig(fake), multipart: { threshold: 1000, partSize: 1000 } } },
  });
  const terminal = new FakeTerminal({ stdin: ["input"] });
  const args = line.split(" ").slice(1).map((arg) =>
    /^(FILE|LARGE|DIR|OUT)/.test(arg) ? `${directory.path}/${arg}` : arg === "ID" ? version : arg
  );
  const code = await runCli(args, { terminal, lade });
  return { code, stderr: terminal.stderr.text };
}

/** Puts objects into a bucket with versions; the version of `key`. */
function fill(fake: FakeS3): string {
  const bucket = fake.bucket("bucket");
  bucket.versioning = "enabled";
  for (const key of ["data/a", "data/b/c", "key"]) fake.putObject("bucket", key, key);
  return fake.putObject("bucket", "key", "new content").versionId;
}

const ROWS = documented();

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
