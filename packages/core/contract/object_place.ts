/**
 * Where an object is or would be, whatever name led there. Two places of one service are the same when container and
 * key are. All keys of a store have one service of one kind.
 */
export interface ObjectPlace {
  /** The service, in one spelling: a text, or the very thing that holds the containers. */
  readonly service: string | object;
  /** The container, in one spelling. */
  readonly container: string | object;
  /** The key, in one spelling; of a file its path without links. That of a prefix ends in `/` or is empty. */
  readonly key: string;
  /** What lies there now, where that can have several names: of a file its device and number. */
  readonly identity?: string;
  /** Of a prefix that can have several names: what it lies in, by the same means, from the nearest on. */
  readonly above?: readonly string[];
  /** The kind of service, where one may have several names: two places with equal objects are then one. */
  readonly kind?: string;
  /** Whether the service may take several keys for one, as those do that keep objects as files: `a//b` for `a/b`. */
  readonly foldsKeys?: boolean;
}
