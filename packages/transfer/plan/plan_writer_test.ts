import { assertEquals } from "@std/assert";
import { PLAN_VERSION, type PlanHeader } from "./plan_file.ts";
import { PlanWriter } from "./plan_writer.ts";

const header: PlanHeader = {
  lade: "plan",
  version: PLAN_VERSION,
  operation: "rm",
  time: new Date(0).toISOString(),
  sources: [],
  destination: { kind: "prefix", uri: "memory://m/" },
  recursive: true,
  move: false,
  options: {
    attributes: {},
    createOnly: false,
    keepTime: false,
    keepWriteTime: false,
    guessContentType: false,
    conversion: "none",
    zstdLevel: 3,
  },
};

Deno.test("PlanWriter writes one piece after the other, and counts what it was given", async () => {
  const first = Promise.withResolvers<void>();
  let [text, writes] = ["", 0];
  const writer = new PlanWriter(header, async (bytes) => {
    if (writes++ === 0) await first.promise;
    text += new TextDecoder().decode(bytes);
  });
  const listed = { size: 7, time: new Date(0).toISOString() };
  const names = ["a", "b", "c"].map((name) => name.repeat(2 ** 16));
  // Nobody waits for the write before.
  const adding = names.map((name) => writer.add({ remove: `memory://m/${name}`, name, listed }));
  await Promise.resolve();
  assertEquals(writes, 1);
  first.resolve();
  await Promise.all(adding);
  await writer.add({ from: "memory://m/x", to: "memory://n/x", source: listed, replaces: null });
  await writer.end();
  const [top, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(top, header);
  assertEquals(lines.slice(0, -2).map(({ name }) => name), names);
  const { entries, deletions, bytes } = lines.at(-1).end;
  assertEquals([entries, deletions, bytes], [4, 3, 7]);
});
