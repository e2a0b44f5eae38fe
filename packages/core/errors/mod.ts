export * from "./store_error.ts";
export * from "./errors.ts";
