import { or } from "@optique/core/constructs";
import { cat } from "../commands/cat.ts";
import { cp } from "../commands/cp.ts";
import { du } from "../commands/du.ts";
import { get } from "../commands/get.ts";
import { ls } from "../commands/ls.ts";
import { man } from "../commands/man.ts";
import { mb } from "../commands/mb.ts";
import { mv } from "../commands/mv.ts";
import { pipe } from "../commands/pipe.ts";
import { put } from "../commands/put.ts";
import { rb } from "../commands/rb.ts";
import { rm } from "../commands/rm.ts";
import { stat } from "../commands/stat.ts";

/** The parser of every command, in the order of the help. */
export const commands = or(ls, stat, cat, get, put, cp, mv, rm, du, mb, rb, pipe, man);

/** The names of the commands, in the same order. */
export const COMMAND_NAMES = [
  "ls",
  "stat",
  "cat",
  "get",
  "put",
  "cp",
  "mv",
  "rm",
  "du",
  "mb",
  "rb",
  "pipe",
  "man",
] as const;
