/**
 * Settings that every service over HTTP has, as rows for its table: no more than data, so that a command line is read
 * without loading what sends requests.
 *
 * @module
 */
export { BOUND_ROWS } from "./bound_rows.ts";
export { type ConnectionConfig, connectionConfig } from "./connection_config.ts";
export type { ConnectionOptions } from "./connection_options.ts";
export { CONNECTION_ROWS, endpointType } from "./connection_rows.ts";
export { hostsOf, hostsType } from "./hosts_type.ts";
export { settingRow } from "./setting_row.ts";
