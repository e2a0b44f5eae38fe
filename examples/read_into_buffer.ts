// Reads many objects into one reused, page-aligned buffer: no memory is allocated per object.
import { crc32c, crc32cToHex, readInto } from "@lade/core";
import { Lade } from "@lade/lade";

const [root = `file://${Deno.cwd()}/docs/`] = Deno.args;

await using lade = new Lade();
const { store, key: prefix } = await lade.locate(root);
using slab = lade.context.buffers.lease(64 * 2 ** 20);
for await (const { key } of store.list(prefix)) {
  const { range } = await readInto(store, key, slab.bytes);
  console.log(crc32cToHex(crc32c(slab.bytes.subarray(0, range.length))), key);
}
