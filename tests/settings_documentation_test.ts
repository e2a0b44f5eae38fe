import { assertEquals } from "@std/assert";
import { documentSettings } from "@lade/core/settings";
import { SETTING_TABLES } from "@lade/lade/settings";
import { UNREAD_SETTINGS } from "../packages/s3/config/unread_settings.ts";
import { CREDENTIAL_SETTINGS } from "../packages/s3/credentials/credential_settings.ts";

const S3 = "../docs/s3.md";
const AZURE = "../docs/azure.md";
const GCS = "../docs/gcs.md";

/** Each table, what begins it in its page, and how it has to read. */
const TABLES: readonly (readonly [name: string, page: string, table: string])[] = [
  ["settings", S3, documentSettings(SETTING_TABLES.s3)],
  ["settings", AZURE, documentSettings(SETTING_TABLES.az)],
  ["settings", GCS, documentSettings(SETTING_TABLES.gs)],
  ["settings", "../docs/local_files.md", documentSettings(SETTING_TABLES.direct)],
  ["settings of credentials", S3, documentSettings(CREDENTIAL_SETTINGS)],
  ["unread settings", S3, documentUnread()],
];

function documentUnread(): string {
  const lines = UNREAD_SETTINGS.map(({ key, variable, told, reason }) => {
    const names = variable === undefined ? `\`${key}\`` : `\`${key}\`, \`${variable}\``;
    return `| ${names} | ${reason}${told ? "; `lade doctor` tells of it" : ""} |`;
  });
  return ["| setting | why |", "| --- | --- |", ...lines].join("\n");
}

/** A table without what aligns its columns. */
function plain(table: string): string {
  return table.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

for (const [name, path, wanted] of TABLES) {
  Deno.test(`the ${name} are the table of ${path}`, async () => {
    const file = new URL(path, import.meta.url);
    const text = await Deno.readTextFile(file);
    const begin = new RegExp(`<!-- ${name}: [^\n]* -->\n`).exec(text);
    const from = (begin?.index ?? 0) + (begin?.[0].length ?? 0);
    const to = text.indexOf("\n<!-- end -->", from);
    if (Deno.env.get("UPDATE_DOCS")) {
      await Deno.writeTextFile(file, text.slice(0, from) + wanted + text.slice(to));
    } else {
      assertEquals(plain(text.slice(from, to)), plain(wanted), "set UPDATE_DOCS=1 to write the table");
    }
  });
}
