import {
  AlreadyExistsError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  RangeNotSatisfiableError,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
} from "@lade/core/errors";
import { type ErrorRow, HTTP_ERRORS } from "@lade/service/errors";

/** The failures that Azure Blob Storage reports, and what a caller makes of them. */
export const AZURE_ERRORS: readonly ErrorRow[] = [
  ...HTTP_ERRORS,
  { when: ["BlobNotFound", "ResourceNotFound"], error: NotFoundError, detail: "no such object" },
  { when: ["ContainerNotFound"], error: NotFoundError, detail: "no such container" },
  { when: ["ContainerAlreadyExists"], error: AlreadyExistsError, detail: "the container exists already" },
  {
    when: ["ContainerBeingDeleted"],
    error: UnavailableError,
    detail: "the container is being deleted",
    advice: "try again in a minute",
  },
  {
    when: ["BlobAlreadyExists"],
    error: AlreadyExistsError,
    detail: "the object exists already",
  },
  {
    when: ["ConditionNotMet", "TargetConditionNotMet", "SourceConditionNotMet"],
    error: PreconditionFailedError,
    detail: "the object is not as the condition says",
  },
  {
    when: ["InvalidRange"],
    error: RangeNotSatisfiableError,
    detail: "the range begins past the object's end",
  },
  {
    when: ["AuthenticationFailed"],
    error: UnauthenticatedError,
    detail: "the service does not accept {identity}: {message}",
    advice: "check the key and this machine's clock",
  },
  {
    when: ["AuthorizationFailure", "AuthorizationPermissionMismatch"],
    error: PermissionDeniedError,
    detail: "access denied to {identity}",
  },
  {
    when: ["ServerBusy"],
    error: ThrottledError,
    detail: "the service asks for fewer requests",
    advice: "try again later, or with less concurrency",
  },
];
