/** Bytes still to be poured from which the first lane pays: it costs what 20 to 50 MB cost to receive. */
const WORTH_POURING = 2 ** 26;
/** Bytes of an object still to be sent from which one pays: it takes over less, and saves no CPU time. */
const WORTH_SENDING = 2 ** 30;
/** Lanes that there may be, one for each core but the main isolate's, from which sending by one is worth its CPU time. */
const MANY = 3;

/** Whether so many bytes to be poured pay for a lane. */
export function isWorthPouring(bytes: number): boolean {
  return bytes >= WORTH_POURING;
}

/** Whether so many bytes to be sent pay for a lane, where there may be `most`. */
export function isWorthSending(bytes: number, most: number): boolean {
  return most >= MANY && bytes >= WORTH_SENDING;
}
