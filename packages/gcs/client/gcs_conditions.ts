import type { Preconditions } from "@lade/core/backend";

/** Conditions and versions as the JSON API has them in a query. */
export interface GenerationQuery {
  readonly generation?: string;
  readonly ifGenerationMatch?: string;
  readonly ifGenerationNotMatch?: string;
}

/** Generations are microseconds since 1970: none is the first. */
const NONE = "1";

/** A generation by the text that an etag or version is; what is none of the service's is one that no object has. */
export function generationOf(text: string): string {
  return /^[1-9]\d{0,18}$/.test(text) ? text : NONE;
}

/** The query that names a version, and holds conditions. */
export function generationQuery(
  { ifMatch, ifNoneMatch, version }: Pick<Preconditions, "ifMatch" | "ifNoneMatch"> & {
    readonly version?: string;
  },
): GenerationQuery {
  return {
    ...(version !== undefined && { generation: generationOf(version) }),
    // An object that is not there has the generation 0.
    ...(ifMatch === "*" && { ifGenerationNotMatch: "0" }),
    ...(ifMatch !== undefined && ifMatch !== "*" && { ifGenerationMatch: generationOf(ifMatch) }),
    ...(ifNoneMatch === "*" && { ifGenerationMatch: "0" }),
    ...(ifNoneMatch !== undefined && ifNoneMatch !== "*" &&
      { ifGenerationNotMatch: generationOf(ifNoneMatch) }),
  };
}
