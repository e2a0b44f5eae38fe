import type { Field } from "./fields.ts";
import type { LoadSpec, MixEntry, MixOp, MixPhase, ObjectSet, PhaseSpec, PickSpec } from "./workload_spec.ts";

const OPS = ["get", "get-range", "put", "stat", "list", "delete"] as const satisfies readonly MixOp[];
const PICKS = ["uniform", "sequential", "once"] as const;
/** More at a time than any process has ports or files for. */
const MOST_AT_A_TIME = 65_535;
const AT_A_TIME = { least: 1, most: MOST_AT_A_TIME };
const ANY = { least: 1, most: Number.MAX_SAFE_INTEGER };
/** A month. */
const LONGEST_MS = 31 * 86_400_000;
const DEFAULT_CONCURRENCY = 16;
const DEFAULT_IN_FLIGHT = 256;
/** A page of a listing. */
const DEFAULT_ENTRIES = 1000;

/** Reads what is done to sets, phase by phase. */
export function readPhases(field: Field, sets: readonly ObjectSet[]): PhaseSpec[] {
  const fields = field.list();
  const names = new Set<string>();
  return fields.map((each, index) => {
    const phase = readPhase(each, sets, index);
    if (names.has(phase.name)) throw each.fault(`two phases are called ${JSON.stringify(phase.name)}`);
    names.add(phase.name);
    if (phase.kind === "delete" && phase.isCleanup && index < fields.length - 1) {
      throw each.fault('"delete: own" removes all, and is the last phase');
    }
    return phase;
  });
}

function readPhase(field: Field, sets: readonly ObjectSet[], index: number): PhaseSpec {
  const keys = ["name", "put", "delete", "mix", "pick", "concurrency", "sweep", "rate", "ramp"] as const;
  const fields = field.mapping([...keys, "duration", "ops", "bytes"]);
  const given = (["put", "delete", "mix"] as const).filter((key) => fields[key].isPresent);
  const [kind] = given;
  if (kind === undefined || given.length > 1) throw field.fault("a phase has one of put, delete, mix");
  const base = {
    name: fields.name.isPresent ? fields.name.text() : `${kind}-${index + 1}`,
    load: readLoad(fields),
  };
  if (kind === "mix") return { kind, ...base, ...readMix(fields, sets) };
  for (const key of ["pick", "sweep", "ramp", "duration", "ops", "bytes"] as const) {
    if (fields[key].isPresent) throw fields[key].fault(`it is of a mix; "${kind}" does each object once`);
  }
  const all = sets.map(({ name }) => name);
  if (kind === "delete") {
    const isCleanup = fields.delete.value === "own";
    return { kind, ...base, sets: isCleanup ? all : readSets(fields.delete, sets), isCleanup };
  }
  return { kind, ...base, sets: readSets(fields.put, sets) };
}

type PhaseFields = Readonly<
  Record<
    "mix" | "pick" | "concurrency" | "sweep" | "rate" | "ramp" | "duration" | "ops" | "bytes",
    Field
  >
>;

function readLoad({ concurrency, sweep, rate }: PhaseFields): LoadSpec {
  if (rate.isPresent) {
    for (const other of [concurrency, sweep]) {
      if (other.isPresent) throw other.fault('what has a rate is bounded by "rate.maxInFlight"');
    }
    const most = { least: 0.001, most: 1e6 };
    if (!rate.isMapping) {
      return {
        kind: "open",
        rate: rate.number(most),
        arrival: "fixed",
        maxInFlight: DEFAULT_IN_FLIGHT,
      };
    }
    const { ops, arrival, maxInFlight } = rate.mapping(["ops", "arrival", "maxInFlight"]);
    return {
      kind: "open",
      rate: ops.number(most),
      arrival: arrival.isPresent ? arrival.oneOf(["fixed", "exponential"]) : "fixed",
      maxInFlight: maxInFlight.isPresent ? maxInFlight.whole(AT_A_TIME) : DEFAULT_IN_FLIGHT,
    };
  }
  if (sweep.isPresent) {
    if (concurrency.isPresent) throw sweep.fault("it has the concurrency, which is not given besides");
    const steps = sweep.list().map((step) => step.whole(AT_A_TIME));
    if (new Set(steps).size < steps.length) throw sweep.fault("a step is there twice");
    return { kind: "closed", concurrency: steps };
  }
  const one = concurrency.isPresent ? concurrency.whole(AT_A_TIME) : DEFAULT_CONCURRENCY;
  return { kind: "closed", concurrency: [one] };
}

