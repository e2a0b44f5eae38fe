import { optionWords } from "@lade/core/backend";

/**
 * A function that a module exports, by name: a function itself cannot be sent to a worker. `module` is an absolute URL of any
 * kind that can be imported (`file:`, `data:`, `blob:`, `npm:`, `https:`), such as `new URL("./augment.ts", import.meta.url)`.
 */
export interface ModuleExport {
  /** Where the module is. */
  readonly module: URL | string;
  /** Which of its exports; `"default"` by default. */
  readonly export?: string;
}

/** A {@linkcode ModuleExport}, checked and written out. */
export interface ResolvedModule {
  /** Where the module is. */
  readonly url: string;
  /** Which of its exports. */
  readonly name: string;
}

/** Whether an option names a module's export. */
export function isModuleExport(option: unknown): option is ModuleExport {
  return typeof option === "object" && option !== null;
}

/**
 * Writes a module's export out; `undefined` where the option is a function, or absent. What is neither is a `TypeError` that
 * says which option it is and what it takes.
 */
export function resolveModule(name: string, option: unknown): ResolvedModule | undefined {
  if (option === undefined || typeof option === "function") return undefined;
  if (!isModuleExport(option)) {
    throw new TypeError(
      `Cannot load with ${name} ${optionWords(option)}: it is a function, or { module, export }`,
    );
  }
  const unknown = Object.keys(option).find((key) => key !== "module" && key !== "export");
  if (unknown !== undefined) {
    throw new TypeError(`Cannot load with ${name}.${unknown}: ${name} is a function, or { module, export }`);
  }
  const { module, export: exported = "default" } = option;
  if (typeof exported !== "string") {
    throw new TypeError(
      `Cannot load with ${name}.export ${optionWords(exported)}: it is the name of an export`,
    );
  }
  const url = module instanceof URL ? module.href : module;
  if (typeof url !== "string" || !URL.canParse(url)) {
    throw new TypeError(
      `Cannot load with ${name}.module ${optionWords(url)}: it is no absolute URL; \
give new URL("./module.ts", import.meta.url) for a file beside yours`,
    );
  }
  return { url: new URL(url).href, name: exported };
}

/** The most characters of a URL in a message: one of `data:` has a whole program in it. */
const LONGEST = 120;

/** What messages call an export. */
export function moduleWords({ url, name }: ResolvedModule): string {
  const short = url.length > LONGEST ? `${url.slice(0, LONGEST)}…` : url;
  return `${name} of ${JSON.stringify(short)}`;
}
