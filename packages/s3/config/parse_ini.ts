/** Sections of an AWS configuration file by name, each with its settings; an indented setting is named `outer.inner`. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Settings that are command lines: in them `#` and `;` begin no comment. */
const COMMANDS = /^credential_process$/;

/**
 * Reads the form that `~/.aws/config` and `~/.aws/credentials` have ("Configuration and credential file settings" of
 * the AWS CLI): sections in brackets, `name = value` or `name: value`, comments by `#` or `;` at the start of a line or
 * after a space, settings nested by indentation. A line that is none of these, one before any section and a setting that
 * is there twice are a `SyntaxError` that names the line, as for the AWS CLI: what they were to say would be lost.
 */
export function parseIni(text: string): IniSections {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let outer = "";
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  for (const [at, raw] of lines.entries()) {
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
    const split = line.search(/[=:]/);
    const name = line.slice(0, Math.max(split, 0)).trim();
    const rest = line.slice(split + 1).trim();
    if (name === "") throw fault(at, "is neither a section, a setting nor a comment");
    if (!section) throw fault(at, "stands before any section");
    const key = name.toLowerCase();
    const value = COMMANDS.test(key) ? rest : rest.replace(/(^|\s)[#;].*$/, "").trim();
    const inner = /^\s/.test(line) && outer !== "";
    const full = inner ? `${outer}.${key}` : key;
    const before = section.get(full);
    if (before !== undefined && before !== value) throw fault(at, `says ${key} again, in other words`);
    section.set(full, value);
    if (!inner) outer = value === "" ? key : "";
  }
  return sections;
}

/** Lines are counted from one, and never shown: they may hold secrets. */
function fault(index: number, what: string): SyntaxError {
  return new SyntaxError(`line ${index + 1} ${what}`);
}
