/** A setting that was written as text, as on a command line, and where. It may stand for a value among any options. */
export class SettingText {
  /** The text. */
  readonly text: string;
  /** Where it was written, in words for messages: `--region`. */
  readonly source: string;

  /** Keeps a text and where it was written. */
  constructor(text: string, source: string) {
    this.text = text;
    this.source = source;
  }
}
