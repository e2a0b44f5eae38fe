import { assertEquals, assertRejects } from "@std/assert";
import { SnapshotsFirst } from "./snapshots_first.ts";

const at = (key: string, version: string) => ({ key, version });

Deno.test("SnapshotsFirst moves what stands before the snapshots of a key behind them", async () => {
  const objects = [
    ...["plain", at("a", "null"), at("a", "snapshot=2"), at("a", "snapshot=1")],
    ...[at("b", "t2"), at("b", "t1"), at("c", "snapshot=1"), at("c", "null"), at("d", "null")],
  ];
  const ordered = await Array.fromAsync(new SnapshotsFirst().order(objects));
  assertEquals(ordered.map(({ key, version }) => `${key} ${version ?? ""}`.trim()), [
    "plain",
    ...["a snapshot=2", "a snapshot=1", "a null", "b t1", "b t2", "c snapshot=1", "c null", "d null"],
  ]);
});

Deno.test("SnapshotsFirst deletes a blob when its snapshots are gone, also where one of them failed", async () => {
  const first = new SnapshotsFirst();
  const done: string[] = [];
  const objects = await Array.fromAsync(
    first.order([at("a", "null"), at("a", "snapshot=2"), at("a", "snapshot=1")]),
  );
  const gates = objects.map(() => Promise.withResolvers<void>());
  const all = objects.map((object, i) =>
    first.remove(
      object,
      () => gates[i]?.promise.finally(() => done.push(object.version ?? "")) as Promise<void>,
      undefined,
    )
  );
  gates[2]?.resolve();
  gates[1]?.resolve();
  await all[1];
  assertEquals(done, ["snapshot=1"]);
  gates[0]?.reject(new Error("no"));
  await assertRejects(() => all[0] as Promise<void>, Error, "no");
  await all[2];
  assertEquals(done, ["snapshot=1", "snapshot=2", "null"]);
});

Deno.test("SnapshotsFirst waits no longer than its signal", async () => {
  const first = new SnapshotsFirst();
  await Array.fromAsync(first.order([at("a", "snapshot=1")]));
  const controller = new AbortController();
  const removed = first.remove(at("a", "null"), () => Promise.resolve(), controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => removed, Error, "enough");
});
