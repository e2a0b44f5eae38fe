import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Role, startFakeAzure } from "../fakes/azure/mod.ts";
import { AzureHere } from "./azure_here.ts";
import type { Outcome } from "./run_here.ts";
import { formatObjects } from "./format_objects.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const PAGE = new URL("../../docs/azure.md", import.meta.url);
const TABLE = /<!-- permissions: [^\n]*-->\n([\s\S]*?)<!-- end -->/;

/** Roles by their names, each with the one that lacks a right of it. */
const ROLES: Readonly<Record<string, readonly [role: Role, less: Role]>> = {
  "Storage Blob Delegator": ["delegator", "none"],
  "Storage Blob Data Reader": ["reader", "delegator"],
  "Storage Blob Data Contributor": ["contributor", "reader"],
  "Storage Blob Data Owner": ["owner", "contributor"],
};

/** What a command line needs. */
interface Row {
  readonly line: string;
  /** Letters of a signature, each with those that do as well; `undefined` where no signature does. */
  readonly permissions: readonly (readonly string[])[] | undefined;
  readonly role: string;
}

/** The command lines of the page's table, with what stands beside them. */
function documented(): Row[] {
  const table = TABLE.exec(Deno.readTextFileSync(PAGE))?.[1] ?? "";
  const rows = table.trim().split("\n").slice(2).map((row) => row.split("|").slice(1, -1));
  const inCode = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return rows.flatMap(([lines, permissions = "", role = ""]) => {
    const letters = permissions.trim() === "none" ? undefined : permissions.split(", ").map(inCode);
    return inCode(lines).map((line) => ({ line, permissions: letters, role: role.trim() }));
  });
}

/** What a command line came to for a signature with these letters, or for somebody of a role. */
async function runAs(
  line: string,
  asker: { readonly letters: string } | { readonly role: Role },
): Promise<Outcome> {
  const versioning = /version/.test(line);
  await using directory = await TemporaryDirectory.make({
    FILE: "small",
    "FILE.csv": "id\n1\n",
    LARGE: "l".repeat(5000),
    "DIR/a": "1",
    "DIR/b/c": "2",
  });
  const fake = await startFakeAzure({
    settings: { versioning },
    containers: ["photos", "other", "empty"],
  });
  if ("role" in asker) fake.principal.role = asker.role;
  const entra = {
    tenantId: fake.tokens.tenantId,
    clientId: "client",
    clientSecret: "secret",
    authorityHost: fake.url,
  };
  const who = "role" in asker ? entra : { sasToken: fake.accountSas(asker.letters) };
  const config = { connectionString: undefined, endpoint: fake.endpoint(), threshold: 1000, blockSize: 1000 };
  await using here = AzureHere.of(fake, { az: { ...config, ...who } });
  for (const [key, text] of Object.entries({ "data/a": "a", "data/b/c": "c", key: "old", ...FORMATS })) {
    fake.putBlob("photos", key, text);
  }
  fake.putBlob("other", "theirs", "a");
  const { versionId = "" } = fake.blob("photos", "key") ?? {};
  fake.putBlob("photos", "key", "new content");
  const [, ...words] = line.split(" ");
  const args = words.map((word) =>
    /^(FILE|LARGE|DIR|OUT)/.test(word) ? `${directory.path}/${word}` : word === "ID" ? versionId : word
  );
  return await here.run(args, { stdin: ["input"] });
}

const ROWS = documented();
const FORMATS = await formatObjects();

Deno.test("the table of permissions in docs/azure.md has rows", () => {
  assert(ROWS.length > 20, `${ROWS.length} rows`);
  for (const { line, role } of ROWS) assert(role in ROLES, `${line}: ${role}`);
});

for (const { line, permissions, role } of ROWS) {
  const [needed = "none", less = "none"] = ROLES[role] ?? [];

  Deno.test(`${line} works with the role ${role}, and with less names it`, async () => {
    const { code, stderr } = await runAs(line, { role: needed });
    assertEquals([code, stderr.includes("Cannot")], [0, stderr.includes("without a look")], stderr);
    const denied = await runAs(line, { role: less });
    assertEquals(denied.code, 1, denied.stderr);
    assertStringIncludes(denied.stderr, `the role "${role}"`);
  });

  if (!permissions) {
    Deno.test(`${line} says that no signature does`, async () => {
      const { code, stderr } = await runAs(line, { letters: "rwdlacxyt" });
      assertEquals(code, 1, stderr);
      assertStringIncludes(stderr, "a shared access signature signs no URLs");
    });
    continue;
  }

  const choices = permissions.reduce<string[]>(
    (made, letters) => made.flatMap((before) => letters.map((letter) => before + letter)),
    [""],
  );
  for (const letters of choices) {
    Deno.test(`${line} works with a signature for ${letters} alone`, async () => {
      const { code, stderr } = await runAs(line, { letters });
      assertEquals([code, stderr.includes("Cannot")], [0, stderr.includes("without a look")], stderr);
    });
  }

  for (const missing of permissions) {
    Deno.test(`${line} without ${missing.join(" and ")} fails and names it`, async () => {
      const left = permissions.filter((letters) => letters !== missing).map(([letter = ""]) => letter);
      // One that no command needs.
      const { code, stderr } = await runAs(line, { letters: left.join("") || "f" });
      assertEquals(code, 1, stderr);
      assertMatch(stderr, new RegExp(`\\b(?:${missing.join("|")}) is needed`));
    });
  }
}
