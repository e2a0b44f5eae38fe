/** What of a package's `deno.json` the registry, JSR, goes by. */
export interface PackageManifest {
  /** `@lade/core`. */
  readonly name: string;
  /** The one entry point, or each by its name. */
  readonly exports: string | Readonly<Record<string, string>>;
  /** What JSR keeps among a package's settings, and no file of it: it is entered there once. */
  readonly jsr?: {
    /** At most 250 characters. */
    readonly description?: string;
    /** Where the package runs. */
    readonly runtimeCompat?: Readonly<Record<string, boolean>>;
  };
}

/** What `deno doc --json` says of the entry points of a package, by their URLs. */
export type Documentation = Readonly<Record<string, EntryDocumentation>>;

interface EntryDocumentation {
  readonly module_doc?: CommentOfDoc;
  readonly symbols?: readonly {
    readonly name: string;
    readonly declarations: readonly {
      readonly declarationKind: string;
      readonly kind: string;
      readonly def?: { readonly hasBody?: boolean };
      readonly jsDoc?: CommentOfDoc;
    }[];
  }[];
}

interface CommentOfDoc {
  readonly doc?: string;
  readonly tags?: readonly unknown[];
}

/** A package as the registry would judge it. */
export interface JudgedPackage {
  readonly manifest: PackageManifest;
  readonly documentation: Documentation;
  /** The text of its README, where it has one. */
  readonly readme: string | undefined;
}

/** What JSR would say of a package. */
export interface RegistryScore {
  /** Why it does not have every point that it could have, but for provenance; empty where it has. */
  readonly faults: readonly string[];
  /** Declarations that have a comment, and all. */
  readonly documented: number;
  readonly declared: number;
  /** Runtimes that it is for. */
  readonly runtimes: readonly string[];
}

const RUNTIMES: ReadonlySet<string> = new Set(["browser", "bun", "deno", "node", "workerd"]);
const MOST_OF_DESCRIPTION = 250;
const LEAST_DOCUMENTED = 0.8;
/** What gets the points for runtimes: one for the first, one for the second. */
const LEAST_RUNTIMES = 2;

/**
 * Judges a package as JSR does: README, an example in it, a comment of every module that can be imported, comments of
 * symbols, a description, runtimes. That there are no slow types is seen by `deno publish --dry-run`.
 */
export function judgePackage({ manifest, documentation, readme }: JudgedPackage): RegistryScore {
  const faults: string[] = [];
  if (readme === undefined) faults.push("it has no README.md");
  else if (!readme.includes("```")) faults.push("its README.md has no example");
  for (const [url, { module_doc }] of Object.entries(documentation)) {
    if (isEmpty(module_doc)) faults.push(`${url} has no comment with @module`);
  }
  const missing: string[] = [];
  let declared = 0;
  for (const { symbols = [] } of Object.values(documentation)) {
    for (const { name, declarations } of symbols) {
      const open = declarations.filter(({ declarationKind }) => declarationKind !== "private");
      const isOverloaded = open.length > 1 && open.every(({ kind }) => kind === "function");
      for (const { def, jsDoc } of open) {
        if (isOverloaded && def?.hasBody) continue;
        declared++;
        if (isEmpty(jsDoc)) missing.push(name);
      }
    }
  }
  const documented = declared - missing.length;
  if (documented < LEAST_DOCUMENTED * declared) {
    faults.push(`${documented} of ${declared} symbols have a comment; those without: ${missing.join(", ")}`);
  }
  const { description = "", runtimeCompat = {} } = manifest.jsr ?? {};
  if (description === "") faults.push("its deno.json has no jsr.description");
  if (description.length > MOST_OF_DESCRIPTION) {
    faults.push(`its description has ${description.length} characters, ${MOST_OF_DESCRIPTION} is the most`);
  }
  const runtimes = Object.keys(runtimeCompat).filter((name) => runtimeCompat[name]).sort();
  const unknown = runtimes.filter((name) => !RUNTIMES.has(name));
  if (unknown.length > 0) faults.push(`JSR knows no runtime ${unknown.join(", ")}`);
  const known = runtimes.length - unknown.length;
  if (known === 0) faults.push("its deno.json has no jsr.runtimeCompat");
  else if (known < LEAST_RUNTIMES) {
    faults.push(`its jsr.runtimeCompat names ${known} runtime, ${LEAST_RUNTIMES} are the least`);
  }
  return { faults, documented, declared, runtimes };
}

function isEmpty(comment: CommentOfDoc | undefined): boolean {
  return !comment?.doc && !comment?.tags?.length;
}
