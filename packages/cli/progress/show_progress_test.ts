import { assertEquals } from "@std/assert";
import { FakeClock } from "@lade/testing";
import { FakeTerminal } from "../../../tests/cli/fake_terminal.ts";
import { Output } from "../output/output.ts";
import { type ProgressForm, showProgress } from "./show_progress.ts";
import { TransferProgress } from "./transfer_progress.ts";

function setUp(form: ProgressForm, json = false) {
  const clock = new FakeClock();
  const terminal = new FakeTerminal({ tty: form === "bar" });
  const signal = new AbortController().signal;
  const output = new Output({ terminal, json, quiet: false, signal, onClosed: () => {} });
  const progress = new TransferProgress(clock);
  const display = showProgress({
    form,
    progress,
    output,
    clock,
    columns: () => 40,
  });
  progress.plan(1, 1000);
  progress.planned();
  progress.add({ type: "started", key: "a" });
  return { clock, terminal, output, progress, display };
}

Deno.test("showProgress() draws a bar ten times a second and removes it at the end", async () => {
  const { clock, terminal, output, progress, display } = setUp("bar");
  await clock.advance(99);
  assertEquals(terminal.stderr.text, "");
  progress.add({ type: "bytes", key: "a", bytes: 250 });
  await clock.advance(1);
  await output.flush();
  progress.add({ type: "bytes", key: "a", bytes: 250 });
  await clock.advance(100);
  await output.flush();
  await display[Symbol.asyncDispose]();
  await output.close();
  assertEquals(terminal.stderr.text.split("\r\x1b[K"), [
    " 25%  250 B of 1000 B  2.44 KiB/s",
    " 50%  500 B of 1000 B  2.44 KiB/s",
    "",
  ]);
});

Deno.test("showProgress() prints a line every five seconds, and none of a short transfer", async () => {
  const { clock, terminal, output, progress, display } = setUp("lines");
  await clock.advance(4_999);
  progress.add({ type: "bytes", key: "a", bytes: 500 });
  await clock.advance(5_002);
  await output.flush();
  await display[Symbol.asyncDispose]();
  await output.close();
  assertEquals(terminal.stderr.text.split("\n"), [
    "lade: 50%, 500 B of 1000 B, 100 B/s, 5 s left",
    "lade: 50%, 500 B of 1000 B, 0 B/s",
    "",
  ]);
});

Deno.test("showProgress() prints lines as JSON when asked to", async () => {
  const { clock, terminal, output, progress, display } = setUp("lines", true);
  progress.add({ type: "bytes", key: "a", bytes: 500 });
  await clock.advance(5_000);
  await display[Symbol.asyncDispose]();
  await output.close();
  assertEquals(JSON.parse(terminal.stderr.text), {
    type: "progress",
    bytes: 500,
    totalBytes: 1000,
    objects: 0,
    totalObjects: 1,
    bytesPerSecond: 100,
    remainingMs: 5000,
    elapsedMs: 5000,
    current: "a",
  });
});

Deno.test("showProgress() shows nothing when asked to, and finds out nothing for it", async () => {
  const { clock, terminal, output, display } = setUp("none");
  await clock.advance(60_000);
  await display[Symbol.asyncDispose]();
  await output.close();
  assertEquals(terminal.stderr.text, "");
});
