import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { PreconditionFailedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { ObjectSource } from "./object_source.ts";
import { streamAtHand } from "./stream_at_hand.ts";

/** Bytes of several pieces, and a few more. */
const BYTES = Uint8Array.from({ length: 3 * 2 ** 19 + 1000 }, (_, index) => index * 7 + (index >> 9));

/** A source that is held open; `isThere` says of each read at hand whether it comes to anything. */
function held(isThere: (read: number) => boolean, isUnchanged = () => true) {
  const context = createStoreContext();
  const asked: number[] = [];
  let [reads, disposed] = [0, 0];
  const setup = {
    hold: () => ({
      read(offset: number, target: Uint8Array) {
        if (!isThere(reads++)) return false;
        target.set(BYTES.subarray(offset, offset + target.length));
        return true;
      },
      isUnchanged,
      [Symbol.dispose]: () => void disposed++,
    }),
    source: {
      readInto(offset: number, target: Uint8Array) {
        asked.push(offset);
        target.set(BYTES.subarray(offset, offset + target.length));
        return Promise.resolve();
      },
    },
    context,
    offset: 100,
    end: BYTES.length - 100,
  };
  return { setup, asked, context, disposed: () => disposed };
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
