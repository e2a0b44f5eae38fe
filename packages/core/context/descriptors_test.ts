import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { Descriptors, isDescriptorShortage } from "./descriptors.ts";

const shortage = () => Object.assign(new Error("Too many open files (os error 24)"), { code: "EMFILE" });

function make() {
  const clock = new FakeClock();
  const told: number[] = [];
  const onShortage = () => void told.push(clock.monotonicMs());
  return { clock, told, descriptors: new Descriptors({ clock, random: () => 0.5, onShortage }) };
}

Deno.test("Descriptors.wait() tries again until there is one, and tells of it once", async () => {
  const { clock, descriptors, told } = make();
  let tries = 0;
  const waiting = descriptors.wait({ limitMs: 60_000 }, () => {
    return ++tries < 9 ? Promise.reject(shortage()) : Promise.resolve("open");
  });
  await clock.runAll();
  assertEquals([await waiting, tries, told], ["open", 9, [0]]);
  await descriptors.wait({ limitMs: 1 }, () => Promise.resolve());
  assertEquals(told.length, 1);
});

Deno.test("Descriptors.wait() gives up when its time is over, or its signal is aborted, and at once for other errors", async () => {
  const { clock, descriptors } = make();
  const failed = assertRejects(
    () => descriptors.wait({ limitMs: 1_000 }, () => Promise.reject(shortage())),
    Error,
    "Too many",
  );
  await clock.runAll();
  await failed;
  assertEquals(clock.monotonicMs(), 1_000);
  const other = () => descriptors.wait({ limitMs: 1_000 }, () => Promise.reject(new Error("other")));
  await assertRejects(other, Error, "other");
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = descriptors.wait({ limitMs: 1_000, signal }, () => Promise.reject(shortage()));
  controller.abort(new Error("stop"));
  await assertRejects(() => stopped, Error, "stop");
  assertEquals(clock.pending, 0);
});

Deno.test("Descriptors.wait() takes up a failure that is known already", async () => {
  const { clock, descriptors } = make();
  const waiting = descriptors.wait({ limitMs: 1_000 }, () => Promise.resolve(1), { error: shortage() });
  await clock.runAll();
  assertEquals([await waiting, clock.monotonicMs()], [1, 10]);
});

Deno.test("Descriptors.atOnce() is halved by every shortage, and comes back in time", async () => {
  const { clock, descriptors } = make();
  assertEquals(descriptors.atOnce(32), 32);
  for (let i = 0; i < 9; i++) descriptors.note();
  assertEquals(descriptors.atOnce(32), 16);
  await clock.advance(500);
  descriptors.note();
  assertEquals([descriptors.atOnce(32), descriptors.atOnce(1)], [8, 1]);
  for (const expected of [16, 32, 32]) {
    await clock.advance(5_000);
    assertEquals(descriptors.atOnce(32), expected);
  }
});

Deno.test("isDescriptorShortage() looks below errors", () => {
  assertEquals(isDescriptorShortage(new Error("outer", { cause: shortage() })), true);
  assertEquals(isDescriptorShortage(new Error("Too many open files (os error 24)")), true);
  assertEquals(isDescriptorShortage(new Error("No such file (os error 2)")), false);
  assertEquals(isDescriptorShortage("EMFILE"), false);
});
