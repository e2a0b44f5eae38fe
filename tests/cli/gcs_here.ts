import { Lade, type LadeConfig } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { type FakeGcs, type FakeGcsOptions, type Principal, startFakeGcs } from "../fakes/gcs/mod.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import type { Outcome } from "./run_here.ts";
import { withoutProgress } from "./without_progress.ts";

/** A server with the bucket `photos`, and `lade` that runs on it in this process. */
export class GcsHere implements AsyncDisposable {
  /** The server. */
  readonly fake: FakeGcs;
  /** The stores. */
  readonly lade: Lade;

  private constructor(fake: FakeGcs, lade: Lade) {
    this.fake = fake;
    this.lade = lade;
  }

  /** Starts the server; `config` is added to what `gs://` needs to reach it. */
  static async start(config: LadeConfig = {}, options: FakeGcsOptions = {}): Promise<GcsHere> {
    return GcsHere.of(await startFakeGcs({ buckets: ["photos"], ...options }), config);
  }

  /** `lade` that runs on a server, which it stops when it is disposed, in the name of somebody, or with other settings. */
  static of(fake: FakeGcs, config: LadeConfig = {}, principal?: Principal): GcsHere {
    const { gs = {}, ...others } = config;
    const own = {
      endpoint: fake.url,
      accessToken: fake.issueToken(principal),
      project: "project",
      hedging: false,
    };
    return new GcsHere(fake, new Lade({ config: { gs: { ...own, ...gs }, ...others } }));
  }

  /** Runs one command line. */
  async run(args: readonly string[], options: FakeTerminalOptions = {}): Promise<Outcome> {
    const terminal = new FakeTerminal(options);
    const code = await runCli(args, { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: withoutProgress(terminal.stderr.text, args) };
  }

  /** The objects of a bucket, as texts by key. */
  texts(bucket = "photos"): Record<string, string> {
    const text = (key: string) => new TextDecoder().decode(this.fake.bytes(bucket, key));
    return Object.fromEntries(this.fake.objects(bucket).map(({ name }) => [name, text(name)]));
  }

  /** Closes the stores and stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}
