/**
 * Guesses whether a name is taken by whether the one before it was: trees are written to new names, or over old ones. A look
 * at a name that nothing has costs ten times as much as one at a name that is taken, for Deno makes an error of it.
 */
export class NameGuess {
  /** Whether the last name that was tried or looked at was taken. */
  isTaken = false;
}
