import { count, flag, option } from "../syntax/option.ts";
import { choiceValue } from "../values/plain_values.ts";

/** The options that every command takes and that concern no backend. */
export const plainOptions = {
  json: flag(["--json"], "Print one JSON value per line, errors too."),
  verbosity: count(
    ["-v", "--verbose"],
    "Say what caused an error, what was verified and what limited it, and sum up; twice: with stack traces.",
  ),
  quiet: flag(["-q", "--quiet"], "Print only what was asked for, and errors."),
  progress: option(
    ["--progress"],
    choiceValue({ metavar: "auto|plain|limits|none", choices: ["auto", "plain", "limits", "none"] }),
    "auto",
    "Show progress on standard error: auto, the default, is a bar on a terminal and now and then a line elsewhere; plain \
is always lines; limits is as auto, and says what limits it now.",
  ),
};
