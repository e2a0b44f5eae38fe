import {
  createStoreContext,
  NotFoundError,
  PreconditionFailedError,
  type StoreError,
  UnavailableError,
} from "@lade/core";
import { FakeClock } from "@lade/testing";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { sendHeld } from "./send_held.ts";

const CALL = { operation: "copy to", uri: "mem://box/b", detail: "it is away" };
const lost = () => new UnavailableError(CALL);
const other = () => new PreconditionFailedError(CALL);
const MADE = { size: 5, checksums: { crc32c: "AAAAAA==" } };
const NOTHING = undefined;

/** What tries come to (an etag, or why not), what is there then, and what comes of it after how many tries. */
const COURSES: Readonly<
  Record<
    string,
    readonly [tries: (string | StoreError)[], there: object | undefined, end: string, sent: number]
  >
> = {
  "the answer that comes": [["e2"], NOTHING, "e2", 1],
  "a refusal, after one try": [[other()], MADE, "PreconditionFailedError", 1],
  "what another try makes where nothing is there": [[lost(), "e2"], NOTHING, "e2", 2],
  "what another try makes where the same is there": [[lost(), "e2"], { ...MADE, etag: "e1" }, "e2", 2],
  "a refusal where another one is there": [
    [lost(), other()],
    { ...MADE, size: 6, etag: "e3" },
    "PreconditionFailedError",
    2,
  ],
  "the loss where an equal one is there": [[lost(), "e2"], { ...MADE, etag: "e3" }, "UnavailableError", 1],
  "the loss after four tries": [[lost(), lost(), lost(), lost(), "e2"], NOTHING, "UnavailableError", 4],
};

for (const [what, [tries, there, end, sent]] of Object.entries(COURSES)) {
  Deno.test(`sendHeld() gives ${what}`, async () => {
    const clock = new FakeClock();
    let at = 0;
    const send = () => {
      const next = tries[at++];
      return typeof next === "string" ? Promise.resolve(next) : Promise.reject(next);
    };
    const head = () =>
      there ? Promise.resolve(there as typeof MADE) : Promise.reject(new NotFoundError(CALL));
    const sending = sendHeld({ made: MADE, head, ifMatch: "e1", clock }, send).catch((error) => error.name);
    let done = false;
    sending.finally(() => done = true);
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve));
      if (clock.pending > 0) await clock.advance(1_000);
    }
    assertEquals([await sending, at], [end, sent]);
  });
}

Deno.test("sendHeld() gives the loss where nothing tells what is there, and ends with its signal", async () => {
  const { clock } = createStoreContext();
  const error = lost();
  const send = () => Promise.reject(error);
  const found = await sendHeld({ made: MADE, head: () => Promise.reject(lost()), clock }, send).catch((
    each,
  ) => each);
  assertStrictEquals(found, error);
  const controller = new AbortController();
  const head = () => {
    controller.abort(new Error("enough"));
    return Promise.reject(new NotFoundError(CALL));
  };
  await assertRejects(
    () => sendHeld({ made: MADE, head, clock, signal: controller.signal }, send),
    Error,
    "enough",
  );
});
