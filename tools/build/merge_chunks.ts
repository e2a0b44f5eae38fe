/** How a file of a group names what it imports of other files, until they have been put together. */
const BESIDE = "beside:";

const IMPORT = /\b(import|export)(?:\s*([\w$*{][^"';]*?)\s*from)?\s*"\.\/([^"]+\.js)";/g;
const LATE_IMPORT = /\bimport\("\.\/([^"]+\.js)"\)/g;

/** Bundles programs of a directory into another, each into one file that imports what is named `external` as it stands. */
export type Bundler = (
  programs: readonly string[],
  options: { readonly external: string; readonly outdir: string },
) => Promise<void>;

/**
 * Puts files of a bundle together: `groups` has the files of each, none of which imports another that imports it. What
 * imports a file of a group imports the group instead, at once or late; nothing else changes. Returns the bundle that is
 * then, in which `together-1.js` is the first group.
 */
export async function mergeChunks(
  bundle: ReadonlyMap<string, string>,
  groups: readonly (readonly string[])[],
  bundler: Bundler,
): Promise<Map<string, string>> {
  const links = new Links(groups);
  const merged = new Map<string, string>();
  const directory = await Deno.makeTempDir({ prefix: "lade-bundle-" });
  const outdir = `${directory}/out`;
  try {
    for (const [name, code] of bundle) {
      const relinked = links.relink(name, code);
      if (links.groupOf(name)) await Deno.writeTextFile(`${directory}/${name}`, relinked);
      else merged.set(name, relinked);
    }
    const names = groups.map((_, index) => nameOf(index));
    for (const [index, name] of names.entries()) {
      await Deno.writeTextFile(`${directory}/${name}`, links.exportsOf(groups[index] ?? []));
    }
    if (names.length > 0) {
      await bundler(names.map((name) => `${directory}/${name}`), { external: `${BESIDE}*`, outdir });
    }
    for (const name of names) merged.set(name, await Deno.readTextFile(`${outdir}/${name}`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  for (const [name, code] of merged) {
    merged.set(name, joinImports(code.replaceAll(`"${BESIDE}`, '"./')));
  }
  return merged;
}

/** The files that a file imports before it runs. */
export function importsOf(code: string): string[] {
  return [...code.matchAll(IMPORT)].map(([, , , file = ""]) => file);
}

function nameOf(index: number): string {
  return `together-${index + 1}.js`;
}

/** What files of groups are asked for, and by which names the groups give it. */
class Links {
  readonly #groups = new Map<string, string>();
  /** By file, the names by which its group gives what it exports; `*` stands for all of it as one. */
  readonly #names = new Map<string, Map<string, string>>();
  #count = 0;

  constructor(groups: readonly (readonly string[])[]) {
    for (const [index, files] of groups.entries()) {
      for (const file of files) this.#groups.set(file, nameOf(index));
    }
  }

  /** The group of a file; `undefined` where it has none. */
  groupOf(file: string): string | undefined {
    return this.#groups.get(file);
  }

  /** Has a file import groups instead of their files, but for those of its own. */
  relink(name: string, code: string): string {
    const own = this.groupOf(name);
    const relinked = code.replaceAll(
      IMPORT,
      (all, word: string, clause: string | undefined, file: string) => {
        const group = this.groupOf(file);
        if (group !== undefined && group === own) return all;
        if (group === undefined) return all.replace(`"./${file}"`, `"${BESIDE}${file}"`);
        if (clause === undefined) return `${word}"${BESIDE}${group}";`;
        return `${word}{${this.#renamed(file, clause)}}from"${BESIDE}${group}";`;
      },
    );
    return relinked.replaceAll(LATE_IMPORT, (_, file: string) => {
      const group = this.groupOf(file);
      if (group === undefined) return `import("${BESIDE}${file}")`;
      return `import("${BESIDE}${group}").then(m=>m.${this.#given(file, "*")})`;
    });
  }

  /** The program of a group: it runs every file and gives what others ask for. */
  exportsOf(files: readonly string[]): string {
    return files.map((file) => {
      const names = [...this.#names.get(file) ?? []];
      const given = names.filter(([name]) => name !== "*").map(([name, as]) => `${name} as ${as}`);
      const whole = names.filter(([name]) => name === "*").map(([, as]) =>
        `export*as ${as} from"./${file}";`
      );
      return `import"./${file}";export{${given}}from"./${file}";${whole.join("")}\n`;
    }).join("");
  }

  /** `{a as b}` of a file, as its group has it. */
  #renamed(file: string, clause: string): string {
    const [, list] = /^\{([^{}]*)\}$/.exec(clause) ?? [];
    if (list === undefined) throw new Error(`Cannot merge "${file}": it is imported by "${clause}"`);
    return list.split(",").filter((part) => part.trim() !== "").map((part) => {
      const [name = "", as = name] = part.trim().split(/\s+as\s+/);
      return `${this.#given(file, name)} as ${as}`;
    }).join();
  }

  #given(file: string, name: string): string {
    const names = this.#names.get(file) ?? new Map<string, string>();
    this.#names.set(file, names);
    const known = names.get(name);
    if (known !== undefined) return known;
    const given = `$${(this.#count++).toString(36)}`;
    names.set(name, given);
    return given;
  }
}

/** One import of each file, where there were several. */
function joinImports(code: string): string {
  const clauses = new Map<string, string[]>();
  const pattern = /\bimport(?:\s*\{([^{}]*)\}\s*from)?\s*"(\.\/[^"]+)";/g;
  for (const [, clause = "", file = ""] of code.matchAll(pattern)) {
    clauses.set(file, [...clauses.get(file) ?? [], ...(clause === "" ? [] : [clause])]);
  }
  return code.replaceAll(pattern, (_, _clause, file: string) => {
    const clause = clauses.get(file);
    clauses.delete(file);
    if (!clause) return "";
    return clause.length === 0 ? `import"${file}";` : `import{${clause.join()}}from"${file}";`;
  });
}
