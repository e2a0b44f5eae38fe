import { assertEquals, assertRejects } from "@std/assert";
import type { Message } from "./message.ts";
import { ClosedOutputError, OutputError } from "./output_error.ts";
import { Output, type OutputConfig } from "./output.ts";
import type { ByteSink, Terminal } from "./terminal.ts";

class Sink implements ByteSink {
  text = "";
  writes = 0;
  failure: Error | undefined;
  constructor(public terminal: boolean, readonly log: string[] = [], readonly name = "") {}
  write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    if (this.failure) return Promise.reject(this.failure);
    // Half a write at a time, as a pipe may do.
    const count = Math.max(1, bytes.length >> 1);
    this.text += new TextDecoder().decode(bytes.slice(0, count));
    this.log.push(this.name);
    return Promise.resolve(count);
  }
  isTerminal(): boolean {
    return this.terminal;
  }
}

function line(text: string): Message {
  return { toText: (style) => style.dim(text), toJson: () => ({ text }) };
}

function setUp(options: Partial<OutputConfig> & { isTerminal?: boolean } = {}) {
  const log: string[] = [];
  const stdout = new Sink(options.isTerminal ?? false, log, "out");
  const stderr = new Sink(options.isTerminal ?? false, log, "err");
  const terminal: Terminal = {
    stdin: { read: () => Promise.resolve(null) },
    stdout,
    stderr,
    noColor: true,
    env: () => undefined,
    columns: () => undefined,
  };
  const controller = new AbortController();
  let closed = 0;
  const output = new Output({
    terminal,
    json: false,
    quiet: false,
    signal: controller.signal,
    onClosed: () => closed++,
    ...options,
  });
  return { output, stdout, stderr, controller, log, closed: () => closed };
}

Deno.test("Output prints results and what was done to standard output, notes and failures to standard error", async () => {
  const { output, stdout, stderr } = setUp();
  await output.result(line("a"));
  await output.done(line("b"));
  await output.note(line("c"));
  await output.fail(line("d"));
  await output.close();
  assertEquals([stdout.text, stderr.text, output.failures], ["a\nb\n", "c\nd\n", 1]);
});

Deno.test("Output prints JSON lines to both streams when asked to", async () => {
  const { output, stdout, stderr } = setUp({ json: true });
  await output.result(line("a"));
  await output.fail(line("d"));
  await output.close();
  assertEquals([stdout.text, stderr.text], ['{"text":"a"}\n', '{"text":"d"}\n']);
});

Deno.test("Output keeps only results and failures when quiet", async () => {
  const { output, stdout, stderr } = setUp({ quiet: true });
  await output.result(line("a"));
  await output.done(line("b"));
  await output.note(line("c"));
  await output.fail(line("d"));
  await output.close();
  assertEquals([stdout.text, stderr.text], ["a\n", "d\n"]);
});

Deno.test("Output drops what was done while standard output carries an object", async () => {
  const { output, stdout } = setUp();
  output.rawResults = true;
  await output.bytes(new TextEncoder().encode("bytes"));
  await output.done(line("b"));
  await output.close();
  assertEquals(stdout.text, "bytes");
});

Deno.test("Output batches lines and keeps their order", async () => {
  const { output, stdout } = setUp();
  let expected = "";
  for (let i = 0; i < 50_000; i++) {
    await output.result(line(`line ${i}`));
    expected += `line ${i}\n`;
  }
  await output.close();
  assertEquals(stdout.text, expected);
  assertEquals(stdout.writes < 500, true, `${stdout.writes} writes`);
});

Deno.test("Output removes the status line before it prints and shows it again after", async () => {
  const { output, stderr, stdout } = setUp({ isTerminal: true });
  output.status("10%");
  await output.flush();
  await output.result(line("a"));
  await output.flush();
  output.status("20%");
  await output.close();
  assertEquals(stderr.text, "10%" + "\r\x1b[K" + "10%" + "\r\x1b[K");
  assertEquals(stdout.text, "a\n");
});

