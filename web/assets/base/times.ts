/** Times and lengths as everywhere else on the screens (meetings/dates.py). */

/** A place in a recording: 「1:02:03」. */
export function position(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
}

/** How long something takes: 「1時間2分」「2分3秒」「3秒」. */
export function length(seconds: number): string {
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours) return `${hours}時間${minutes}分`;
  return minutes ? `${minutes}分${whole % 60}秒` : `${whole}秒`;
}

/** The time of day in Japan of a moment in ISO 8601: 「09:05」. */
export function clock(at: string): string {
  return new Date(at).toLocaleTimeString("ja-JP", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Tokyo",
  });
}
