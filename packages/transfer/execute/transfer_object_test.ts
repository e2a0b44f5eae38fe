import { PlaceJudge, type ProgressEvent } from "@lade/core";
import { createZstdPool } from "@lade/core/zstd";
import { Lade } from "@lade/lade";
import { assertEquals } from "@std/assert";
import { locate } from "../places/place.ts";
import { standardInput } from "../plan/input.ts";
import { transferObject } from "./transfer_object.ts";

const SIZE = 9 * 2 ** 20;

Deno.test("the progress of a compression is that of its frames, not of what was read ahead", async () => {
  await using lade = new Lade();
  const bytes = Uint8Array.from({ length: SIZE }, (_, i) => (i * i) >> 7);
  await lade.put("memory://m/a", bytes);
  using pool = createZstdPool();
  const run = async (source: "-" | "object") => {
    const events: ProgressEvent[] = [];
    let taken = 0;
    const take = (buffer: Uint8Array): number | null => {
      const piece = bytes.subarray(taken, taken + buffer.length);
      buffer.set(piece);
      taken += piece.length;
      return piece.length || null;
    };
    const stdin = { read: (buffer: Uint8Array) => Promise.resolve(take(buffer)) };
    await transferObject({
      ...(source === "-" && { input: standardInput(stdin) }),
      ...(source === "object" && { from: await locate(lade, "memory://m/a") }),
      to: await locate(lade, "memory://m/b"),
    }, {
      move: false,
      judge: new PlaceJudge(),
      createOnly: false,
      ifIgnored: "look",
      reading: {},
      attributes: {},
      keepTime: true,
      guessContentType: false,
      onDropped: () => {},
      onConverted: () => {},
      conversion: "compress",
      level: 1,
      pool,
      stdout: () => Promise.resolve(),
      onProgress: (event) => void events.push(event),
      onEmptyInput: () => {},
      onVerified: () => {},
      signal: new AbortController().signal,
    });
    return events.flatMap((event) => event.type === "bytes" ? [event.bytes] : []);
  };
  for (const source of ["object", "-"] as const) {
    assertEquals(await run(source), [4 * 2 ** 20, 4 * 2 ** 20, 2 ** 20], source);
  }
});
