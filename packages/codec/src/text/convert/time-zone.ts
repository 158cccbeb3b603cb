import { CodecError } from "../../errors.ts";
import { ValueRefused } from "./value-refused.ts";

/** The zone in which a date and time without one is read. */
export interface TimeZone {
  /** As it is told to the user: `UTC`, `+08:00`, `Asia/Shanghai`. */
  readonly name: string;
  /**
   * Turns wall clock seconds into seconds since 1970 in UTC.
   *
   * @throws ValueRefused for a time that the zone's clocks skip, and for one that they show twice.
   */
  toUtcSeconds(wallSeconds: number): number;
  /** Seconds east of UTC where that never changes. */
  readonly fixedOffset: number | undefined;
  /**
   * Seconds east of UTC all day long on a day of the wall clock (days since 1970-01-01); `undefined` where that is not
   * one offset, or not quite certain.
   */
  offsetOfDay(day: number): number | undefined;
}

/** The zone of text that names none, unless the user says one. */
export const utc: TimeZone = {
  name: "UTC",
  toUtcSeconds: (wallSeconds) => wallSeconds,
  fixedOffset: 0,
  offsetOfDay: () => 0,
};

/**
 * Understands `UTC`, fixed offsets (`+08:00`, `GMT+8`) and IANA names (`Asia/Shanghai`).
 *
 * @throws CodecError `invalid-option` for anything else: an unknown zone is never taken for another one.
 */
export function parseTimeZone(text: string): TimeZone {
  if (/^(?:utc|gmt|z)$/i.test(text)) return utc;
  const offset = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i.exec(text);
  if (offset !== null && Number(offset[2]) <= 18) {
    const [, sign, hours = "0", minutes = "0"] = offset;
    const seconds = (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
    if (seconds === 0) return utc;
    return {
      name: formatOffset(seconds),
      toUtcSeconds: (wallSeconds) => wallSeconds - seconds,
      fixedOffset: seconds,
      offsetOfDay: () => seconds,
    };
  }
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
      timeZone: text,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw new CodecError(
      "invalid-option",
      `${JSON.stringify(text)} is no time zone; say one such as Asia/Shanghai, UTC or +08:00.`,
    );
  }
  return new NamedZone(format.resolvedOptions().timeZone, format);
}

/** A zone of the IANA database, read through Intl, with one remembered answer a day. */
class NamedZone implements TimeZone {
  readonly name: string;
  readonly fixedOffset: undefined;
  readonly #format: Intl.DateTimeFormat;
  /** Offsets in force around a day: one on nearly all of them, more on the days when clocks change. */
  readonly #days = new Map<number, readonly number[]>();

  constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name;
    this.#format = format;
  }

  toUtcSeconds(wallSeconds: number): number {
    const offsets = this.#offsetsAround(Math.floor(wallSeconds / 86_400));
    if (offsets.length === 1) return wallSeconds - offsets[0]!;
    const fitting = offsets.filter((offset) => this.#offsetAt(wallSeconds - offset) === offset);
    if (fitting.length === 1) return wallSeconds - fitting[0]!;
    const choices = fitting.map(formatOffset).join(" or ");
    throw new ValueRefused(
      fitting.length === 0
        ? `a time that exists in ${this.name}, whose clocks skip this one`
        : `a time that ${this.name} has once; its clocks show this one twice, so write ${choices} behind it`,
    );
  }

  offsetOfDay(day: number): number | undefined {
    const offsets = this.#offsetsAround(day);
    return offsets.length === 1 ? offsets[0] : undefined;
  }

  #offsetsAround(day: number): readonly number[] {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const offsets = new Set<number>();
    for (let hours = -24; hours <= 48; hours += 6) offsets.add(this.#offsetAt(day * 86_400 + hours * 3600));
    const found = [...offsets];
    if (this.#days.size >= rememberedDays) this.#days.clear();
    this.#days.set(day, found);
    return found;
  }

  /** Seconds east of UTC at an instant. */
  #offsetAt(utcSeconds: number): number {
    const part: Record<string, string> = {};
    for (const { type, value } of this.#format.formatToParts(utcSeconds * 1000)) part[type] = value;
    const year = Number(part["year"]) * (part["era"] === "BC" ? -1 : 1) + (part["era"] === "BC" ? 1 : 0);
    const wall = new Date(0);
    wall.setUTCFullYear(year, Number(part["month"]) - 1, Number(part["day"]));
    wall.setUTCHours(Number(part["hour"]), Number(part["minute"]), Number(part["second"]));
    return wall.getTime() / 1000 - utcSeconds;
  }
}

function formatOffset(seconds: number): string {
  const size = Math.abs(seconds);
  const two = (number: number): string => String(Math.floor(number)).padStart(2, "0");
  const odd = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  return `${seconds < 0 ? "-" : "+"}${two(size / 3600)}:${two((size / 60) % 60)}${odd}`;
}

const rememberedDays = 50_000;
