import { system } from "@lade/core/system";
import { temporaryName } from "../places/temporary_name.ts";
import type { Folding } from "./fold_name.ts";

/** What a probe asks of a file system. */
export interface ProbeCalls {
  /** Makes an empty file that is not there yet. */
  create(path: string): void;
  /** What has this name, by a text that it has by any of its names; `undefined` where nothing has. */
  identityOf(path: string): string | undefined;
  /** Removes a file. */
  remove(path: string): void;
}

/** The calls of the system: at once, so that no end of the process comes between them. */
const SYSTEM_CALLS: ProbeCalls = {
  create: (path) => system.openSync(path, { write: true, createNew: true }).close(),
  identityOf(path) {
    try {
      const { dev, ino } = system.lstatSync(path);
      return `${dev}:${ino}`;
    } catch (error) {
      if (error instanceof system.errors.NotFound) return undefined;
      throw error;
    }
  },
  remove: (path) => system.removeSync(path),
};

/** How a probe is made. */
export interface ProbeOptions {
  /** Makes nothing, and only looks. */
  readonly look?: boolean;
  /** Asks the system by default. */
  readonly calls?: ProbeCalls;
  /** The system; this one by default. */
  readonly os?: typeof Deno.build.os;
}

/**
 * Finds out what the file system of a directory takes for one name: an empty file is made in the nearest directory above
 * that exists, looked for by another form of its name, and removed, once for case and once for form. With `look` nothing
 * is made: then the last part of the directory's own path is looked for in other letters, which tells of the directory
 * above, and forms are told apart but on macOS. What cannot be found out counts as told apart.
 */
export function probeFolding(directory: string, options: ProbeOptions = {}): Folding {
  const { look = false, calls = SYSTEM_CALLS, os = system.build.os } = options;
  try {
    const there = nearest(directory, calls);
    return look ? lookAt(there, calls, os) : tryOut(there, calls);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { case: false, form: false };
  }
}

function tryOut(directory: string, calls: ProbeCalls): Folding {
  const hidden = temporaryName();
  const composed = `${hidden}\u00e9`;
  const isAlsoThere = (name: string, other: string) => {
    calls.create(`${directory}/${name}`);
    try {
      return calls.identityOf(`${directory}/${other}`) !== undefined;
    } finally {
      calls.remove(`${directory}/${name}`);
    }
  };
  return {
    case: isAlsoThere(hidden, hidden.replace("lade", "LADE")),
    form: isAlsoThere(composed, composed.normalize("NFD")),
  };
}

function lookAt(directory: string, calls: ProbeCalls, os: typeof Deno.build.os): Folding {
  const form = os === "darwin";
  const end = directory.lastIndexOf("/");
  const last = directory.slice(end + 1);
  const other = last === last.toUpperCase() ? last.toLowerCase() : last.toUpperCase();
  if (other === last) return { case: os === "darwin" || os === "windows", form };
  const otherwise = calls.identityOf(directory.slice(0, end + 1) + other);
  return { case: otherwise !== undefined && otherwise === calls.identityOf(directory), form };
}

/** The directory, or the nearest one above that exists. */
function nearest(directory: string, calls: ProbeCalls): string {
  let path = directory.replace(/\/+$/, "");
  while (path !== "" && calls.identityOf(path) === undefined) path = path.slice(0, path.lastIndexOf("/"));
  return path;
}
