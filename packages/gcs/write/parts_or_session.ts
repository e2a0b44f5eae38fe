import type { WriteSink } from "@lade/core/backend";
import type { GcsTarget } from "../client/gcs_target.ts";
import { lacksParts } from "./parts_upload.ts";

/** Takes parts, or where the endpoint turns out to know none, goes by a session; the next writes of the store know it. */
export function partsOrSession(
  { traits }: Pick<GcsTarget, "traits">,
  parts: WriteSink,
  session: WriteSink,
): WriteSink {
  let chosen = parts;
  return {
    ...parts,
    get ordered() {
      return chosen.ordered ?? false;
    },
    async begin(signal) {
      try {
        await parts.begin?.(signal);
        traits.takesParts = true;
      } catch (error) {
        if (traits.takesParts || !lacksParts(error)) throw error;
        chosen = session;
        await session.begin?.(signal);
        traits.takesParts = false;
      }
    },
    writePart: (...asked) => chosen.writePart(...asked),
    commit: (...asked) => chosen.commit(...asked),
    drop: async (...asked) => await chosen.drop?.(...asked),
    ...(parts.token && {
      token: (size, partSize) => chosen.token?.(size, partSize) ?? "",
      leave: async (signal) => await chosen.leave?.(signal),
    }),
  };
}
