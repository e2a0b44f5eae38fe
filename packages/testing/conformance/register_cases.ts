/** Registers tests: `Deno.test`, or anything of its shape. */
export interface TestRunner {
  /** Registers a test. */
  (name: string, run: () => Promise<void>): void;
  /** Registers a test that is shown but not run. Without it, skipped cases are not shown. */
  ignore?(name: string, run: () => Promise<void>): void;
}

/** What the suites' options share. */
export interface RegisterOptions {
  /** Cases to skip, by name, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** How long one case may take, in milliseconds; a minute by default. */
  readonly timeoutMs?: number;
}

/** Registers a test for each case. A name to skip that no case has is a `TypeError`. */
export function registerCases<C extends { readonly name: string }>(
  name: string,
  cases: readonly C[],
  test: TestRunner,
  options: RegisterOptions,
  run: (one: C) => Promise<void>,
): void {
  const { skip = {}, timeoutMs = 60_000 } = options;
  const unknown = Object.keys(skip).filter((skipped) => !cases.some((one) => one.name === skipped));
  if (unknown.length > 0) {
    throw new TypeError(`Cannot skip ${unknown.map((one) => JSON.stringify(one)).join(", ")}: no such case`);
  }
  for (const one of cases) {
    const title = `${name}: ${one.name}`;
    const reason = skip[one.name];
    if (reason === undefined) test(title, () => withTimeout(one.name, timeoutMs, run(one)));
    else test.ignore?.(`${title} (skipped: ${reason})`, () => run(one));
  }
}

async function withTimeout(name: string, timeoutMs: number, running: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Cannot end ${name}: ${timeoutMs} ms are over`)),
    timeoutMs,
  );
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
