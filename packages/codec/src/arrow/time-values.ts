import { dateText, firstDay, lastDay } from "../values/calendar.ts";
import { InvalidValue } from "../values/invalid-value.ts";
import type { ArrowSource, UnitsPerSecond } from "./arrow-source.ts";
import { elementsOf, type OpenValues, openNullable } from "./buffers.ts";

/** Days since 1970, for DATE. */
export const openDays: OpenValues = ({ values, length }) => {
  const days = elementsOf(values, Int32Array, length);
  return (index) => dateOf(days[index]!);
};

/** Times that fall on midnight, for DATE. */
export function openMidnights(perSecond: UnitsPerSecond): OpenValues {
  const perDay = BigInt(perSecond) * 86_400n;
  return ({ values, length }) => {
    const times = elementsOf(values, BigInt64Array, length);
    return (index) => {
      const time = times[index]!;
      if (time % perDay === 0n) return dateOf(Number(time / perDay));
      throw new InvalidValue("inexact", "a time at midnight", time);
    };
  };
}

/** Whole milliseconds, for DATETIME. */
export function openMilliseconds(perSecond: UnitsPerSecond): OpenValues {
  const factor = perSecond === 1 ? 1000n : 1n;
  const divisor = perSecond <= 1000 ? 1n : BigInt(perSecond / 1000);
  return ({ values, length }) => {
    const times = elementsOf(values, BigInt64Array, length);
    return (index) => {
      const time = times[index]! * factor;
      if (time % divisor === 0n) return time / divisor;
      throw new InvalidValue("inexact", "whole milliseconds", time);
    };
  };
}

/** Seconds and nanoseconds, for TIMESTAMP, TIMESTAMP_NTZ and INTERVAL_DAY_TIME. */
export function openInstants(perSecond: UnitsPerSecond): OpenValues {
  const unit = BigInt(perSecond);
  const nanosPerUnit = 1_000_000_000 / perSecond;
  return ({ values, length }) => {
    const times = elementsOf(values, BigInt64Array, length);
    return (index) => {
      const time = times[index]!;
      const rest = ((time % unit) + unit) % unit;
      return { seconds: (time - rest) / unit, nanos: Number(rest) * nanosPerUnit };
    };
  };
}

/** Months of an interval, which may have nothing else. */
export function openMonths(kind: "months" | "months-days-nanos"): OpenValues {
  return ({ values, length }) => {
    const words = elementsOf(values, Int32Array, length * (kind === "months" ? 1 : 4));
    if (kind === "months") return (index) => words[index]!;
    return (index) => {
      const at = index * 4;
      if ((words[at + 1]! | words[at + 2]! | words[at + 3]!) === 0) return words[at]!;
      throw new InvalidValue("inexact", "an interval of months alone", "an interval of days or nanoseconds");
    };
  };
}

/** Intervals of days and less; a day has 24 hours. */
export function openDayTimes(kind: "days-ms" | "months-days-nanos"): OpenValues {
  return ({ values, length }) => {
    const words = elementsOf(values, Int32Array, length * (kind === "days-ms" ? 2 : 4));
    if (kind === "days-ms") {
      return (index) => {
        const ms = words[index * 2 + 1]!;
        const seconds = Math.floor(ms / 1000);
        return {
          seconds: words[index * 2]! * secondsPerDay + seconds,
          nanos: (ms - seconds * 1000) * 1_000_000,
        };
      };
    }
    return (index) => {
      const at = index * 4;
      if (words[at] !== 0) {
        throw new InvalidValue("inexact", "an interval without months", `an interval of ${words[at]} months`);
      }
      const nanos = (BigInt(words[at + 3]!) << 32n) | BigInt(words[at + 2]! >>> 0);
      const rest = ((nanos % billion) + billion) % billion;
      return {
        seconds: BigInt(words[at + 1]! * secondsPerDay) + (nanos - rest) / billion,
        nanos: Number(rest),
      };
    };
  };
}

/** Structs of seconds and nanoseconds, which is how Tunnel itself sends what Arrow has no type for. */
export const openSecondsAndNanos: OpenValues = ({ children }) => {
  const secondsAt = openNullable(openSeconds, children[0]!);
  const nanosAt = openNullable(openNanos, children[1]!);
  return (index) => ({ seconds: secondsAt(index), nanos: nanosAt(index) });
};

/** Whether a struct is one of seconds and nanoseconds. */
export function isSecondsAndNanos(source: ArrowSource): boolean {
  if (source.kind !== "struct" || source.fields.length !== 2) return false;
  const [seconds, nanos] = source.fields;
  return isSigned(seconds!, "sec", 8) && isSigned(nanos!, "nano", 4);
}

function isSigned(
  { name, source }: { readonly name: string; readonly source: ArrowSource },
  wanted: string,
  bytes: number,
): boolean {
  return name === wanted && source.kind === "int" && source.signed && source.bytes === bytes;
}

const openSeconds: OpenValues = ({ values, length }) => {
  const seconds = elementsOf(values, BigInt64Array, length);
  return (index) => seconds[index];
};

const openNanos: OpenValues = ({ values, length }) => {
  const nanos = elementsOf(values, Int32Array, length);
  return (index) => nanos[index];
};

const secondsPerDay = 86_400;
const billion = 1_000_000_000n;

function dateOf(days: number): string {
  if (days >= firstDay && days <= lastDay) return dateText(days);
  throw new InvalidValue("out-of-range", "a date from 0001-01-01 to 9999-12-31", days);
}
