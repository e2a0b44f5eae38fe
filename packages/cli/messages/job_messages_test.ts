import { assertEquals } from "@std/assert";
import { createStyle } from "../output/style.ts";
import { JobMessage } from "./job_messages.ts";

Deno.test("a journal of which nothing is stored yet is that of what its process runs", () => {
  const owner = { pid: 1, command: "lade put a s3://b/" };
  const job = { id: "3f2a", owner, finished: 0, bytes: 0, halfDone: [] };
  const style = createStyle({ colors: false });
  const [state, , ...rest] = new JobMessage(job).toText(style).split(/ {2,}/).slice(1);
  assertEquals([state, ...rest], ["running", "0 done (0 B)", "lade put a s3://b/"]);
});
