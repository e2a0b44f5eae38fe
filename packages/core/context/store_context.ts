import { BufferPool } from "../buffers/buffer_pool.ts";
import type { Bandwidth } from "./bandwidth.ts";
import { ByteBudget } from "./byte_budget.ts";
import { Descriptors } from "./descriptors.ts";
import { EndpointMemory } from "./endpoint_memory.ts";
import { type Clock, systemClock } from "../time/clock.ts";

/** What the stores and transfers of one process share. Pass one to everything that should share its memory bound. */
export interface StoreContext {
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1), for jitter and temporary names. */
  readonly random: () => number;
  /** Bounds the bytes in buffers of all transfers. */
  readonly budget: ByteBudget;
  /** Page-aligned buffers, reused. */
  readonly buffers: BufferPool;
  /** Files and connections that the process may have open. */
  readonly descriptors: Descriptors;
  /** How many requests endpoints bore; stores start with a few everywhere where it is absent. */
  readonly endpoints?: EndpointMemory;
  /** Bounds how fast bytes go between here and services, and between local places; absent where nothing does. */
  readonly bandwidth?: Bandwidth;
  /** Takes what stores find out while they work and nobody asked for; absent where nobody listens. */
  readonly onNotice?: (notice: StoreNotice) => void;
}

/** Something that a store found out of its own accord, such as what a service cannot do. */
export interface StoreNotice {
  /** What it is about: a container's URI; absent for what concerns the whole process. */
  readonly uri?: string;
  /** One sentence without a period. */
  readonly text: string;
}

/** Options of {@linkcode createStoreContext}. */
export interface StoreContextOptions {
  /** Time; the system's by default. */
  readonly clock?: Clock;
  /** Random numbers in [0, 1); `Math.random` by default. */
  readonly random?: () => number;
  /** Bytes that all transfers together may hold in buffers; 256 MiB by default. */
  readonly maxBufferedBytes?: number;
  /** Remembers how many requests endpoints bear; for as long as the context is there by default. */
  readonly endpoints?: EndpointMemory;
  /** Bounds how fast bytes go; nothing does by default. */
  readonly bandwidth?: Bandwidth;
  /** Called with what stores find out of their own accord, such as what a service cannot do. */
  readonly onNotice?: (notice: StoreNotice) => void;
}

const FEW_DESCRIPTORS =
  'the system allows no more open files (raise "ulimit -n"): fewer objects are worked on at once';

/** Makes a context. A process needs one. */
export function createStoreContext(options: StoreContextOptions = {}): StoreContext {
  const budget = new ByteBudget(options.maxBufferedBytes ?? 256 * 2 ** 20);
  const { bandwidth, clock = systemClock, onNotice, random = Math.random } = options;
  const onShortage = () => onNotice?.({ text: FEW_DESCRIPTORS });
  return {
    clock,
    random,
    budget,
    buffers: new BufferPool({ maxIdleBytes: budget.capacity }),
    endpoints: options.endpoints ?? new EndpointMemory({ clock }),
    descriptors: new Descriptors({ clock, random, onShortage }),
    ...(bandwidth && { bandwidth }),
    ...(onNotice && { onNotice }),
  };
}
