import type { DeletionLimit } from "@lade/transfer/sync";
import type { Value } from "./value.ts";

/** Reads how many objects may be deleted: a number, or a share such as `10%`. */
export const deletionLimitValue: Value<DeletionLimit> = {
  metavar: "N|N%",
  placeholder: { objects: 0 },
  read(text) {
    const quoted = JSON.stringify(text);
    const match = /^(\d{1,15})(%?)$/.exec(text);
    if (!match) return { problem: `${quoted} is neither a number of objects nor a share such as 10%.` };
    const number = Number(match[1]);
    if (match[2] === "") return { value: { objects: number } };
    return number > 100 ? { problem: `${quoted} is more than 100%.` } : { value: { percent: number } };
  },
  format: (limit) => "objects" in limit ? `${limit.objects}` : `${limit.percent}%`,
};
