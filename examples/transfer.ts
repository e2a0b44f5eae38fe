// Copies a tree by URI, twice, and tells of each object. Run it with `deno run --allow-read --allow-write --allow-env examples/transfer.ts [FROM [TO]]`.
import { transfer } from "@lade/lade";

const [from = "docs", to = `file://${Deno.makeTempDirSync()}/`] = Deno.args;
const request = {
  from,
  to,
  recursive: true,
  filter: ({ size }: { size: number }, name: string) => name.endsWith(".md") && size < 2 ** 20,
} as const;
const first = await transfer(request);
console.log(`copied ${first.objects} objects, ${first.bytes} bytes`);
const again = await transfer({
  ...request,
  existing: "skip",
  onResult: (result) => console.log(result.from, result.skipped ?? result.to),
});
console.log(`left ${again.skipped} alone`);
