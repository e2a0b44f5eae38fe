import { UsageError } from "../command/usage_error.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";

/** Refuses what is of several URIs where there is one, and weights that are not as many. */
export function checkSeveral({ action, more, weights, samplesPerEpoch, tell }: LoaderCommandValues): void {
  // pack has a destination besides.
  const uris = action === "pack" ? 1 : more.length + 1;
  if (action === "index" && uris > 1) throw new UsageError("index takes one URI.");
  if (uris === 1 && (weights.length > 0 || samplesPerEpoch !== undefined || tell)) {
    throw new UsageError("--weight, --samples-per-epoch and --tell are of several URIs.");
  }
  if (tell && action !== "stream") throw new UsageError("--tell is of stream.");
  if (weights.length > 0 && weights.length !== uris) {
    throw new UsageError(
      `--weight is there ${
        weights.length === 1 ? "once" : `${weights.length} times`
      }, and there are ${uris} URIs: give \
one for each, in their order, or none.`,
    );
  }
}
