import { assertEquals } from "@std/assert";
import { LibraryNotes } from "./library_notes.ts";

Deno.test("LibraryNotes gives what is printed to its listener, and puts the console back", () => {
  const printed: unknown[] = [];
  const fake = Object.create(console, {
    log: { value: (...values: unknown[]) => printed.push(values), writable: true, configurable: true },
    warn: { value: (...values: unknown[]) => printed.push(values), writable: true, configurable: true },
  }) as Console;
  const lines: string[] = [];
  {
    using notes = new LibraryNotes(fake);
    fake.warn("dropped");
    notes.listener = (line) => void lines.push(line);
    fake.warn("a", 1, { b: 2 });
    fake.log("c");
  }
  fake.log("own");
  assertEquals([lines, printed], [["a 1 { b: 2 }", "c"], [["own"]]]);
});
