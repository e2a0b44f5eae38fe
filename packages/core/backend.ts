/**
 * What a backend is made of and opened by: the contract, its errors, names, conditions, the context, the registry, and
 * what turns bytes into results and writers. `@lade/core` has it too, and loads three times as much.
 *
 * @module
 */
export * from "./contract/mod.ts";
export * from "./errors/mod.ts";
export * from "./conditions/at_most.ts";
export * from "./conditions/check_list_options.ts";
export * from "./conditions/check_options.ts";
export * from "./conditions/check_version.ts";
export * from "./conditions/need_text.ts";
export * from "./conditions/take_options.ts";
export { isAlias, type KeyIn } from "./operations/is_alias.ts";
export * from "./operations/place_below.ts";
export * from "./conditions/conditions.ts";
export * from "./time/clock.ts";
export * from "./time/tellable_time.ts";
export * from "./time/ticker.ts";
export * from "./context/bandwidth.ts";
export * from "./context/byte_budget.ts";
export * from "./context/descriptors.ts";
export * from "./context/endpoint_memory.ts";
export * from "./context/sessions.ts";
export * from "./context/store_context.ts";
export * from "./context/read_system_file.ts";
export * from "./context/read_variable.ts";
export * from "./concurrency/adaptive_limit.ts";
export type * from "./concurrency/learned_limit.ts";
export type { Arrivals } from "./concurrency/range_hedges.ts";
export * from "./concurrency/with_timeout.ts";
export * from "./buffers/buffer_pool.ts";
export { decodeUrlPath, refuseUrlQuery, type TakenQuery, urlFault } from "./uri/parse_service_url.ts";
export * from "./uri/parse_uri.ts";
export * from "./uri/local_path.ts";
export * from "./uri/windows_name.ts";
export * from "./uri/split_location.ts";
export * from "./uri/check_key.ts";
export * from "./uri/compare_keys.ts";
export * from "./registry/registry.ts";
export * from "./read/body_source.ts";
export * from "./read/create_get_result.ts";
export * from "./read/resolve_range.ts";
export * from "./read/target_fault.ts";
export * from "./write/attribute_names.ts";
export * from "./write/attributes_of.ts";
export * from "./write/check_call.ts";
export * from "./write/check_metadata_names.ts";
export * from "./write/check_writer_options.ts";
export { createPartWriter, type PartWriterSetup } from "./write/create_part_writer.ts";
export { createStreamWriter, type StreamWriterSetup } from "./write/create_stream_writer.ts";
export type { PartLimits } from "./write/part_size.ts";
export * from "./write/report_leftover.ts";
export * from "./write/to_delete.ts";
export * from "./write/write_in_parts.ts";
export type * from "./write/write_sink.ts";
export * from "./write/write_token.ts";
