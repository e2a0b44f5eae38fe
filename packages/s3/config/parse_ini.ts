/** Sections of an AWS configuration file by name, each with its settings; an indented setting is named `outer.inner`. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Settings that are command lines: in them `#` and `;` begin no comment. */
const COMMANDS = /^credential_process$/;

/**
 * Reads the form that `~/.aws/config` and `~/.aws/credentials` have ("Configuration and credential file settings" of
 * the AWS CLI): sections in brackets, `name = value`, comments by `#` or `;` at the start of a line or after a space,
 * settings nested by indentation. Lines that are none of these are passed over, as the AWS tools do.
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let outer = "";
  for (const raw of text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/)) {
    const line = raw.trimEnd();
    if (/^\s*([#;]|$)/.test(line)) continue;
    const [, heading] = /^\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (heading !== undefined) {
      const name = heading.trim().replace(/\s+/g, " ").replace(/^(\S+) (["'])(.*)\2$/, "$1 $3");
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      outer = "";
      continue;
    }
    const [, indent, name, rest = ""] = /^(\s*)([^=\s][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
    if (!section || name === undefined) continue;
    const key = name.toLowerCase();
    const value = COMMANDS.test(key) ? rest.trim() : rest.replace(/(^|\s)[#;].*$/, "").trim();
    if (indent && outer) section.set(`${outer}.${key}`, value);
    else {
      section.set(key, value);
      outer = value === "" ? key : "";
    }
  }
  return sections;
}