Deno.test("Output leaves the status line alone while results go elsewhere", async () => {
  const { output, stderr, stdout } = setUp({ isTerminal: true });
  stdout.terminal = false;
  output.status("10%");
  await output.flush();
  await output.result(line("a"));
  await output.flush();
  assertEquals([stderr.text, stdout.text], ["10%", "a\n"]);
});

Deno.test("Output tells once that the reader has gone, and prints no more", async () => {
  const { output, stdout, closed } = setUp();
  stdout.failure = new Deno.errors.BrokenPipe("gone");
  await output.result(line("a"));
  await output.flush();
  await output.result(line("b"));
  await output.flush();
  assertEquals([closed(), stdout.writes], [1, 1]);
});

Deno.test("Output ends a command on the first line after the reader has gone when the command was aborted", async () => {
  const { output, stdout, controller } = setUp({});
  stdout.failure = new Deno.errors.BrokenPipe("gone");
  await output.result(line("a"));
  await output.flush();
  controller.abort(new ClosedOutputError());
  await assertRejects(() => output.result(line("b")), ClosedOutputError);
});

Deno.test("Output.bytes() rejects with a ClosedOutputError when the reader has gone", async () => {
  const { output, stdout } = setUp();
  stdout.failure = new Deno.errors.BrokenPipe("gone");
  await assertRejects(() => output.bytes(new Uint8Array(1)), ClosedOutputError);
  await assertRejects(() => output.bytes(new Uint8Array(1)), ClosedOutputError);
  assertEquals(stdout.writes, 1);
});

Deno.test("Output fails when standard output cannot be written", async () => {
  const { output, stdout } = setUp();
  stdout.failure = new Error("No space left on device");
  await output.result(line("a"));
  const error = await assertRejects(
    () => output.flush(),
    OutputError,
    "Cannot write to standard output: No space left",
  );
  assertEquals(error.cause, stdout.failure);
  await assertRejects(
    () => output.result(line("b")),
    OutputError,
    "Cannot write to standard output: No space left",
  );
});

Deno.test("Output gives up on a reader that does not read once the command is aborted", async () => {
  const { output, stdout, controller } = setUp();
  stdout.write = () => new Promise(() => {});
  await output.result(line("a"));
  const flushed = output.flush();
  controller.abort(new Error("interrupted"));
  await flushed;
  await output.close();
});

Deno.test("Output writes a note after the results before it, also when both come while others are written", async () => {
  const { output, stdout, stderr } = setUp();
  const written: string[] = [];
  const begun = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  stdout.write = async (bytes) => {
    begun.resolve();
    await free.promise;
    written.push(new TextDecoder().decode(bytes));
    return bytes.length;
  };
  stderr.write = (bytes) => {
    written.push(new TextDecoder().decode(bytes));
    return Promise.resolve(bytes.length);
  };
  await output.result(line("first"));
  const flushed = output.flush();
  await begun.promise;
  await output.result(line("second"));
  await output.note(line("summary"));
  free.resolve();
  await flushed;
  assertEquals(written, ["first\n", "second\n", "summary\n"]);
});

for (const stream of ["stdout", "stderr"] as const) {
  for (const method of ["flush", "close"] as const) {
    Deno.test(`Output.${method}() waits for what is being written to ${stream} already`, async () => {
      const setup = setUp();
      const { output } = setup;
      const sink = setup[stream];
      const write = sink.write.bind(sink);
      const begun = Promise.withResolvers<void>();
      const ready = Promise.withResolvers<void>();
      sink.write = async (bytes) => {
        begun.resolve();
        await ready.promise;
        return await write(bytes);
      };
      await (stream === "stdout" ? output.result(line("a")) : output.note(line("a")));
      await begun.promise;
      let ended = false;
      const ending = output[method]().then(() => ended = true);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      assertEquals(ended, false);
      ready.resolve();
      await ending;
      assertEquals(sink.text, "a\n");
    });
  }
}
