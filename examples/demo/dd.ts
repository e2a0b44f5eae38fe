import type { Group } from "./data_set.ts";
import type { Rate } from "./rate.ts";

/** Files of a group that `dd` reads at most, for starting it takes longer than reading a small one. */
const MOST_FILES = 32;

/** GNU: `copied, 0.01 s`; BusyBox: `copied, 0.01 seconds`; BSD: `transferred in 0.01 secs`. */
const TAKEN = /(?:, |in )([\d.e-]+) s/;

/** Reads the same files by `dd`, one after the other, and tells the rate by the times that `dd` takes itself. */
export async function measureDd(group: Group, root: string, flags: readonly string[]): Promise<Rate> {
  const files = group.files.slice(0, MOST_FILES);
  let seconds = 0;
  try {
    for (const file of files) {
      const { success, stderr } = await new Deno.Command("dd", {
        args: [`if=${root}/${file.name}`, "of=/dev/null", "bs=4M", ...flags],
        env: { LC_ALL: "C" },
        stdout: "null",
      }).output();
      if (!success) return "refused";
      seconds += Number(TAKEN.exec(new TextDecoder().decode(stderr))?.[1] ?? NaN);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "no dd";
    throw error;
  }
  return seconds > 0 ? group.size * files.length / seconds : "no time";
}
