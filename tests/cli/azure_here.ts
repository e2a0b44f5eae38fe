import { Lade, type LadeConfig } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { type FakeAzure, type FakeAzureOptions, startFakeAzure } from "../fakes/azure/mod.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import type { Outcome } from "./run_here.ts";
import { withoutProgress } from "./without_progress.ts";

/** A server with the container `photos`, and `lade` that runs on it in this process. */
export class AzureHere implements AsyncDisposable {
  /** The server. */
  readonly fake: FakeAzure;
  /** The stores. */
  readonly lade: Lade;

  private constructor(fake: FakeAzure, lade: Lade) {
    this.fake = fake;
    this.lade = lade;
  }

  /** Starts the server; `config` is added to what `az://` needs to reach it. */
  static async start(config: LadeConfig = {}, options: FakeAzureOptions = {}): Promise<AzureHere> {
    return AzureHere.of(await startFakeAzure({ containers: ["photos"], ...options }), config);
  }

  /** `lade` that runs on a server, which it stops when it is disposed. */
  static of(fake: FakeAzure, config: LadeConfig = {}): AzureHere {
    const { az = {}, ...others } = config;
    const own = { connectionString: fake.connectionString, hedging: false };
    return new AzureHere(fake, new Lade({ config: { az: { ...own, ...az }, ...others } }));
  }

  /** What follows `az://` in the URIs of the account. */
  get host(): string {
    return `${new URL(this.fake.url).host}/${this.fake.account.name}`;
  }

  /** Runs one command line. */
  async run(args: readonly string[], options: FakeTerminalOptions = {}): Promise<Outcome> {
    const terminal = new FakeTerminal(options);
    const code = await runCli(args, { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: withoutProgress(terminal.stderr.text, args) };
  }

  /** The blobs of a container, as texts by key. */
  texts(container = "photos"): Record<string, string> {
    const text = (key: string) => new TextDecoder().decode(this.fake.bytes(container, key));
    return Object.fromEntries(this.fake.blobs(container).map(({ key }) => [key, text(key)]));
  }

  /** Closes the stores and stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}
