import { assertEquals } from "@std/assert";
import { openFileStore } from "@lade/fs";
import { createOpLog, type OpLogRow, readOpLog } from "@lade/workload";
import { testWithPython } from "./python.ts";

/** Reads a log as strict readers of separated values do, and as those that split at tabs: both are to agree. */
const READ = `
import csv, json, sys
lines = open(sys.argv[1], encoding="utf-8", newline="").read().split("\\n")
assert lines.pop() == "" and lines.pop().startswith("# rows=")
rows = [line.split("\\t") for line in lines]
assert rows == list(csv.reader(lines, delimiter="\\t", strict=True))
assert len({len(row) for row in rows}) == 1
print(json.dumps([[row[rows[0].index(name)] for name in ("op", "file", "encoding", "thread")] for row in rows[1:]]))
`;

/** Writes a log as warp does, which it packs by zstd where Python has that. */
const WRITE = `
import sys
columns = "idx thread op client_id n_objects bytes endpoint file error start first_byte last_byte end duration_ns cat"
row = ["0", "5", "GET", "c", "1", "7", "http://h:9000", "b/k", "", "2026-11-30T14:00:00.000000001+02:00", "", "", "2026-11-30T14:00:01.000000001+02:00", "1000000000", "0"]
with open(sys.argv[1], "w", newline="\\r\\n") as out:
    print(*columns.split(), sep="\\t", file=out)
    print(*row, sep="\\t", file=out)
`;

testWithPython(
  "what Lade records of odd names Python reads by tabs and by quotes alike, and what Python writes Lade reads",
  async (python) => {
    const names = [
      "plain",
      "ä 𝄞",
      'a "quoted" b',
      '"',
      "tab\there",
      "line\nend\r",
      "50%",
      "%09",
      "#first",
      "a\u0085b",
      "'",
      ",",
    ];
    await using store = await openFileStore(python.directory);
    const rows: OpLogRow[] = names.map((file, index) => ({
      ...{ thread: String(index), op: "GET", clientId: "", objects: 1, bytes: 0, endpoint: "s3://b/", file },
      ...{ startSeconds: 1_796_043_256, startNanos: index, durationNs: 1 },
    }));
    {
      await using log = createOpLog(await store.createWriter("log.tsv"), { compress: false });
      for (const row of rows) log.append(row);
    }
    const read: string[][] = JSON.parse(await python.run(READ, "log.tsv"));
    const decoded = read.map((
      [op, file = "", encoding, thread],
    ) => [op, encoding === "percent" ? decodeURIComponent(file) : file, thread]);
    assertEquals(decoded, names.map((name, index) => ["GET", name, String(index)]));
    await python.run(WRITE, "warp.csv");
    const [row] = await Array.fromAsync(readOpLog((await store.get("warp.csv")).body));
    assertEquals([row?.endpoint, row?.file, row?.startNanos, row?.durationNs], ["s3://b/", "k", 1, 1e9]);
  },
);
