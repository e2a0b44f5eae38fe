import { openFileStore } from "@lade/fs";

/** Lists a directory and prints how long it took and how much memory at most, as JSON. */
const [root = "."] = Deno.args;
const store = await openFileStore(root);
const start = performance.now();
let count = 0;
for await (const _ of store.list()) count++;
const seconds = (performance.now() - start) / 1000;
const [, kilobytes = "0"] = /VmHWM:\s*(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
console.log(JSON.stringify({ seconds, count, peakBytes: Number(kilobytes) * 1024 }));
