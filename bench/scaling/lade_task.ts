/** Does a task by the library of this checkout. Its first argument is the task. */
import { readInto } from "../../packages/core/mod.ts";
import { Lade } from "../../packages/lade/mod.ts";
import { measureSecond } from "./measure_second.ts";
import type { Task, Work } from "./works.ts";

const { work, url, key, path, size }: Task = JSON.parse(Deno.args[0] ?? "");
await using lade = new Lade();
const uri = `s3://bench/${key}`;
const { store, key: name } = await lade.locate(uri);
const target = work === "read-shared" ? new Uint8Array(new SharedArrayBuffer(size)) : undefined;

const works: Record<Work, () => Promise<unknown>> = {
  "read-file": () => lade.copy(uri, `file://${path}`),
  "read-shared": async () => target && await readInto(store, name, target),
  "write-file": () => lade.copy(`file://${path}`, "s3://bench/written"),
};
await measureSecond(url, works[work]);
