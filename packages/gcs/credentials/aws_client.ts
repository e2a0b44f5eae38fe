// The package's own types would bring those of browsers into every file.
// @ts-types="./aws_client.d.ts"
export { AwsClient } from "google-auth-library";
