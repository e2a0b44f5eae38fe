import type { Group } from "./data_set.ts";
import { type Rate, rateOf } from "./rate.ts";

const SMALLEST = 2 ** 22;

/** Reads the same files by `dd`, one after the other; small ones are left out, since starting `dd` would be measured. */
export async function measureDd(group: Group, root: string, flags: readonly string[]): Promise<Rate> {
  if (group.size < SMALLEST) return "";
  let failed = "";
  try {
    const rate = await rateOf(group.size * group.files.length, async () => {
      for (const file of group.files) {
        const { success, stderr } = await new Deno.Command("dd", {
          args: [`if=${root}/${file.name}`, "of=/dev/null", "bs=4M", "status=none", ...flags],
        }).output();
        if (!success) failed = new TextDecoder().decode(stderr).trim();
      }
    });
    return failed === "" ? rate : "refused";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "no dd";
    throw error;
  }
}
