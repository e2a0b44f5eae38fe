import { assertEquals } from "@std/assert";
import { ErrorTable } from "@lade/service/errors";
import { ERROR_TABLE } from "./error_table.ts";

/** A table without what aligns its columns. */
function plain(table: string): string {
  return table.trim().replace(/ +/g, " ").replace(/-{3,}/g, "---");
}

const BEGIN = /<!-- errors: [^\n]* -->\n/;
const END = "\n<!-- end -->";

Deno.test("ERROR_TABLE is the table of the documentation", async () => {
  const file = new URL("../../../docs/s3.md", import.meta.url);
  const text = await Deno.readTextFile(file);
  const begin = BEGIN.exec(text);
  const from = (begin?.index ?? 0) + (begin?.[0].length ?? 0);
  const to = text.indexOf(END, from);
  const wanted = ErrorTable.document(ERROR_TABLE);
  if (Deno.env.get("UPDATE_DOCS")) {
    await Deno.writeTextFile(file, `${text.slice(0, from)}\n${wanted}\n${text.slice(to)}`);
  } else {
    assertEquals(plain(text.slice(from, to)), plain(wanted), "set UPDATE_DOCS=1 to write the table anew");
  }
});
