import { StoreError, type StoreErrorCode, type StoreErrorOptions } from "./store_error.ts";

/** The object, version or container does not exist. */
export class NotFoundError extends StoreError {
  /** The class's name. */
  override readonly name: string = "NotFoundError";
  /** `"not-found"`. */
  override readonly code: StoreErrorCode = "not-found";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** A create-only write met an existing object, or a new container's name is taken. */
export class AlreadyExistsError extends StoreError {
  /** The class's name. */
  override readonly name: string = "AlreadyExistsError";
  /** `"already-exists"`. */
  override readonly code: StoreErrorCode = "already-exists";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** An `ifMatch` or `ifNoneMatch` condition does not hold: the object is another one than the caller believes. */
export class PreconditionFailedError extends StoreError {
  /** The class's name. */
  override readonly name: string = "PreconditionFailedError";
  /** `"precondition-failed"`. */
  override readonly code: StoreErrorCode = "precondition-failed";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** The range starts at or past the end of the object. */
export class RangeNotSatisfiableError extends StoreError {
  /** The class's name. */
  override readonly name: string = "RangeNotSatisfiableError";
  /** `"range-not-satisfiable"`. */
  override readonly code: StoreErrorCode = "range-not-satisfiable";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** The credentials (or the process) may not do this. */
export class PermissionDeniedError extends StoreError {
  /** The class's name. */
  override readonly name: string = "PermissionDeniedError";
  /** `"permission-denied"`. */
  override readonly code: StoreErrorCode = "permission-denied";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** There are no credentials, or they are wrong or expired. */
export class UnauthenticatedError extends StoreError {
  /** The class's name. */
  override readonly name: string = "UnauthenticatedError";
  /** `"unauthenticated"`. */
  override readonly code: StoreErrorCode = "unauthenticated";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** A URI, container name or key that the store cannot hold. */
export class InvalidNameError extends StoreError {
  /** The class's name. */
  override readonly name: string = "InvalidNameError";
  /** `"invalid-name"`. */
  override readonly code: StoreErrorCode = "invalid-name";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** A container to be deleted still holds objects. */
export class NotEmptyError extends StoreError {
  /** The class's name. */
  override readonly name: string = "NotEmptyError";
  /** `"not-empty"`. */
  override readonly code: StoreErrorCode = "not-empty";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** There is no room: the disk or the account's quota is full, or the object is too large. */
export class QuotaExceededError extends StoreError {
  /** The class's name. */
  override readonly name: string = "QuotaExceededError";
  /** `"quota-exceeded"`. */
  override readonly code: StoreErrorCode = "quota-exceeded";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** The store cannot do this; its capabilities say so beforehand. */
export class UnsupportedError extends StoreError {
  /** The class's name. */
  override readonly name: string = "UnsupportedError";
  /** `"unsupported"`. */
  override readonly code: StoreErrorCode = "unsupported";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** Bytes are not those that were written: a checksum or a recorded length does not fit. */
export class ChecksumMismatchError extends StoreError {
  /** The class's name. */
  override readonly name: string = "ChecksumMismatchError";
  /** `"checksum-mismatch"`. */
  override readonly code: StoreErrorCode = "checksum-mismatch";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}

/** The service asks for fewer requests. */
export class ThrottledError extends StoreError {
  /** The class's name. */
  override readonly name: string = "ThrottledError";
  /** `"throttled"`. */
  override readonly code: StoreErrorCode = "throttled";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, true);
  }
}

/** The service could not be reached, broke off, or did not answer in time. */
export class UnavailableError extends StoreError {
  /** The class's name. */
  override readonly name: string = "UnavailableError";
  /** `"unavailable"`. */
  override readonly code: StoreErrorCode = "unavailable";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, true);
  }
}

/** Any other failure the service reports; the message carries its words. */
export class ServiceError extends StoreError {
  /** The class's name. */
  override readonly name: string = "ServiceError";
  /** `"service"`. */
  override readonly code: StoreErrorCode = "service";

  /** Describes one failure. */
  constructor(options: StoreErrorOptions) {
    super(options, false);
  }
}
