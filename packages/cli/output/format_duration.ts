/** Writes a duration for people: `0.42 s`, `12 s`, `3:05`, `1:02:03`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 9_950) return `${(durationMs / 1000).toFixed(durationMs < 995 ? 2 : 1)} s`;
  const total = Math.round(durationMs / 1000);
  if (total < 60) return `${total} s`;
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** Writes an estimate of the time left, in whole seconds and at least one: `4 s`, `3:05`. */
export function formatRemaining(durationMs: number): string {
  const seconds = Math.max(1, Math.ceil(durationMs / 1000));
  return seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** Writes how long a transfer will still take; when all bytes are sent, that only its end is waited for. */
export function formatTimeLeft(remainingMs: number): string {
  return remainingMs === 0 ? "finishing" : `${formatRemaining(remainingMs)} left`;
}
