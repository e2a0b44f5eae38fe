import type { ModuleExport, Transform } from "@lade/loader";
import { system } from "@lade/core/system";
import { fileUri } from "@lade/transfer/places";
import { UsageError } from "../command/usage_error.ts";

/** A module's export that a command line names. */
export interface NamedExport extends ModuleExport {
  /** The file. */
  readonly module: URL;
  /** Which of its exports. */
  readonly export: string;
}

/**
 * The function that `FILE[#EXPORT]` names, `default` where it names none; a path is from the working directory. The module is
 * loaded, so that what cannot be used is told before anything is read.
 */
export async function moduleOf(option: string, text: string): Promise<NamedExport> {
  const at = text.lastIndexOf("#");
  const [path, name] = at < 0 ? [text, "default"] : [text.slice(0, at), text.slice(at + 1)];
  if (path === "" || name === "") {
    throw new UsageError(`${option}: ${JSON.stringify(text)} is no FILE or FILE#EXPORT.`);
  }
  const quoted = JSON.stringify(path);
  if (!await isFile(path)) throw new UsageError(`${option}: no file ${quoted} lies there.`);
  const named = { module: moduleUrl(path), export: name };
  let exports: Record<string, unknown>;
  try {
    exports = await import(named.module.href);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${option}: ${quoted} cannot be loaded: ${words}`, { cause });
  }
  const found = exports[name];
  if (typeof found === "function") return named;
  const functions = Object.keys(exports).filter((key) => typeof exports[key] === "function");
  throw new UsageError(
    `${option}: the export ${JSON.stringify(name)} of ${quoted} is ${
      found === undefined ? "not there" : `no function, but ${typeof found}`
    }; ${functions.length === 0 ? "it exports no function" : `it exports ${functions.join(", ")}`}.`,
  );
}

/** The URL of a file, in which a path stands encoded, but for the colon of a drive. */
function moduleUrl(path: string): URL {
  const segments = fileUri(path).slice("file://".length).split("/").map(encodeURIComponent);
  return new URL(`file://${segments.join("/").replaceAll("%3A", ":")}`);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await system.stat(path)).isFile;
  } catch (error) {
    if (error instanceof system.errors.NotFound || error instanceof system.errors.NotADirectory) return false;
    throw error;
  }
}

/** What a command line names, to be called in this thread. */
export async function functionOf(
  { module, export: name = "default" }: ModuleExport,
): Promise<Transform<unknown, unknown>> {
  // It was seen to be a function.
  return (await import(`${module}`))[name];
}
