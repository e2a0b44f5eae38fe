import { InvalidNameError } from "@lade/core/errors";
import { localPathOf, uriOfArgument } from "../places/place.ts";
import { convertedName } from "../plan/conversion.ts";
import { everyFilter, type ObjectFilter } from "../filter/object_filter.ts";
import type { Shard } from "@lade/core/shard";
import { inShard } from "../shard/shard.ts";
import type { NameMaker } from "../names/local_names.ts";
import type { TransferRequest } from "./transfer_request.ts";

/**
 * The filter of a request, and of what passes it only what is in a shard. It goes by the name that an object gets, so that
 * two of which a conversion makes one name are found by one process. `names` is shown the names of other shards too, for
 * a file system may take one of them for one of this.
 *
 * Only trees have shares. Of a local directory that is moved, links lead to what another process may have moved before:
 * their content would be missed under their names.
 */
export function shardFilter(
  request: TransferRequest,
  shard: Shard,
  names?: NameMaker,
): ObjectFilter | undefined {
  const { operation, sources, recursive, move, conversion = "none", filter } = request;
  for (const source of recursive && !move ? [] : sources) {
    const uri = uriOfArgument(source);
    if (!recursive) {
      const detail = "there are shards only of what is under a prefix or directory";
      throw new InvalidNameError({ operation, uri, detail, advice: "add -r, or leave out --shard" });
    }
    if (localPathOf(uri) === undefined) continue;
    const detail =
      "a local directory is not moved in shards, since its links may lead to what another shard moves";
    throw new InvalidNameError({ operation, uri, detail, advice: "copy it in shards and remove it then" });
  }
  const isOwn = inShard(shard);
  const isLocal = sources.every((source) => localPathOf(uriOfArgument(source)) !== undefined);
  const byShard: ObjectFilter = (_meta, name) => {
    const converted = convertedName(name, conversion);
    if (isOwn(converted)) return true;
    // What another process brings has its name all the same.
    if (names && converted !== "" && !converted.endsWith("/")) names.next(converted, { isLocal });
    return false;
  };
  return everyFilter([filter, Object.assign(byShard, { byNameOnly: true })]);
}
