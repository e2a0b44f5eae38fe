import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ByteSource } from "./byte_source.ts";
import { InputError } from "./input_error.ts";
import { type OpenedInput, readInput } from "./read_input.ts";

/** An input, how often it was given back, and how many wait for the end of its signal. */
class Watched {
  readonly controller = new AbortController();
  closed = 0;
  listeners = 0;

  constructor() {
    const { signal } = this.controller;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
      this.listeners++;
      addEventListener.apply(signal, given);
    };
    signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
      this.listeners--;
      removeEventListener.apply(signal, given);
    };
  }

  opened(read: ByteSource["read"]): OpenedInput {
    return { source: { read }, close: () => void this.closed++ };
  }

  async read(open: () => Promise<OpenedInput>): Promise<string> {
    let text = "";
    for await (const bytes of readInput(open, '"x"', this.controller.signal)) {
      text += new TextDecoder().decode(bytes);
    }
    return text;
  }
}

Deno.test("readInput() gives its source back at the end, when its reader leaves, and when a read fails", async () => {
  const watched = new Watched();
  const pieces = ["ab", "c"];
  const open = () =>
    Promise.resolve(watched.opened((buffer) => {
      const piece = pieces.shift();
      if (piece === undefined) return Promise.resolve(null);
      return Promise.resolve(new TextEncoder().encodeInto(piece, buffer).written);
    }));
  assertEquals([await watched.read(open), watched.closed, watched.listeners], ["abc", 1, 0]);
  pieces.push("d");
  for await (const _ of readInput(open, '"x"', watched.controller.signal)) break;
  assertEquals([watched.closed, watched.listeners], [2, 0]);
  const broken = () => Promise.resolve(watched.opened(() => Promise.reject(new Error("broken"))));
  await assertRejects(() => watched.read(broken), InputError, 'Cannot read "x"');
  assertEquals([watched.closed, watched.listeners], [3, 0]);
});

Deno.test("readInput() ends with its signal while it waits, and gives back what is opened after that", async () => {
  const watched = new Watched();
  const opening = Promise.withResolvers<OpenedInput>();
  const reading = watched.read(() => opening.promise);
  const reason = new RangeError("stop");
  watched.controller.abort(reason);
  assertEquals(await assertRejects(() => reading), reason);
  assertEquals(watched.closed, 0);
  opening.resolve(watched.opened(() => Promise.resolve(null)));
  await opening.promise;
  assertEquals([watched.closed, watched.listeners], [1, 0]);
  let isOpened = false;
  const again = () => watched.read(() => Promise.reject(isOpened = true));
  assertEquals([await assertRejects(again), isOpened], [reason, false]);
});

Deno.test("readInput() that waits for bytes ends with the reason of its signal", async () => {
  const watched = new Watched();
  const read = Promise.withResolvers<null>();
  const begun = Promise.withResolvers<void>();
  const reading = watched.read(() =>
    Promise.resolve(watched.opened(() => {
      begun.resolve();
      return read.promise;
    }))
  );
  await begun.promise;
  const reason = new RangeError("stop");
  watched.controller.abort(reason);
  assertEquals(await assertRejects(() => reading), reason);
  assert(watched.closed === 1);
  read.resolve(null);
});
