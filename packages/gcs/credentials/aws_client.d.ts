type Asked = {
  readonly url: string;
  readonly method?: string;
  readonly headers?: unknown;
  readonly responseType?: string;
};

/** As much of a client for machines of AWS as is used of it. */
export class AwsClient {
  constructor(options: {
    readonly transporter: { request(asked: Asked): Promise<{ readonly data: unknown }> };
    readonly useAuthRequestParameters: false;
  });
  retrieveSubjectToken(): Promise<string>;
}
