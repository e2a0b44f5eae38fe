import { Lade, type LadeConfig } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { type FakeS3, type FakeS3Options, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import type { Outcome } from "./run_here.ts";
import { withoutProgress } from "./without_progress.ts";

/** Options of {@linkcode S3Here.start}. */
export interface S3HereOptions {
  /** Objects of the bucket `bucket`, by key. */
  readonly objects?: Readonly<Record<string, string | Uint8Array>>;
  /** Whether the bucket `bucket` keeps versions. */
  readonly versioning?: boolean;
  /** IAM actions that alone are allowed; all by default. */
  readonly allowed?: readonly string[];
  /** Options of the server. */
  readonly server?: FakeS3Options;
  /** Configuration of `s3://`, beside what the server needs. */
  readonly config?: LadeConfig[string];
}

/** A server with the buckets `bucket` and `other`, and `lade` that runs on it in this process. */
export class S3Here implements AsyncDisposable {
  /** The server. */
  readonly fake: FakeS3;
  /** The stores. */
  readonly lade: Lade;

  private constructor(fake: FakeS3, lade: Lade) {
    this.fake = fake;
    this.lade = lade;
  }

  /** Starts the server. */
  static async start(options: S3HereOptions = {}): Promise<S3Here> {
    const { objects = {}, versioning = false, allowed, server, config } = options;
    const fake = await startFakeS3({ buckets: ["bucket", "other"], minPartSize: 1, ...server });
    if (versioning) fake.bucket("bucket").versioning = "enabled";
    for (const [key, text] of Object.entries(objects)) fake.putObject("bucket", key, text);
    if (allowed) {
      const { secretAccessKey } = fake;
      fake.credentials.set(fake.accessKeyId, { secretAccessKey, allowed: new Set(allowed) });
    }
    return new S3Here(fake, new Lade({ config: { s3: { ...fakeConfig(fake), ...config } } }));
  }

  /** Runs one command line. */
  async run(args: readonly string[], options: FakeTerminalOptions = {}): Promise<Outcome> {
    const terminal = new FakeTerminal(options);
    const code = await runCli(args, { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: withoutProgress(terminal.stderr.text, args) };
  }

  /** The objects of a bucket, as texts by key. */
  texts(bucket = "bucket"): Record<string, string> {
    return Object.fromEntries(
      this.fake.objects(bucket).map((
        { key },
      ) => [key, new TextDecoder().decode(this.fake.bytes(bucket, key))]),
    );
  }

  /** Closes the stores and stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}
