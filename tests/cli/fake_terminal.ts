import type { ByteSink, ByteSource, Terminal } from "../../packages/cli/output/terminal.ts";

/** A stream that keeps what is written to it. */
export class FakeSink implements ByteSink {
  /** Whether it passes for a terminal. */
  readonly tty: boolean;
  readonly #chunks: Uint8Array[] = [];

  /** Makes an empty stream. */
  constructor(tty: boolean) {
    this.tty = tty;
  }

  /** What was written, as bytes. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#chunks.flatMap((chunk) => [...chunk]));
  }

  /** What was written, as text. */
  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  /** Keeps a copy. */
  write(bytes: Uint8Array): Promise<number> {
    this.#chunks.push(bytes.slice());
    return Promise.resolve(bytes.length);
  }

  /** As it was made. */
  isTerminal(): boolean {
    return this.tty;
  }
}

/** Options of {@linkcode FakeTerminal}. */
export interface FakeTerminalOptions {
  /** What standard input gives, piece by piece. */
  readonly stdin?: Iterable<string | Uint8Array>;
  /** What reading standard input fails with when all of that was read. */
  readonly stdinFailure?: Error;
  /** Whether its streams pass for a terminal. */
  readonly tty?: boolean;
  /** Whether it shows colours where it passes for a terminal; it does not by default. */
  readonly colors?: boolean;
  /** Characters in a line; 80 by default. */
  readonly columns?: number;
  /** The variables of its environment; none by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A world of its own for a command that runs in this process. */
export class FakeTerminal implements Terminal {
  readonly stdin: ByteSource;
  readonly stdout: FakeSink;
  readonly stderr: FakeSink;
  readonly noColor: boolean;
  readonly #env: Readonly<Record<string, string>>;
  readonly #columns: number;

  /** Makes streams that hold nothing yet. */
  constructor(options: FakeTerminalOptions = {}) {
    const { stdin = [], stdinFailure, tty = false, colors = false, columns = 80, env = {} } = options;
    this.stdin = { ...sourceOf(stdin, stdinFailure), isTerminal: () => tty };
    this.noColor = !colors;
    this.#env = env;
    this.#columns = columns;
    this.stdout = new FakeSink(tty);
    this.stderr = new FakeSink(tty);
  }

  /** A variable that it was made with. */
  env(name: string): string | undefined {
    return this.#env[name];
  }

  /** As many as it was made with. */
  columns(): number {
    return this.#columns;
  }
}

function sourceOf(pieces: Iterable<string | Uint8Array>, failure?: Error): ByteSource {
  const queue = [...pieces].map((piece) =>
    typeof piece === "string" ? new TextEncoder().encode(piece) : piece
  );
  return {
    read(buffer) {
      const piece = queue.shift();
      if (!piece) return failure ? Promise.reject(failure) : Promise.resolve(null);
      const count = Math.min(piece.length, buffer.length);
      buffer.set(piece.subarray(0, count));
      if (count < piece.length) queue.unshift(piece.subarray(count));
      return Promise.resolve(count);
    },
  };
}
