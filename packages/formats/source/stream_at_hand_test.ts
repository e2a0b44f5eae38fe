import { assert, assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { ObjectSource } from "./object_source.ts";
import { streamAtHand } from "./stream_at_hand.ts";

/** Bytes of several pieces, and a few more. */
const BYTES = Uint8Array.from({ length: 3 * 2 ** 19 + 1000 }, (_, index) => index * 7 + (index >> 9));

/** A source that is held open; `isThere` says of each read at hand whether it comes to anything. */
function held(isThere: (read: number) => boolean, isUnchanged = () => true, bytes = BYTES) {
  const context = createStoreContext();
  const asked: number[] = [];
  const later: number[] = [];
  let [reads, disposed] = [0, 0];
  const setup = {
    hold: () => ({
      read(offset: number, target: Uint8Array) {
        if (!isThere(reads++)) return false;
        target.set(bytes.subarray(offset, offset + target.length));
        return true;
      },
      async readLater(offset: number, target: Uint8Array) {
        later.push(offset);
        await Promise.resolve();
        target.set(bytes.subarray(offset, offset + target.length));
        return true;
      },
      isUnchanged,
      [Symbol.dispose]: () => void disposed++,
    }),
    source: {
      readInto(offset: number, target: Uint8Array) {
        asked.push(offset);
        target.set(bytes.subarray(offset, offset + target.length));
        return Promise.resolve();
      },
    },
    context,
    offset: 100,
    end: bytes.length - 100,
  };
  return { setup, asked, later, context, disposed: () => disposed };
}

/** All pieces, and where the stream ended. */
async function gather(stream: AsyncGenerator<Uint8Array, number>) {
  const pieces: Uint8Array[] = [];
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) pieces.push(next.value.slice());
  return { bytes: new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()), end: next.value };
}

Deno.test("streamAtHand: what is at hand comes in order, without a request", async () => {
  const { setup, asked, context, disposed } = held(() => true);
  const { bytes, end } = await gather(streamAtHand(setup));
  assertEquals(bytes, BYTES.slice(100, -100));
  assertEquals([end, asked.length, context.budget.held, disposed()], [BYTES.length - 100, 0, 0, 1]);
});

Deno.test("streamAtHand: what is not at hand is asked for, and what follows is looked for at hand again", async () => {
  const { setup, asked } = held((read) => read % 2 === 0);
  const { bytes, end } = await gather(streamAtHand(setup));
  assertEquals([bytes, end], [BYTES.slice(100, -100), BYTES.length - 100]);
  assertEquals(asked, [100 + 2 ** 19, 100 + 3 * 2 ** 19]);
});

Deno.test("streamAtHand: what cannot be held now is asked for, and held later", async () => {
  const { setup, asked } = held(() => true);
  let tries = 0;
  const hold = () => ++tries === 1 ? undefined : setup.hold();
  const { bytes, end } = await gather(streamAtHand({ ...setup, hold }));
  assertEquals([bytes, end, asked, tries], [BYTES.slice(100, -100), BYTES.length - 100, [100], 2]);
});

Deno.test("streamAtHand: it ends where nothing is at hand", async () => {
  const { setup, context } = held(() => false);
  const { bytes, end } = await gather(streamAtHand(setup));
  assertEquals([bytes.length, end], [3 * 2 ** 19, 100 + 3 * 2 ** 19]);
  assertEquals(context.budget.held, 0);
});

Deno.test("streamAtHand: bytes of an object that has changed are not handed out", async () => {
  let looks = 0;
  const { setup } = held(() => true, () => ++looks < 2);
  const { bytes, end } = await gather(streamAtHand(setup));
  assertEquals([bytes.length, end], [2 ** 19, 100 + 2 ** 19]);
});

Deno.test("streamAtHand: an abort ends it, and whoever leaves gets no more", async () => {
  const { setup, context } = held(() => true);
  const signal = AbortSignal.abort(new TypeError("enough"));
  await assertRejects(() => gather(streamAtHand({ ...setup, signal })), TypeError, "enough");
  for await (const piece of streamAtHand(setup)) {
    assertEquals([piece.length, context.budget.held], [2 ** 19, 2 ** 19]);
    break;
  }
  assertEquals(context.budget.held, 0);
});

/** Where other threads read, of bytes from 100 on. */
const FIRST_LATER = 100 + 2 ** 19 + 2 ** 20;
const STEP_LATER = 5 * 2 ** 20;
const LONG = Uint8Array.from({ length: 17 * 2 ** 20 }, (_, index) => index * 3 + (index >> 11));

