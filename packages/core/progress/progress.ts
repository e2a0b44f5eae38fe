/** Something that happened to one object of a transfer; `sized` has the bytes to be read, once its store has answered. */
export type ProgressEvent =
  | { readonly type: "started"; readonly key: string; readonly size?: number }
  | { readonly type: "sized"; readonly key: string; readonly size: number }
  | { readonly type: "bytes"; readonly key: string; readonly bytes: number }
  | { readonly type: "resumed"; readonly key: string; readonly error: unknown }
  | { readonly type: "finished"; readonly key: string; readonly size: number }
  | { readonly type: "skipped"; readonly key: string; readonly reason: string }
  | { readonly type: "failed"; readonly key: string; readonly error: unknown };

/** Takes progress events as they happen; called synchronously, so it should be quick. */
export type ProgressListener = (event: ProgressEvent) => void;

/** What a call takes that reports progress. */
export interface ProgressOptions {
  /** Called for each event: `bytes` events carry the bytes moved since the one before, over all objects. */
  readonly onProgress?: ProgressListener;
}
