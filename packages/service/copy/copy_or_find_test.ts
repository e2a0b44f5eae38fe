import { assertEquals, assertRejects } from "@std/assert";
import { NotFoundError, type ObjectInfo, PermissionDeniedError, UnavailableError } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { copyOrFind } from "./copy_or_find.ts";

const SIZE = 2 ** 26;
const call = { operation: "copy to", uri: "x://c/k", detail: "no" };

function info(etag: string, size = SIZE, ms = 0): ObjectInfo {
  return { key: "k", size, etag, lastModified: new Date(ms), metadata: {}, version: `v-${etag}` };
}

/** Runs a copy that fails with `failure`; what each look at the target finds, the last of it for ever. */
async function search(
  looks: readonly (ObjectInfo | Error | undefined)[],
  failure: Error = new UnavailableError(call),
  source: { size: number; etag?: string } = { size: SIZE, etag: "new" },
): Promise<{ result: Promise<unknown>; looked: () => number; clock: FakeClock }> {
  const clock = new FakeClock({ now: 0 });
  let looked = 0;
  const head = () => {
    const found = looks[Math.min(looked++, looks.length - 1)];
    if (found instanceof Error) return Promise.reject(found);
    return found ? Promise.resolve(found) : Promise.reject(new NotFoundError(call));
  };
  const result = copyOrFind({ source, head, clock, patienceMs: 12_000 }, () => Promise.reject(failure));
  let settled = false;
  result.catch(() => {}).finally(() => settled = true);
  while (!settled) {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    if (!settled) await clock.advance(1_000);
  }
  return { result, looked: () => looked, clock };
}

Deno.test("copyOrFind() gives what the service answers", async () => {
  const clock = new FakeClock({ now: 0 });
  const head = () => Promise.reject(new NotFoundError(call));
  const answer = { etag: "e", version: "v" };
  for (const size of [1, SIZE]) {
    const search = { source: { size }, head, clock, patienceMs: 1 };
    assertEquals(await copyOrFind(search, () => Promise.resolve(answer)), answer);
  }
});

Deno.test("copyOrFind() finds a copy that was made though its answer was lost, at once or while it is waited for", async () => {
  for (
    const looks of [
      [undefined, info("new")],
      [info("old"), info("new")],
      [info("new", SIZE, 1), info("new", SIZE, 2)],
      [undefined, undefined, undefined, info("new")],
      [info("old"), info("old"), info("new")],
    ]
  ) {
    const { result } = await search(looks);
    assertEquals((await result as ObjectInfo).version, "v-new");
  }
});

Deno.test("copyOrFind() takes a copy of an object made of parts by its size", async () => {
  const { result } = await search([undefined, info("other")], undefined, { size: SIZE, etag: "parts-2" });
  assertEquals((await result as ObjectInfo).etag, "other");
});

Deno.test("copyOrFind() fails as the copy did where the target is of somebody else, or nothing comes", async () => {
  for (
    const looks of [
      [undefined, info("other")],
      [undefined, info("new", SIZE - 1)],
      [undefined, new PermissionDeniedError(call)],
      [new PermissionDeniedError(call), info("new")],
      [info("new"), info("new")],
      [undefined],
    ]
  ) {
    const { result, clock } = await search(looks);
    await assertRejects(() => result, UnavailableError);
    assertEquals(clock.monotonicMs() <= 20_000, true);
  }
});

Deno.test("copyOrFind() looks for no small copy, and for none that was refused", async () => {
  const small = await search([info("new")], undefined, { size: SIZE - 1, etag: "new" });
  await assertRejects(() => small.result, UnavailableError);
  assertEquals(small.looked(), 0);
  const refused = await search([undefined, info("new")], new PermissionDeniedError(call));
  await assertRejects(() => refused.result, PermissionDeniedError);
  assertEquals(refused.looked(), 1);
});

Deno.test("copyOrFind() looks for no copy once it is to end", async () => {
  const controller = new AbortController();
  const failure = new UnavailableError(call);
  let looked = 0;
  const head = () => Promise.resolve(info(looked++ === 0 ? "old" : "new"));
  const clock = new FakeClock({ now: 0 });
  const { signal } = controller;
  const copying = copyOrFind({ source: info("new"), head, clock, patienceMs: 12_000, signal }, () => {
    controller.abort("enough");
    return Promise.reject(failure);
  });
  assertEquals([await assertRejects(() => copying), looked], [failure, 1]);
});
