// The package's own types would bring those of browsers into every file.
// @ts-types="./sdk.d.ts"
export { Storage } from "@google-cloud/storage";
