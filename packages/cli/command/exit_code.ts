/** The exit codes of the program. */
export const ExitCode = {
  /** Everything was done. */
  ok: 0,
  /** Something failed; standard error says what. */
  failed: 1,
  /** The command line is wrong; nothing was done. */
  usage: 2,
  /** The terminal went away (SIGHUP). */
  hangup: 129,
  /** Ctrl-C (SIGINT). */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const;
