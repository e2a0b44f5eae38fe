import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sumFigures, type WaitFigures } from "@lade/core";
import { judgeLimit, type LimitFinding } from "./judge_limit.ts";
import { sentenceOf } from "./limit_sentence.ts";
import type { LimitWindow } from "./limit_window.ts";

const NOTHING = sumFigures([]);
const MiB = 2 ** 20;

/** Ten seconds in which 1 GiB came by 128 requests, eight in flight at a time; nothing else was the matter. */
function windowOf(more: Partial<LimitWindow> & { readonly waits?: Partial<WaitFigures> } = {}): LimitWindow {
  const { waits, ...rest } = more;
  const waiting = { ...NOTHING.waitedMs, bytes: 8, ...waits };
  const figures = { ...NOTHING, requests: 128, bytesRead: 1024 * MiB, ...more.figures };
  return {
    elapsedMs: 10_000,
    objects: 1,
    bytes: 1024 * MiB,
    coresBusy: 0.4,
    threadBusy: 0.3,
    cores: 2,
    heldBack: 0,
    memory: { grants: 128, shortages: 0 },
    memoryBytes: 256 * MiB,
    requests: { bound: "flat", current: 8, most: 16 },
    ...rest,
    waiting,
    figures: { ...figures, waitedMs: scaled(waiting, rest.elapsedMs ?? 10_000) },
  };
}

function scaled(waiting: WaitFigures, elapsedMs: number): WaitFigures {
  const entries = Object.entries(waiting).map(([name, share]) => [name, share * elapsedMs]);
  return Object.fromEntries(entries) as unknown as WaitFigures;
}

/** What is found, and the sentence. */
function told(window: LimitWindow): [LimitFinding["by"], string] {
  const finding = judgeLimit(window);
  return [finding.by, sentenceOf(finding, window)];
}

const IDLE = { bound: "unneeded", current: 4, most: 2 } as const;
const SMALL = {
  objects: 1_000,
  bytes: 4_096_000,
  figures: { ...NOTHING, requests: 1_000, bytesRead: 4_096_000 },
};

Deno.test("the network limits where bytes are waited for and more requests bring no more", () => {
  const [by, sentence] = told(windowOf());
  assertEquals(by, "network");
  assertEquals(
    sentence,
    "the network limited it: up to 16 requests in flight brought 102 MiB/s, and more brought no more; " +
      "a machine nearer to the service, or with a faster link, helps",
  );
  assertEquals(told(windowOf({ waits: { bytes: 0, sending: 8 } }))[0], "network");
  const holding = { bound: "holding", current: 8, most: 8 } as const;
  assertStringIncludes(
    told(windowOf({ requests: holding }))[1],
    "the network limited it: up to 8 requests in flight brought 102 MiB/s, and their bytes were waited for most",
  );
  // An upload is on its way when all of it was handed to the network.
  assertEquals(told(windowOf({ waits: { bytes: 0, sending: 1, answers: 7 } }))[0], "network");
});

Deno.test("the disk limits where it is waited for most, to read or to write", () => {
  const [by, sentence] = told(windowOf({ waits: { bytes: 1, writing: 4 } }));
  assertEquals(by, "disk");
  assertEquals(
    sentence,
    "the disk limited it: of all waiting, 80 % was for the destination's to take bytes (102 MiB/s); a faster disk helps",
  );
  assertStringIncludes(
    told(windowOf({ waits: { bytes: 0, sending: 1, reading: 4 } }))[1],
    "the source's to give bytes",
  );
  assertEquals(told(windowOf({ waits: { bytes: 5, writing: 4 } }))[0], "network");
});

Deno.test("one connection limits where bytes go one at a time and no more are asked for", () => {
  const [by, sentence] = told(windowOf({ waits: { bytes: 0.9, answers: 0.1 }, requests: IDLE }));
  assertEquals(by, "connection");
  assertStringIncludes(sentence, "bytes went over one at a time (102 MiB/s)");
  const two = { bound: "flat", current: 2, most: 2 } as const;
  assertEquals(told(windowOf({ waits: { bytes: 1 }, requests: two }))[0], "connection");
  assertEquals(told(windowOf({ waits: { bytes: 3 }, requests: IDLE }))[0], "network");
  const settled = { bound: "flat", current: 1, most: 8 } as const;
  assertEquals(told(windowOf({ waits: { bytes: 1 }, requests: settled }))[0], "network", "more were tried");
  // An object of five chunks, of which all were asked for at a time, although little of that shows in so short a time.
  const five = { ...NOTHING, requests: 5, bytesRead: 40 * MiB };
  const few = { bound: "unneeded", current: 8, most: 5 } as const;
  assertEquals(told(windowOf({ waits: { bytes: 1 }, requests: few, figures: five }))[0], "network");
  const one = { ...five, requests: 2 };
  assertEquals(told(windowOf({ waits: { bytes: 1 }, requests: few, figures: one }))[0], "connection");
});

