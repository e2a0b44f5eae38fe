/** The version of the service's interface that requests are written for, as `x-ms-version` says it. */
export const API_VERSION = "2026-02-06";
