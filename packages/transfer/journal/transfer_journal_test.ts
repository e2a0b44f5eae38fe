import { FakeClock } from "@lade/testing";
import { UnavailableError, UnsupportedError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import { journalDirectory } from "./journal_place.ts";
import { formatRecord } from "./journal_records.ts";
import { TransferJournal } from "./transfer_journal.ts";

const SOURCE = { size: 3, etag: "s" };
const TARGET = { size: 3, etag: "t" };

/** Opens the journal of one transfer in a directory. */
function openIn(
  path: string,
  clock: FakeClock,
  onNote: (text: string) => void = (text) => {
    throw new Error(text);
  },
): Promise<TransferJournal> {
  return TransferJournal.open({
    place: journalDirectory(path),
    id: "0".repeat(16),
    header: { lade: 1, operation: "cp", sources: ["a://b/"], destination: "c://d/", begun: "2026-01-01" },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onNote,
    onTakenOver: (error) => {
      throw error;
    },
  });
}

Deno.test("a journal remembers what was done before it began, and that in any order of events", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const finish = (journal: TransferJournal, name: string) =>
      journal.finish(`a://b/${name}`, `c://d/${name}`, SOURCE, TARGET);
    const short = await openIn(path, clock);
    finish(short, "short");
    assertEquals([await short.end(false), [...Deno.readDirSync(path)].length], [undefined, 0]);

    const quiet = await openIn(path, clock);
    finish(quiet, "quiet");
    await clock.advance(2999);
    assertEquals([...Deno.readDirSync(path)].length, 0);
    await clock.advance(1);
    await quiet.flush();
    assertEquals([...Deno.readDirSync(path)].length, 1, "also where nothing else is done");
    assertEquals((await quiet.end(true), [...Deno.readDirSync(path)].length), 0);

    const first = await openIn(path, clock);
    for (const name of ["1", "2", "3"]) finish(first, name);
    await clock.advance(3000);
    finish(first, "4");
    finish(first, "5");
    assertEquals((await first.end(false))?.finished, 5);

    const second = await openIn(path, clock);
    assertEquals(second.finishedBefore, 5);
    for (const name of ["1", "2", "3", "4", "5"]) {
      assertEquals(second.isFinished(`a://b/${name}`, `c://d/${name}`, SOURCE, TARGET), true, name);
    }
    assertEquals(second.isFinished("a://b/1", "c://d/1", SOURCE, { size: 3, etag: "u" }), false);
    assertEquals(second.mayBeFinished("a://b/short", "c://d/short", SOURCE), false);
    finish(second, "6");
    assertEquals((await second.end(true), [...Deno.readDirSync(path)].length), 0, "all is done");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("an object that is begun so that it can be gone on with begins the journal with what was done", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const first = await openIn(path, clock);
    first.finish("a://b/1", "c://d/1", SOURCE, TARGET);
    const copy = { token: "t", source: { size: 9, etag: "s" } } as never;
    assertEquals(await first.resumable("a://b/2", "c://d/2").begun?.(copy), true);
    assertEquals((await first.end(false))?.finished, 1);
    const second = await openIn(path, clock);
    assertEquals([second.finishedBefore, [...second.halfDone].length], [1, 1]);
    await second.end(false);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("an object is done only under its names and while both of its sides are what they were", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const first = await openIn(path, clock);
    first.finish("a://b/1", "c://d/1", SOURCE, TARGET);
    first.finish("a://b/2", "c://d/2", { size: 3 }, TARGET);
    first.finish("a://b/3", "c://d/3", SOURCE, { size: 3 });
    await clock.advance(3000);
    first.finish("a://b/4", "c://d/4", SOURCE, TARGET);
    assertEquals((await first.end(false))?.finished, 2, "without an etag nothing is remembered");

    const second = await openIn(path, clock);
    const isDone = (from: string, to: string, source: object, target: object) =>
      second.isFinished(`a://b/${from}`, `c://d/${to}`, source, target);
    assertEquals(isDone("1", "1", SOURCE, TARGET), true);
    assertEquals(isDone("4", "1", SOURCE, TARGET), false, "another source");
    assertEquals(isDone("1", "4", SOURCE, TARGET), false, "another destination");
    assertEquals(isDone("1", "1", { size: 3, etag: "other" }, TARGET), false, "the source changed");
    assertEquals(isDone("1", "1", SOURCE, { size: 3, etag: "other" }), false, "the destination changed");
    assertEquals(isDone("1", "1", SOURCE, { size: 4, etag: "t" }), false, "the destination has another size");
    assertEquals(second.mayBeFinished("a://b/1", "c://d/1", { size: 3, etag: "other" }), false);
    assertEquals(isDone("2", "2", { size: 3 }, TARGET), false);
    assertEquals(isDone("3", "3", SOURCE, { size: 3 }), false);
    await second.end(false);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a half-done copy is gone on with from its own source, and keeps the journal until it has ended", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const copy = { token: "t", source: { size: 9, etag: "s" } };
    const first = await openIn(path, clock);
    const sizes = [0, 2 ** 26 - 1, 2 ** 26, undefined];
    assertEquals(sizes.map((size) => first.isResumable("c://d/1", size)), [false, false, true, true]);
    const copying = first.resumable("a://b/1", "c://d/1");
    assertEquals(await copying.begun(copy), true);
    copying.wrote?.({ index: 0, checksum: "AAAAAA==" });
    assertEquals((await first.end(true))?.halfDone, 1);

    const second = await openIn(path, clock);
    assertEquals([second.isResumable("c://d/1", 0), second.isResumable("c://d/2", 0)], [true, false]);
    assertEquals(second.resumable("a://b/other", "c://d/1").halfDone, undefined);
    const again = second.resumable("a://b/1", "c://d/1");
    assertEquals([again.halfDone, again.parts], [copy, [{ index: 0, checksum: "AAAAAA==" }]]);
    again.ended();
    await second.end(true);
    assertEquals([...Deno.readDirSync(path)], []);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("where the journal cannot be made, a copy is told that it is not kept, and the transfer goes on", async () => {
  const path = await Deno.makeTempFile();
  try {
    const notes: string[] = [];
    const clock = new FakeClock();
    const journal = await openIn(`${path}/jobs`, clock, (text) => notes.push(text));
    const copying = journal.resumable("a://b/1", "c://d/1");
    assertEquals(await copying.begun({ token: "t", source: { size: 9, etag: "s" } }), false);
    copying.ended();
    journal.finish("a://b/2", "c://d/2", SOURCE, TARGET);
    assertEquals([await journal.end(false), notes.length], [undefined, 1]);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a journal that another process has taken over is that one's: nothing is noted, and nothing told of it", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const directory = journalDirectory(path);
    const [notes, ends]: [string[], unknown[]] = [[], []];
    let lose: ((error: unknown, isTakenOver?: boolean) => void) | undefined;
    const journal = await TransferJournal.open({
      place: {
        name: path,
        list: () => directory.list(),
        peek: (id, clock) => directory.peek(id, clock),
        ownerOf: (id) => directory.ownerOf(id),
        discard: (id, clock) => directory.discard(id, clock),
        async open(id, options) {
          const log = await directory.open(id, options);
          lose = (error, isTakenOver) => {
            // A log that is lost is not closed without the error that says so.
            if (log) {
              const close = log.close.bind(log);
              log.close = () => close().finally(() => Promise.reject(error));
            }
            options.onFailure?.(error, isTakenOver);
          };
          return log;
        },
      },
      id: "0".repeat(16),
      header: { lade: 1, operation: "cp", sources: ["a://b/"], destination: "c://d/", begun: "2026-01-01" },
      clock,
      random: () => 0.5,
      signal: new AbortController().signal,
      lazyMs: 0,
      onNote: (text) => void notes.push(text),
      onTakenOver: (error) => void ends.push(error),
    });
    journal.finish("a://b/1", "c://d/1", SOURCE, TARGET);
    await journal.begin();
    const taken = new Error("taken over");
    lose?.(taken, true);
    journal.finish("a://b/2", "c://d/2", SOURCE, TARGET);
    assertEquals([await journal.end(false), notes, ends], [undefined, [], [taken]]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a journal that another process has begun meanwhile is that one's", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const [notes, ends]: [string[], unknown[]] = [[], []];
    const place = journalDirectory(path);
    const id = "0".repeat(16);
    const journal = await TransferJournal.open({
      place,
      id,
      header: { lade: 1, operation: "cp", sources: ["a://b/"], destination: "c://d/", begun: "2026-01-01" },
      clock,
      random: () => 0.5,
      signal: new AbortController().signal,
      onNote: (text) => void notes.push(text),
      onTakenOver: (error) => void ends.push(error),
    });
    const other = await place.open(id, { clock, random: () => 0.5, command: "lade cp", create: true });
    journal.finish("a://b/1", "c://d/1", SOURCE, TARGET);
    const begun = journal.begin();
    while (ends.length + notes.length === 0) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await begun;
    assertEquals([notes, ends.map((error) => error instanceof UnavailableError)], [[], [true]]);
    assertEquals(await journal.end(false), undefined);
    await other?.close();
    assertEquals([...Deno.readDirSync(path)].length, 1);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("only its owner may look into the directory of journals that is made", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const journal = await openIn(`${path}/state/jobs`, clock);
    journal.finish("a://b/1", "c://d/1", SOURCE, TARGET);
    await clock.advance(3000);
    journal.finish("a://b/2", "c://d/2", SOURCE, TARGET);
    await journal.end(false);
    assertEquals(((await Deno.stat(`${path}/state/jobs`)).mode ?? 0) & 0o777, 0o700);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("nothing is believed of a journal that a later version wrote", async () => {
  const path = await Deno.makeTempDir();
  try {
    const clock = new FakeClock();
    const header = { lade: 2 as 1, operation: "cp", sources: [], destination: "c://d/", begun: "2026-01-01" };
    const options = { clock, random: () => 0.5, command: "lade cp", create: true };
    const log = await journalDirectory(path).open("0".repeat(16), options);
    log?.append(formatRecord({ type: "header", header }));
    log?.append(formatRecord({ type: "finished", fingerprint: Uint32Array.of(1, 2, 3), size: 1 }));
    await log?.close();
    await assertRejects(() => openIn(path, clock), UnsupportedError, "a later version of lade wrote it");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
