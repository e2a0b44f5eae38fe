import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startFakeGcs } from "../fakes/gcs/mod.ts";
import { GcsHere } from "./gcs_here.ts";
import type { Outcome } from "./run_here.ts";
import { formatObjects } from "./format_objects.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const PAGE = new URL("../../docs/gcs.md", import.meta.url);
const TABLE = /<!-- permissions: [^\n]*-->\n([\s\S]*?)<!-- end -->/;

/** What roles have, from the least up ("IAM roles for Cloud Storage"), as far as commands need it. */
const VIEWER = ["storage.objects.get", "storage.objects.list"];
const CREATOR = [
  "storage.objects.create",
  "storage.multipartUploads.create",
  "storage.multipartUploads.abort",
  "storage.multipartUploads.listParts",
];
const USER = [
  ...VIEWER,
  ...CREATOR,
  "storage.objects.delete",
  "storage.objects.update",
  "storage.objects.move",
  "storage.multipartUploads.list",
];
const BUCKETS = ["storage.buckets.get", "storage.buckets.list"];
const ROLES: Readonly<Record<string, readonly string[]>> = {
  "roles/storage.objectViewer": VIEWER,
  "roles/storage.objectCreator": CREATOR,
  "roles/storage.bucketViewer": BUCKETS,
  "roles/storage.objectUser": USER,
  "roles/storage.admin": [...USER, ...BUCKETS, "storage.buckets.create", "storage.buckets.delete"],
};

/** What a command line needs. */
interface Row {
  readonly line: string;
  readonly permissions: readonly string[];
  readonly role: string;
}

/** The command lines of the page's table, with what stands beside them. */
function documented(): Row[] {
  const table = TABLE.exec(Deno.readTextFileSync(PAGE))?.[1] ?? "";
  const rows = table.trim().split("\n").slice(2).map((row) => row.split("|").slice(1, -1));
  const inCode = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return rows.flatMap(([lines, permissions, role]) =>
    inCode(lines).map((line) => ({
      line,
      permissions: inCode(permissions),
      role: inCode(role)[0] ?? "",
    }))
  );
}

/** What a command line came to for somebody who has these permissions alone. */
async function runAs(line: string, permissions: readonly string[]): Promise<Outcome> {
  const versioning = /version/.test(line);
  await using directory = await TemporaryDirectory.make({
    FILE: "small",
    "FILE.csv": "id\n1\n",
    LARGE: "l".repeat(600_000),
    "DIR/a": "1",
    "DIR/b/c": "2",
  });
  const fake = await startFakeGcs({ buckets: ["photos", "other", "empty"], settings: { versioning } });
  const gs = { threshold: 1000, chunkSize: 2 ** 18 };
  await using here = GcsHere.of(fake, { gs }, { email: "me@example.com", permissions: new Set(permissions) });
  for (const [key, text] of Object.entries({ "data/a": "a", "data/b/c": "c", key: "old", ...FORMATS })) {
    fake.putObject("photos", key, text);
  }
  fake.putObject("other", "theirs", "a");
  const { generation = "" } = fake.object("photos", "key") ?? {};
  if (versioning) fake.putObject("photos", "key", "new content");
  const [, ...words] = line.split(" ");
  const args = words.map((word) =>
    /^(FILE|LARGE|DIR|OUT)/.test(word) ? `${directory.path}/${word}` : word === "ID" ? generation : word
  );
  return await here.run(args, { stdin: ["input"] });
}

const ROWS = documented();
const FORMATS = await formatObjects();

Deno.test("the table of permissions in docs/gcs.md has rows, each with the least role that has its permissions", () => {
  assert(ROWS.length > 30, `${ROWS.length} rows`);
  for (const { line, permissions, role } of ROWS) {
    const least = Object.entries(ROLES).find(([, has]) => permissions.every((each) => has.includes(each)));
    assertEquals(role, least?.[0], line);
  }
});

for (const { line, permissions } of ROWS) {
  Deno.test(`${line} works with ${permissions.join(", ")} alone`, async () => {
    const { code, stderr } = await runAs(line, permissions);
    assertEquals([code, stderr.includes("Cannot")], [0, stderr.includes("without a look")], stderr);
  });

  for (const missing of permissions) {
    Deno.test(`${line} without ${missing} fails and names it`, async () => {
      const { code, stderr } = await runAs(line, permissions.filter((each) => each !== missing));
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, `who lacks ${missing}; `);
      assertStringIncludes(stderr, `, which has ${missing}, on `);
    });
  }
}
