import { assertEquals } from "@std/assert";
import { ERROR_TABLE } from "./error_table.ts";

/** The table as the documentation has it. */
function documented(): string {
  const lines = ERROR_TABLE.map(({ when, error, detail, next, retryable }) => {
    const codes = when.map((code) => `\`${code}\``).join(", ");
    const words = [detail, next].filter((part) => part !== undefined).join("; ").replace(/[{}]/g, "_");
    return `| ${codes} | \`${error.name}\`${retryable ? ", retryable" : ""} | ${words} |`;
  });
  return ["| code or status | error | message |", "| --- | --- | --- |", ...lines].join("\n");
}

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
  const wanted = documented();
  if (Deno.env.get("UPDATE_DOCS")) {
    await Deno.writeTextFile(file, text.slice(0, from) + wanted + text.slice(to));
  } else {assertEquals(
      plain(text.slice(from, to)),
      plain(wanted),
      "set UPDATE_DOCS=1 to write the table anew",
    );}
});
