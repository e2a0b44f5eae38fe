/** Sections of an AWS configuration file by name, each with its settings; an indented setting is named `outer.inner`. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads the form that `~/.aws/config` and `~/.aws/credentials` have ("Configuration and credential file settings" of
 * the AWS CLI): sections in brackets, `name = value`, comments by `#` or `;`, settings nested by indentation. Lines
 * that are none of these are passed over, as the AWS tools do.
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let outer = "";
  for (const raw of text.split("\n")) {
    const line = raw.trimEnd();
    if (/^\s*([#;]|$)/.test(line)) continue;
    const [, heading] = /^\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (heading !== undefined) {
      const name = heading.trim().replace(/\s+/g, " ").replace(/^(\S+) "(.*)"$/, "$1 $2");
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      outer = "";
      continue;
    }
    const [, indent, name, rest = ""] = /^(\s*)([^=\s][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (!section || name === undefined) continue;
    const value = rest.replace(/(^|\s)[#;].*$/, "").trim();
    if (indent && outer) section.set(`${outer}.${name.toLowerCase()}`, value);
    else {
      section.set(name.toLowerCase(), value);
      outer = value === "" ? name.toLowerCase() : "";
    }
  }
  return sections;
}
