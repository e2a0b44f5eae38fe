// Puts, uploads, lists and reads, by URI. Run it with `deno run --allow-read --allow-write --allow-env examples/quick_start.ts [URI]`.
import { get, getRange, list, put, upload } from "@lade/lade";

const [root = `file://${Deno.makeTempDirSync()}/`] = Deno.args;

await put(`${root}hello.txt`, "hello");
await upload(["README.md", "docs"], root);
for await (const entry of list(root)) console.log(entry.uri, "size" in entry ? entry.size : "");
const head = await getRange(`${root}README.md`, 0, 6);
console.log(new TextDecoder().decode(head), (await get(`${root}hello.txt`)).length);
