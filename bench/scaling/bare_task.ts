/** Does a task by lanes that do nothing else: what the system calls alone cost. Its first argument is the task. */
import { measureSecond } from "./measure_second.ts";
import type { BareLaneStart } from "./bare_lane.ts";
import type { Task } from "./works.ts";

const task: Task = JSON.parse(Deno.args[0] ?? "");
const next = new Int32Array(new SharedArrayBuffer(4));
const target = task.work === "read-shared" ? new SharedArrayBuffer(task.size) : undefined;
if (task.work === "read-file") {
  using file = await Deno.open(task.path, { write: true, create: true });
  await file.truncate(task.size);
}
const start: BareLaneStart = { task, next, ...(target && { target }) };
const workers = Array.from(
  { length: task.lanes },
  () => new Worker(new URL("./bare_lane.ts", import.meta.url), { type: "module" }),
);
/** Resolves once every lane has said one thing more. */
const all = (message: unknown) =>
  Promise.all(workers.map((worker) =>
    new Promise((resolve, reject) => {
      worker.onmessage = resolve;
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(message);
    })
  ));
await all(start);
await measureSecond(task.url, () => {
  next[0] = 0;
  return all("go");
});
for (const worker of workers) worker.terminate();
