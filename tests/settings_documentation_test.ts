import { assertEquals } from "@std/assert";
import { documentSettings } from "@lade/core/settings";
import { SETTING_TABLES } from "@lade/lade/settings";

const PAGES = [["s3", "../docs/s3.md"], ["direct", "../docs/local_files.md"]] as const;

/** A table without what aligns its columns. */
function plain(table: string): string {
  return table.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

for (const [scheme, path] of PAGES) {
  Deno.test(`the settings of ${scheme} are the table of ${path}`, async () => {
    const file = new URL(path, import.meta.url);
    const text = await Deno.readTextFile(file);
    const begin = /<!-- settings: [^\n]* -->\n/.exec(text);
    const from = (begin?.index ?? 0) + (begin?.[0].length ?? 0);
    const to = text.indexOf("\n<!-- end -->", from);
    const wanted = documentSettings(SETTING_TABLES[scheme]);
    if (Deno.env.get("UPDATE_DOCS")) {
      await Deno.writeTextFile(file, text.slice(0, from) + wanted + text.slice(to));
    } else {
      assertEquals(plain(text.slice(from, to)), plain(wanted), "set UPDATE_DOCS=1 to write the table");
    }
  });
}