function readMix(
  fields: PhaseFields,
  sets: readonly ObjectSet[],
): Pick<MixPhase, "mix" | "pick" | "rampMs" | "durationMs" | "ops" | "bytes"> {
  const { mix, pick, ramp, duration, ops, bytes } = fields;
  const entries = OPS.flatMap((op) => {
    const field = mix.mapping(OPS)[op];
    return field.isPresent ? [readEntry(op, field, sets)] : [];
  });
  if (entries.length === 0) throw mix.fault("it is empty");
  checkSteady(mix, entries);
  const picked = pick.isPresent ? readPick(pick) : { kind: "uniform" as const };
  if (picked.kind === "once") {
    const other = entries.find(({ op }) => op === "put" || op === "list");
    if (other) throw pick.fault(`"once" ends with the objects that are there, and a ${other.op} takes none`);
  } else if (![duration, ops, bytes].some(({ isPresent }) => isPresent)) {
    throw mix.fault("it has no end", 'give "duration", "ops" or "bytes"');
  }
  if (bytes.isPresent && entries.every(({ op }) => op === "stat" || op === "list" || op === "delete")) {
    throw bytes.fault("nothing of the mix moves bytes");
  }
  return {
    mix: entries,
    pick: picked,
    rampMs: ramp.isPresent ? ramp.duration({ least: 0, most: LONGEST_MS }) : 0,
    ...(duration.isPresent && { durationMs: duration.duration({ least: 1, most: LONGEST_MS }) }),
    ...(ops.isPresent && { ops: ops.whole(ANY) }),
    ...(bytes.isPresent && { bytes: bytes.size(ANY) }),
  };
}

function readEntry(op: MixOp, field: Field, sets: readonly ObjectSet[]): MixEntry {
  const weights = { least: 1e-6, most: 1e6 };
  const all = sets.map(({ name }) => name);
  if (!field.isMapping) {
    const weight = field.number(weights);
    if (op === "get-range") throw field.fault("a range needs its length", "{ weight: …, length: 1MiB }");
    return op === "list" ? { op, weight, on: all, entries: DEFAULT_ENTRIES } : { op, weight, on: all };
  }
  const own = op === "get-range" ? ["length", "align"] as const : op === "list" ? ["entries"] as const : [];
  const fields = field.mapping<"weight" | "on" | "length" | "align" | "entries">(["weight", "on", ...own]);
  const common = {
    weight: fields.weight.number(weights),
    on: fields.on.isPresent ? readSets(fields.on, sets) : all,
  };
  if (op === "get-range") {
    const { length, align } = fields;
    return { op, ...common, length: length.size(ANY), align: align.isPresent ? align.size(ANY) : 1 };
  }
  if (op !== "list") return { op, ...common };
  return { op, ...common, entries: fields.entries.isPresent ? fields.entries.whole(ANY) : DEFAULT_ENTRIES };
}

/** Refuses what would empty a set in the end. */
function checkSteady(mix: Field, entries: readonly MixEntry[]): void {
  const remove = entries.find(({ op }) => op === "delete");
  const put = entries.find(({ op }) => op === "put");
  if (!remove) return;
  const isFed = put && put.weight >= remove.weight && remove.on.every((set) => put.on.includes(set));
  if (isFed) return;
  throw mix.fault(
    "it deletes more than it puts",
    'put as often, into the same sets, or delete in a phase of its own with "delete: [SET]"',
  );
}

function readPick(field: Field): PickSpec {
  if (!field.isMapping) return { kind: field.oneOf(PICKS) };
  const { zipf } = field.mapping(["zipf"]);
  return { kind: "zipf", exponent: zipf.number({ least: 0.01, most: 10 }) };
}

function readSets(field: Field, sets: readonly ObjectSet[]): string[] {
  const names = sets.map(({ name }) => name);
  const read = Array.isArray(field.value)
    ? field.list().map((each) => each.oneOf(names))
    : [field.oneOf(names)];
  if (new Set(read).size < read.length) throw field.fault("a set is there twice");
  return read;
}
