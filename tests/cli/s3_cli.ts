import { type FakeS3, type FakeS3Options, startFakeS3 } from "../fakes/s3/mod.ts";
import { type ProcessOutcome, runLade, type RunLadeOptions } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** A server, and a directory in which `lade` runs on it. */
export class S3Cli implements AsyncDisposable {
  /** The server, with the bucket `bucket`. */
  readonly fake: FakeS3;
  /** The working directory. */
  readonly directory: TemporaryDirectory;

  private constructor(fake: FakeS3, directory: TemporaryDirectory) {
    this.fake = fake;
    this.directory = directory;
  }

  /** Starts the server. */
  static async start(
    files: Readonly<Record<string, string | Uint8Array>> = {},
    options: FakeS3Options = {},
  ): Promise<S3Cli> {
    return new S3Cli(
      await startFakeS3({ buckets: ["bucket"], ...options }),
      await TemporaryDirectory.make(files),
    );
  }

  /** How a process reaches the server: keys in the environment, and no permission that is not needed. */
  options(env: Readonly<Record<string, string>> = {}): RunLadeOptions {
    return {
      cwd: this.directory.path,
      // The last two are what the AWS SDK looks at when it is loaded.
      permissions: [
        `--allow-net=127.0.0.1:${this.fake.port}`,
        "--allow-env=AWS_*,LADE_*,_X_AMZN_TRACE_ID",
        "--allow-sys=osRelease",
      ],
      env: {
        AWS_ACCESS_KEY_ID: this.fake.accessKeyId,
        AWS_SECRET_ACCESS_KEY: this.fake.secretAccessKey,
        AWS_ENDPOINT_URL: this.fake.url,
        AWS_REGION: "us-east-1",
        AWS_CA_BUNDLE: "",
        AWS_PROFILE: "",
        AWS_SESSION_TOKEN: "",
        ...env,
      },
    };
  }

  /** Runs `lade` as a process of its own. */
  async run(args: readonly string[], options: Partial<RunLadeOptions> = {}): Promise<ProcessOutcome> {
    const { env, ...others } = options;
    return await runLade(args, { ...this.options(env), ...others });
  }

  /**
   * Runs `lade`, and tells the operations that the server saw meanwhile. Nothing is asked for a second time, however busy the
   * machine is.
   */
  async watch(
    args: readonly string[],
    options: Partial<RunLadeOptions> = {},
  ): Promise<ProcessOutcome & { readonly operations: string[] }> {
    const before = this.fake.requests.length;
    const outcome = await this.run(args, { ...options, env: { LADE_HEDGING: "false", ...options.env } });
    const operations = this.fake.requests.slice(before).map(({ method, operation }) => operation ?? method);
    return { ...outcome, operations };
  }

  /** Stops the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}
