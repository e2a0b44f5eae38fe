import { assert } from "@std/assert";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { openManyKeys } from "./many_keys.ts";

const KEYS = 500_000;
/** Bytes that a key of 38 and a tag may take: ten million then fit into 1 GiB. */
const EACH = 95;
const MIB = 2 ** 20;

for (const way of ["listing", "manifest"]) {
  Deno.test(`half a million objects, by a ${way}, take their share of a GiB, and no more in later epochs`, async () => {
    await using directory = await TemporaryDirectory.make();
    const { before, opened, epochs } = await openManyKeys(
      KEYS,
      ...(way === "manifest" ? [directory.path] : []),
    );
    const [first = 0] = epochs, last = epochs.at(-1) ?? 0;
    const taken = opened - before;
    // What reads of 8 MiB leave behind comes on top.
    const besides = way === "manifest" ? 48 * MIB : 16 * MIB;
    assert(taken <= KEYS * EACH + besides, `${taken / MIB} MiB for ${KEYS} objects`);
    // The engine's heap takes its size in the first epochs; another copy of all keys in each would be far more.
    assert(
      last <= first * 1.05 + 40 * MIB,
      `${first / MIB} MiB after the first epoch, ${last / MIB} after the last`,
    );
  });
}
