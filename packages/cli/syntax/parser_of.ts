import { object } from "@optique/core/constructs";
import { type Message, text } from "@optique/core/message";
import { map, multiple, optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, flag, option } from "@optique/core/primitives";
import type { ValueParser } from "@optique/core/valueparser";
import type { Value } from "../values/value.ts";
import type { Option, OptionTable, ValuesOf } from "./option.ts";

/** Makes the parser of all that a table holds, under a title where there is one. */
export function parserOf<T extends OptionTable>(
  table: T,
  title?: string,
): Parser<"sync", ValuesOf<T>, unknown> {
  const fields = Object.fromEntries(Object.entries(table).map(([name, each]) => [name, optionParser(each)]));
  const parser = title === undefined ? object(fields) : object(title, fields);
  return parser as Parser<"sync", unknown, unknown> as Parser<"sync", ValuesOf<T>, unknown>;
}

/** A text of the program's own, as the formatter takes it. */
export function plain(line: string): Message {
  return [text(line)];
}

function optionParser(each: Option<unknown>): Parser<"sync", unknown, unknown> {
  const { least, repeats, tooFew } = each;
  const one = onceParser(each);
  if (repeats) {
    const errors = tooFew === undefined ? {} : { errors: { tooFew: plain(tooFew) } };
    return map(multiple(one, { min: least, ...errors }), (values) => each.combine(values));
  }
  if (least > 0) return map(one, (value) => each.combine([value]));
  return map(optional(one), (value) => each.combine(value === undefined ? [] : [value]));
}

function onceParser({ names, description, value }: Option<unknown>): Parser<"sync", unknown, unknown> {
  const options = { description: plain(description) };
  const [first, ...others] = names;
  if (first !== undefined) {
    return value ? option(first, ...others, valueParser(value), options) : flag(first, ...others, options);
  }
  if (!value) throw new TypeError("Cannot parse what has neither name nor value");
  return argument(valueParser(value), options);
}

function valueParser(value: Value<unknown>): ValueParser<"sync", unknown> {
  const { metavar, placeholder, choices, isPlace } = value;
  if (metavar === "") throw new TypeError("Cannot show a value without a name");
  return {
    mode: "sync",
    metavar: metavar as ValueParser<"sync", unknown>["metavar"],
    placeholder,
    parse(input) {
      const reading = value.read(input);
      return "problem" in reading
        ? { success: false, error: plain(reading.problem) }
        : { success: true, value: reading.value };
    },
    format: (given) => value.format(given),
    *suggest(prefix) {
      for (const choice of choices ?? []) {
        if (choice.toLowerCase().startsWith(prefix.toLowerCase())) yield { kind: "literal", text: choice };
      }
      if (isPlace && !prefix.includes("://")) yield { kind: "file", type: "any", pattern: prefix };
    },
  };
}
