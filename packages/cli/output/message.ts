import type { Style } from "./style.ts";

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [name: string]: Json | undefined;
};

/** One line that a command prints. Every kind of line exists in both forms. */
export interface Message {
  /** The line for people, without its line break. */
  toText(style: Style): string;
  /** The value that `--json` prints; properties that are `undefined` are left out. */
  toJson(): Json;
}
