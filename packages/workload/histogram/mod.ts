/**
 * Histograms of durations and sizes, from which percentiles are taken.
 *
 * @module
 */
export { Histogram, type HistogramBucket, type HistogramOptions, type HistogramState } from "./histogram.ts";
