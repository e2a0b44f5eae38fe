import { MOST_SHARDS, type Shard } from "./shard.ts";
import { type Engine, ENGINES, type Environment, readEngine } from "./shard_engines.ts";

/**
 * Reads which shard a process takes: `2/4`, counted from 1; `auto`, by the variables of whatever started the process; or
 * the name of an engine (`slurm`), by its variables alone. Nothing but these words ever makes it read a variable.
 *
 * A shard that there is not, no engine, half of what an engine sets, and engines that disagree are a `TypeError`, whose
 * message is a sentence without a period that names the variables.
 */
export function parseShard(text: string, env: Environment): Shard {
  const [, number, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (number !== undefined) return checked(text, Number(number), Number(count));
  if (text === "auto") return fromAny(env);
  const engine = ENGINES.find(({ name }) => name === text);
  if (!engine) {
    const names = ENGINES.map(({ name }) => name).join(", ");
    throw new TypeError(
      `${JSON.stringify(text)} is no shard: it is I/N with I from 1 to N, auto, or one of ${names}`,
    );
  }
  const { shard, missing } = readEngine(engine, env);
  if (!shard) throw new TypeError(`${JSON.stringify(text)} finds no shard: ${missing}`);
  return shard;
}

function checked(text: string, number: number, count: number): Shard {
  const quoted = JSON.stringify(text);
  if (count < 1 || count > MOST_SHARDS) {
    throw new TypeError(`${quoted} is no shard: there can be from 1 to ${MOST_SHARDS}`);
  }
  if (number < 1 || number > count) {
    const hint = number === 0 ? "; a rank, counted from 0, has 1 added to it, as auto does" : "";
    throw new TypeError(`${quoted} is no shard: they are counted from 1 to ${count}${hint}`);
  }
  return { number, count };
}

/** Some engines start others: what all of them that say something agree on, or nothing at all. */
function fromAny(env: Environment): Shard {
  const found: { readonly engine: Engine; readonly shard: Shard }[] = [];
  const hints: string[] = [];
  for (const engine of ENGINES) {
    const { shard, missing, isHint } = readEngine(engine, env);
    if (shard) found.push({ engine, shard });
    else if (isHint) hints.push(missing);
  }
  const [first] = found;
  if (!first) {
    const names = ENGINES.flatMap(({ pairs }) => pairs.map(({ index }) => index)).join(", ");
    const why = hints.length > 0 ? hints.join("; ") : `none of ${names} is set, or may be read`;
    throw new TypeError(`auto finds nothing that started this process as one of several: ${why}`);
  }
  const other = found.find(({ shard }) =>
    shard.number !== first.shard.number || shard.count !== first.shard.count
  );
  if (other) {
    const told = [first, other].map(({ shard }) =>
      `shard ${shard.number} of ${shard.count} by ${shard.source}`
    );
    const names = [first, other].map(({ engine }) => engine.name).join(" or ");
    throw new TypeError(
      `auto finds two that disagree: ${told.join(", ")}; name one, ${names}, in place of auto`,
    );
  }
  return { ...first.shard, source: found.map(({ shard }) => shard.source).join(", ") };
}
