import { runtimeName } from "@lade/core/system";
import config from "../deno.json" with { type: "json" };

/** What the program was built from: a build writes it in place of this text, wherever that stands. */
const BUILD = "@BUILD@";

/** What `lade --version` prints: the version, what was built, and the runtime that runs it. */
export function versionText(): string {
  const build = BUILD.startsWith("@") ? "from source" : `build ${BUILD}`;
  return `lade ${config.version} (${build}, ${runtimeName()})`;
}
