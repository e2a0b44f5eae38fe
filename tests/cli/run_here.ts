import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import { withoutProgress } from "./without_progress.ts";

/** What a command line came to. */
export interface Outcome {
  /** The exit code. */
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error, without lines of progress. */
  readonly stderr: string;
}

/** Runs command lines one after the other in this process, on stores that live as long as the object. */
export class CliHere implements AsyncDisposable {
  /** The stores. */
  readonly lade = new Lade();

  /** Runs one command line. */
  async run(args: readonly string[], options: FakeTerminalOptions = {}): Promise<Outcome> {
    const terminal = new FakeTerminal(options);
    const code = await runCli(args, { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: withoutProgress(terminal.stderr.text, args) };
  }

  /** Puts objects, each holding its text. */
  async fill(objects: Readonly<Record<string, string>>): Promise<void> {
    for (const [uri, text] of Object.entries(objects)) await this.lade.put(uri, text);
  }

  /** The objects under a URI, by URI. */
  async contents(uri: string): Promise<Record<string, string>> {
    const contents: Record<string, string> = {};
    for await (const entry of this.lade.list(uri)) {
      contents[entry.uri] = new TextDecoder().decode(await this.lade.get(entry.uri));
    }
    return contents;
  }

  /** Closes the stores. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
  }
}
