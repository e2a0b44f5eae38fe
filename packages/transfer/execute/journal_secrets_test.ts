import { createStoreContext } from "@lade/core/backend";
import { Lade } from "@lade/lade";
import { assertEquals } from "@std/assert";
import { journalDirectory } from "../journal/journal_place.ts";
import { JournalState } from "../journal/journal_state.ts";
import { locate } from "../places/place.ts";
import { KeptJournal } from "./kept_journal.ts";
import { TransferTally } from "./transfer_tally.ts";

const SECRET = "AbCdEf0123456789AbCdEf0123456789AbCdEf01234%3D";

Deno.test("what a journal says of its transfer holds no secret, and a command line only without one", async () => {
  const path = await Deno.makeTempDir();
  await using lade = new Lade({ context: createStoreContext() });
  try {
    const uri = `https://a.blob.core.windows.net/c/b?sv=2024-01-01&sig=${SECRET}`;
    const place = journalDirectory(path);
    const [from, to] = [await locate(lade, "memory://s/a"), await locate(lade, "memory://t/a")];
    const listener = {
      done: () => Promise.resolve(),
      skipped: () => Promise.resolve(),
      failed: () => Promise.resolve(),
    };
    const plain = ["cp", "memory://s/a", "memory://t/a"];
    for (const commandLine of [["cp", uri, "memory://t/a"], plain]) {
      const journal = await KeptJournal.open({
        lade,
        request: { place, commandLine, directory: "/d" },
        operation: "cp",
        sources: [uri],
        destination: { ...to, uri },
        isPrefix: false,
        options: commandLine,
        signal: new AbortController().signal,
        tally: new TransferTally(listener),
      });
      const copying = journal?.copying({ from, to }, false);
      assertEquals(await copying?.resumable?.begun({ token: "t", source: { size: 9, etag: "e" } }), true);
      const { id = "" } = await journal?.end(false) ?? {};
      const { header } = await JournalState.read(place.peek(id, lade.context.clock), id);
      assertEquals(JSON.stringify(header).includes(SECRET.slice(0, 43)), false);
      assertEquals([header?.sources.length, header?.commandLine, header?.directory], [
        1,
        ...(commandLine === plain ? [plain, "/d"] : [undefined, undefined]),
      ]);
      assertEquals(header?.destination, header?.sources[0]);
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
