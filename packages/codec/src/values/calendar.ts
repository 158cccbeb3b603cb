import type { Timestamp } from "../schema/instant.ts";
export function parseDate(text: string): number {
  void text;
  return 0;
}
export function formatDate(days: number): string {
  return String(days);
}
export function parseTimestamp(text: string): Timestamp {
  void text;
  return { seconds: 0n, nanos: 0 };
}
export function parseTimestampNtz(text: string): Timestamp {
  void text;
  return { seconds: 0n, nanos: 0 };
}
export function formatTimestamp(timestamp: Timestamp): string {
  return String(timestamp.seconds);
}
export function formatTimestampNtz(timestamp: Timestamp): string {
  return String(timestamp.seconds);
}
