import type { Lade } from "../packages/lade/mod.ts";

/** A server, its container `bench`, and how programs are told of it. */
export interface BenchContainer extends AsyncDisposable {
  /** The endpoint. */
  readonly url: string;
  /** URI of the container, without a slash at the end. */
  readonly root: string;
  /** The same for s3dlio, which may read it otherwise. */
  readonly s3dlioRoot: string;
  /** Environment in which every contender finds endpoint, keys and region. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts a file there by other means than Lade, where the server takes long for what Lade does. */
  readonly upload?: (path: string, key: string) => Promise<void>;
  /** The process, or one that has started it, whose CPU time can be told apart from the contenders'. */
  readonly process?: number;
  /** Cores that the contenders keep to, as `taskset` names them, where the server has its own; else all. */
  readonly cores?: string | undefined;
  /** Reaches it from this process. */
  readonly lade: Lade;
}
