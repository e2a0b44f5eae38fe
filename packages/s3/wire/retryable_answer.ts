import type { TransportResponse } from "@lade/service/http";

const PEEK_BYTES = 1024;

/** Faults that are worth another try though their status does not say so. */
const CODES =
  /<Code>(RequestTimeout|RequestTimeoutException|ConditionalRequestConflict|OperationAborted|BadDigest)<\/Code>/;

/** Faults that S3 reports with status 200 and that are worth another try. */
const CODES_OF_SUCCESS =
  /<Code>(InternalError|SlowDown|ServiceUnavailable|RequestTimeout|OperationAborted)<\/Code>/;

/** Whether an answer calls for another try; `undefined` leaves it to the status. */
export function retryableAnswer(response: TransportResponse): Promise<boolean | undefined> | undefined {
  return response.status === 400 || response.status === 409 ? matches(response, CODES) : undefined;
}

/** The same for calls whose answer can be a failure though its status is 200: complete, copy. */
export function retryableInSuccess(response: TransportResponse): Promise<boolean | undefined> | undefined {
  return response.status === 200 ? matches(response, CODES_OF_SUCCESS) : retryableAnswer(response);
}

async function matches(response: TransportResponse, codes: RegExp): Promise<true | undefined> {
  const start = new TextDecoder().decode(await response.body.peek(PEEK_BYTES));
  return codes.test(start) ? true : undefined;
}
