import { FakeClock } from "@lade/testing";
import { assertEquals } from "@std/assert";
import { journalDirectory } from "./journal_place.ts";
import { TransferJournal } from "./transfer_journal.ts";

const SOURCE = { size: 3, etag: "s" };
const TARGET = { size: 3, etag: "t" };

/** Opens the journal of one transfer in a directory. */
function openIn(path: string, clock: FakeClock): Promise<TransferJournal> {
  return TransferJournal.open({
    place: journalDirectory(path),
    id: "0".repeat(16),
    header: { lade: 1, operation: "cp", sources: ["a://b/"], destination: "c://d/", begun: "2026-01-01" },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onNote: (text) => {
      throw new Error(text);
    },
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