Deno.test("the service limits where it asks for fewer requests", () => {
  const throttled = { ...NOTHING, requests: 128, throttled: 14 };
  const [by, sentence] = told(windowOf({ figures: throttled }));
  assertEquals(by, "service");
  assertStringIncludes(sentence, "it asked for fewer requests 14 times of 128");
  const few = { ...throttled, throttled: 1 };
  assertEquals(told(windowOf({ figures: few }))[0], "network", "one of so many limits nothing");
  const fell = { bound: "throttled", current: 4, most: 16 } as const;
  assertStringIncludes(told(windowOf({ figures: few, requests: fell }))[1], "fewer requests once of 128");
});

Deno.test("the service limits where answers are waited for longer than bytes", () => {
  const growing = { bound: "growing", current: 16, most: 16 } as const;
  const [by, sentence] = told(windowOf({ waits: { bytes: 2, answers: 6 }, requests: growing }));
  assertEquals(by, "service");
  assertStringIncludes(sentence, "it took 469 ms until an answer began");
  assertEquals(
    told(windowOf({ ...SMALL, waits: { bytes: 0.1, answers: 4 } }))[0],
    "service",
    "more bring no more",
  );
});

Deno.test("the cores limit where the thread or all of them are busy", () => {
  const [by, sentence] = told(windowOf({ threadBusy: 0.97, coresBusy: 1.2 }));
  assertEquals(by, "cores");
  assertStringIncludes(sentence, "one of 2 was busy 97 % of the time (102 MiB/s)");
  assertStringIncludes(told(windowOf({ coresBusy: 1.9 }))[1], "all 2 were busy 95 % of the time");
  const laned = { ...NOTHING, requests: 128, lanes: 2 };
  assertStringIncludes(
    told(windowOf({ figures: laned, threadBusy: 0.2, coresBusy: 2.1, cores: 16 }))[1],
    "each of 2 lanes was busy 95 % of the time",
  );
  assertEquals(told(windowOf({ figures: laned, threadBusy: 0.2, coresBusy: 1.2, cores: 16 }))[0], "network");
  const { threadBusy: _, ...untold } = windowOf({ coresBusy: 0.95 });
  assertEquals(told(untold)[0], "cores");
  assertEquals(told(windowOf({ threadBusy: 0.85, coresBusy: 1.7 }))[0], "network");
});

Deno.test("the number of objects limits where they are small and their requests are waited for", () => {
  const requests = { bound: "holding", current: 32, most: 32 } as const;
  const [by, sentence] = told(windowOf({ ...SMALL, requests, waits: { bytes: 1, answers: 20 } }));
  assertEquals(by, "objects");
  assertStringIncludes(
    sentence,
    "1000 of 4.00 KiB on average, 200 ms each until it was answered, 21.0 at a time",
  );
  const few = { ...SMALL, objects: 10, bytes: 40_960 };
  assertEquals(told(windowOf({ ...few, requests, waits: { bytes: 1, answers: 20 } }))[0], "service");
});

Deno.test("the concurrency given limits where all of it is in use and nothing else is at its bound", () => {
  const one = { ...SMALL, concurrency: 1, requests: IDLE, waits: { bytes: 0.1, answers: 0.8 } };
  const [by, sentence] = told(windowOf(one));
  assertEquals(by, "concurrency");
  assertStringIncludes(sentence, "no more than 1 at a time (--jobs)");
  assertEquals(told(windowOf({ ...one, concurrency: 4 }))[0], "objects", "not all of it is in use");
  assertEquals(
    told(windowOf({ ...one, waits: { bytes: 0, answers: 3 } }))[0],
    "objects",
    "objects have several requests",
  );
  const { concurrency: _, ...notGiven } = one;
  assertEquals(told(windowOf(notGiven))[0], "objects");
  assertEquals(told(windowOf({ ...one, requests: { bound: "flat", current: 1, most: 1 } }))[0], "service");
  const most = { bound: "maximum", current: 64, most: 64 } as const;
  assertMatch(
    told(windowOf({ requests: most, waits: { bytes: 60 } }))[1],
    /^the concurrency given .*: 64 requests in/,
  );
});

Deno.test("the bandwidth given limits where it held bytes back most of the time", () => {
  const [by, sentence] = told(windowOf({ heldBack: 0.93 }));
  assertEquals(by, "bandwidth");
  assertStringIncludes(sentence, "bytes were held back 93 % of the time (102 MiB/s)");
  assertEquals(told(windowOf({ heldBack: 0.4 }))[0], "network");
});

Deno.test("the memory given limits where there was none for more requests", () => {
  const memory = { grants: 128, shortages: 120 };
  const [by, sentence] = told(windowOf({ memory, requests: IDLE, waits: { bytes: 2 } }));
  assertEquals(by, "memory");
  assertStringIncludes(sentence, "256 MiB for buffers were full");
  assertEquals(told(windowOf({ memory }))[0], "network", "more requests would bring no more");
});

Deno.test("nothing limits what is over at once, waits for little, or is over while it grows", () => {
  assertEquals(told(windowOf({ elapsedMs: 249 })), [
    "none",
    "nothing limited it: it was over too soon to say",
  ]);
  assertEquals(told(windowOf({ bytes: 0, figures: NOTHING }))[0], "none");
  assertStringIncludes(told(windowOf({ waits: { bytes: 0.2 } }))[1], "nothing was waited for long");
  const growing = { bound: "growing", current: 32, most: 16 } as const;
  assertStringIncludes(
    told(windowOf({ requests: growing }))[1],
    "while more requests in flight still brought more",
  );
});
