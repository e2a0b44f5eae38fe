import { assertEquals, assertRejects } from "@std/assert";
import { createStoreContext } from "@lade/core";
import { InvalidNameError, PermissionDeniedError } from "@lade/core/errors";
import { journalDirectory, type JournalPlace } from "../journal/journal_place.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import { listJobs } from "./jobs.ts";

const LADE = { context: createStoreContext() } as UriCalls;

Deno.test("a journal that may not be read is listed with the reason, and hides no other one", async () => {
  const path = await Deno.makeTempDir();
  try {
    const [closed, open] = ["a".repeat(16), "b".repeat(16)];
    for (const id of [closed, open]) await Deno.writeTextFile(`${path}/${id}.journal`, "");
    const directory = journalDirectory(path);
    const place: JournalPlace = {
      ...directory,
      ownerOf: async (id) => {
        if (id !== closed) return await directory.ownerOf(id);
        throw new PermissionDeniedError({ operation: "use the journal", uri: id, detail: "denied" });
      },
    };
    const jobs = await listJobs(LADE, place);
    const faults = jobs.map(({ id, fault }) => [id, fault]).sort();
    assertEquals(faults, [[closed, `Cannot use the journal "${closed}": denied`], [open, undefined]]);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a directory of journals that is none is told by its path", async () => {
  const file = await Deno.makeTempFile();
  try {
    const place = journalDirectory(`${file}/jobs`);
    await assertRejects(() => listJobs(LADE, place), InvalidNameError, `list the journals in "${file}/jobs"`);
    await assertRejects(() => place.ownerOf("a"), InvalidNameError, "part of its path is a file");
  } finally {
    await Deno.remove(file);
  }
});
