/** As much of a client for machines of AWS as is used of it. */
export class AwsClient {
  /** Takes the fields of a file of credentials, and what sends requests. */
  constructor(options: {
    readonly transporter: {
      request(
        options: {
          readonly url: string;
          readonly method?: string;
          readonly headers?: unknown;
          readonly responseType?: string;
        },
      ): Promise<{ readonly data: unknown }>;
    };
    readonly useAuthRequestParameters: false;
  });
  /** A request of AWS's, signed, as Google wants it. */
  retrieveSubjectToken(): Promise<string>;
}
