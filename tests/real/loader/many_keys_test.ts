import { assert } from "@std/assert";
import { openManyKeys } from "../../loader/many_keys.ts";

const GIB = 2 ** 30;

Deno.test("ten million objects take less than a GiB, and no more in later epochs", async () => {
  const { opened, epochs } = await openManyKeys(1e7);
  const [first = 0] = epochs, last = epochs.at(-1) ?? 0;
  assert(opened <= GIB, `${opened / GIB} GiB once they were open`);
  assert(Math.max(...epochs) <= GIB, `${Math.max(...epochs) / GIB} GiB`);
  assert(last <= first * 1.05, `${first / GIB} GiB after the first epoch, ${last / GIB} after the last`);
});