Deno.test("streamAtHand: what other threads read comes in its place", async () => {
  const { setup, asked, later, context, disposed } = held(() => true, () => true, LONG);
  const { bytes, end } = await gather(streamAtHand({ ...setup, isShared: true }));
  assertEquals(bytes.length, LONG.length - 200);
  assertEquals(indexOfDifference(bytes, LONG.subarray(100)), -1);
  assertEquals(later, [0, 1, 2, 3].map((piece) => FIRST_LATER + piece * STEP_LATER).filter((at) => at < end));
  assertEquals([end, asked.length, context.budget.held, disposed()], [LONG.length - 100, 0, 0, 4]);
});

Deno.test("streamAtHand: a piece that did not come, or changed, is not handed out", async () => {
  for (const fault of ["short", "thrown", "changed"] as const) {
    const { setup, context } = held(() => true, () => true, LONG);
    const hold = () => ({
      ...setup.hold(),
      readLater: () =>
        fault === "thrown" ? Promise.reject(new Error("EIO")) : Promise.resolve(fault === "changed"),
      isUnchanged: () => fault !== "changed",
    });
    let opened = 0;
    const first = { ...setup, isShared: true, hold: () => opened++ === 0 ? setup.hold() : hold() };
    const { bytes, end } = await gather(streamAtHand(first));
    assertEquals([bytes.length, end, context.budget.held], [FIRST_LATER - 100, FIRST_LATER, 0]);
  }
});

Deno.test("streamAtHand: without memory for others' pieces, or a second hold, all is read here", async () => {
  const { setup, later, context } = held(() => true, () => true, LONG);
  let opened = 0;
  const once = { ...setup, isShared: true, hold: () => opened++ === 0 ? setup.hold() : undefined };
  assertEquals((await gather(streamAtHand(once))).end, LONG.length - 100);
  assertEquals(context.budget.held, 0);
  using _all = context.budget.overdraw(context.budget.capacity);
  assertEquals((await gather(streamAtHand({ ...setup, isShared: true }))).end, LONG.length - 100);
  assertEquals(later, []);
});

Deno.test("streamAtHand: whoever leaves waits for what is under way", async () => {
  const { setup, context, disposed } = held(() => true, () => true, LONG);
  let left = 0;
  const hold = () => {
    const object = setup.hold();
    let isUnderWay = false;
    return {
      ...object,
      async readLater(offset: number, target: Uint8Array) {
        isUnderWay = true;
        await new Promise((resolve) => setTimeout(resolve, 5));
        isUnderWay = false;
        left++;
        return await object.readLater(offset, target);
      },
      [Symbol.dispose]() {
        assert(!isUnderWay);
        object[Symbol.dispose]();
      },
    };
  };
  for await (const _ of streamAtHand({ ...setup, hold, isShared: true })) break;
  assertEquals([left, context.budget.held, disposed()], [2, 0, 3]);
});

Deno.test("a long file that is looked at has all its bytes, and is an error once it is written to", async () => {
  const root = await Deno.makeTempDir();
  try {
    const bytes = new Uint8Array(40 * 2 ** 20).map((_, index) => index * 5 + (index >> 10));
    await Deno.writeFile(`${root}/k`, bytes);
    await using store = await openFileStore(root);
    const source = await ObjectSource.open(store, "k");
    let at = 0;
    for await (const piece of source.stream({ isLookedAt: true })) {
      assertEquals(indexOfDifference(piece, bytes.subarray(at)), -1);
      at += piece.length;
    }
    assertEquals([at, store.context.budget.held], [bytes.length, 0]);
    await assertRejects(async () => {
      let pieces = 0;
      for await (const _ of source.stream({ isLookedAt: true })) {
        if (++pieces === 6) await Deno.writeFile(`${root}/k`, bytes.subarray(1));
      }
    }, PreconditionFailedError);
    assertEquals(store.context.budget.held, 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

/** Where the first of `bytes` is that is another one in `whole`. */
function indexOfDifference(bytes: Uint8Array, whole: Uint8Array): number {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== whole[index]) return index;
  return -1;
}

Deno.test("a file that is streamed has all its bytes, and is an error once it is written to", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${root}/k`, BYTES);
    await using store = await openFileStore(root);
    const source = await ObjectSource.open(store, "k");
    for (
      const [offset, end] of [[0, BYTES.length], [70_000, 2_000_000], [10, 20], [
        BYTES.length - 1,
        BYTES.length,
      ]] as const
    ) {
      const pieces: Uint8Array[] = [];
      for await (const piece of source.stream({ offset, end: Math.min(end, BYTES.length) })) {
        pieces.push(piece.slice());
      }
      const all = new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
      assertEquals(all, BYTES.slice(offset, end));
    }
    assertEquals(store.context.budget.held, 0);
    await assertRejects(async () => {
      let pieces = 0;
      for await (const _ of source.stream()) {
        if (++pieces === 2) await Deno.writeFile(`${root}/k`, BYTES.toReversed().subarray(1));
      }
    }, PreconditionFailedError);
    assertEquals(store.context.budget.held, 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
