import type { SentError } from "./worker_messages.ts";

const CLASSES: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
};

/** What was thrown in a worker, with its class where that is a known one, its message, stack, causes and plain properties. */
export function receivedError({ isError, value, name, message, stack, cause, more }: SentError): unknown {
  if (!isError) return value;
  const options = cause ? { cause: receivedError(cause) } : {};
  const Known = CLASSES[name];
  const error = Known ? new Known(message, options) : new Error(message, options);
  const own: Record<string, unknown> = { ...(!Known && { name }), ...(stack !== undefined && { stack }) };
  for (const [key, value] of Object.entries({ ...more, ...own })) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  }
  return error;
}
