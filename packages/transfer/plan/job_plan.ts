import type { LeftOut } from "@lade/core";
import { InvalidNameError } from "@lade/core/errors";
import type { PlaceJudge } from "@lade/core/operations";
import type { ObjectFilter } from "../filter/object_filter.ts";
import { localNameOf, type NameMaker, PLAIN_RULES } from "../names/local_names.ts";
import { localPathOf, placeBelow, placeOf } from "../places/place.ts";
import type { Destination } from "../places/resolve_destination.ts";
import type { UriCalls } from "../places/uri_calls.ts";
import type { ByteSource } from "./byte_source.ts";
import { type Conversion, convertedName, exactName } from "./conversion.ts";
import type { Job, Refusal } from "./job.ts";
import type { LinkMode } from "./link_mode.ts";

/** What is to be transferred, and where to. */
export interface JobPlan {
  /** The stores. */
  readonly lade: UriCalls;
  /** The command, for messages. */
  readonly operation: string;
  /** The sources as they were given. */
  readonly sources: readonly string[];
  /** Where they go. */
  readonly destination: Destination;
  /** Everything under a source goes, not the object of its name. */
  readonly recursive: boolean;
  /** Wildcards in sources stand for names. */
  readonly glob?: boolean;
  /** The version of the one object that goes; the latest by default. */
  readonly version?: string | undefined;
  /** What `-` reads; nothing by default. */
  readonly stdin?: ByteSource;
  /** The sources are removed afterwards. */
  readonly move: boolean;
  /** Objects get attributes that were named: then they may be copied onto themselves. */
  readonly changesAttributes: boolean;
  /** What is done to the bytes, and so to the names. */
  readonly conversion: Conversion;
  /** Which objects go; all where absent. */
  readonly filter?: ObjectFilter;
  /** A prefix under which there is nothing is no error. */
  readonly allowMissing?: boolean;
  /** Called with what a listing leaves out because it is no object. */
  readonly onLeftOut?: (leftOut: LeftOut) => void;
  /** The jobs of a tree come in the order of its keys, where they may come in any otherwise. */
  readonly inOrder?: boolean;
  /** What becomes of symbolic links of a local source; followed by default. */
  readonly links?: LinkMode;
  /** Makes the names at the destination; those of a local one are checked one by one by default. */
  readonly names?: NameMaker;
  /** Judges whether two names lead to one place. */
  readonly judge: PlaceJudge;
  /** Ends the listing. */
  readonly signal: AbortSignal;
}

/** The job with its destination by this name, or why there is none. */
export function withDestination(
  { destination, conversion, operation, names }: JobPlan,
  job: Job,
  name: string,
): Job | Refusal {
  if (destination.kind === "stdout") return job;
  const { place } = destination;
  if (destination.kind === "object") return { ...job, to: placeOf(place, exactName(place.key, conversion)) };
  const uri = job.from?.uri ?? "-";
  // What a local store lists already is a name of a file.
  const fromLocal = job.from !== undefined && localPathOf(job.from.uri) !== undefined;
  const converted = convertedName(name, conversion);
  const options = { isLocal: fromLocal || !isLocal(destination) };
  const made = names?.next(converted, options) ?? localNameOf(converted, PLAIN_RULES, options);
  if (made.fault !== undefined) {
    const end = made.leadsOut ? `, which could lead out of ${JSON.stringify(place.uri)}` : "";
    return { uri, reason: new InvalidNameError({ operation, uri, detail: made.fault + end }) };
  }
  const to = placeBelow(place, made.name);
  const fault = to.store.keyFault(to.key);
  if (fault === undefined) return { ...job, to };
  const detail = `it cannot go to ${JSON.stringify(to.uri)}: ${fault}`;
  return { uri, reason: new InvalidNameError({ operation, uri, detail }) };
}

/** Whether what goes to a destination becomes files below a directory. */
export function isLocal(destination: Destination): boolean {
  return destination.kind === "prefix" && localPathOf(destination.place.uri) !== undefined;
}
