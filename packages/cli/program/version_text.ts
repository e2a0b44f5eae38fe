import { runtimeName } from "@lade/core/system";
import config from "../deno.json" with { type: "json" };

/** What the program was built from: a build writes it in place of this text, wherever that stands. */
const BUILD = "@BUILD@";

/** What `lade --version` prints: the version, what was built, and the runtime that runs it. */
export function versionText(): string {
  const build = BUILD.startsWith("@") ? "from source" : `build ${BUILD}`;
  return `lade ${config.version} (${build}, ${runtimeName()})`;
}

/** The first version of Node that has all that is needed. */
const LEAST_NODE = 26;

/** Why the runtime cannot run the program, in words; nothing where it can. */
export function whyTooOld(runtime: string = runtimeName()): string | undefined {
  const [, version = ""] = /^Node ((\d+)[^,]*)/.exec(runtime) ?? [];
  const isOld = version !== "" && parseInt(version) < LEAST_NODE;
  return isOld ? `Node ${LEAST_NODE} is needed, or Deno, and this is Node ${version}` : undefined;
}
