/**
 * tf.Example and tf.SequenceExample: records of features, into columns and from them, and one at a time.
 *
 * @module
 */
export * from "./encode_example.ts";
export * from "./encode_rows.ts";
export { ExampleColumns, type ExampleColumnsOptions, type ExamplePlace } from "./example_columns.ts";
export type { IntegerForm } from "./example_schema_finder.ts";
export * from "./parse_example.ts";
