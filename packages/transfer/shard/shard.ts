import { Sha256 } from "@lade/codec/hash";
import type { Shard } from "@lade/core/shard";

/** Whether an object is in a shard, by its name below the source's prefix. No shard holds everything. */
export type ShardTest = (name: string) => boolean;

/** The test of a shard. It reads nothing but the name, so that every process comes to the same shares by itself. */
export function inShard(shard: Shard | undefined): ShardTest {
  if (!shard || shard.count === 1) return () => true;
  const { number, count } = shard;
  const hash = new Sha256();
  return (name) => numberOf(hash, name, count) === number;
}

/**
 * The number of the shard that an object is in, from 1 to `count`: the first 32 bits of the SHA-256 of its name below the
 * source's prefix, in UTF-8, modulo `count`, plus one.
 */
export function shardOf(name: string, count: number): number {
  return numberOf(new Sha256(), name, count);
}

function numberOf(hash: Sha256, name: string, count: number): number {
  return new DataView(hash.digest(name).buffer).getUint32(0) % count + 1;
}
