// Text of dates and times -> days, seconds and nanoseconds: ISO 8601 as it is mostly written.

import { areDigits, notPlain } from "./numbers";

const monthLengths: usize = memory.data<u8>([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** Offsets of the zone's days, in seconds, or one of the two below; 0 where the offset never changes. */
let dayOffsets: usize = 0;
let firstDay: i32 = 0;
let dayCount: u32 = 0;
let fixedOffset: i64 = 0;

// @ts-ignore
@inline const unknownOffset: i32 = i32.MIN_VALUE;
/** For the host to tell, or to refuse: clocks change around that day. */
// @ts-ignore
@inline const unclearOffset: i32 = i32.MAX_VALUE;

// @ts-ignore
@external("host", "offsetOfDay")
declare function offsetOfDay(day: i32): i32;

/** Sets the zone of text that names none: one offset, or a table that the host fills day by day. */
export function setZone(offset: i32, table: usize, first: i32, count: u32): void {
  fixedOffset = offset;
  dayOffsets = table;
  firstDay = first;
  dayCount = count;
}

/** Nanoseconds of the time read last. */
export let nanoseconds: u32 = 0;

// @ts-ignore
@inline
function two(digits: u32): u32 {
  return (digits & 15) * 10 + ((digits >>> 8) & 15);
}

// The date read last: one date mostly comes many times in a row. To begin with, 1970-01-01.
let knownFront: u64 = 0x2d31302d30373931;
let knownDay: u32 = 0x3130;
let knownDays: i64 = 0;

/** Days since 1970-01-01 of `YYYY-MM-DD`. */
// @ts-ignore
@inline
export function daysOfDate(at: usize): i64 {
  const front = load<u64>(at);
  const day = <u32>load<u16>(at, 8);
  return front == knownFront && day == knownDay ? knownDays : daysOfOther(front, day);
}

function daysOfOther(front: u64, day: u32): i64 {
  if (
    (front & 0xff0000ff00000000) != 0x2d00002d00000000 ||
    !areDigits((front & 0x00ffff00ffffffff) | 0x3000003000000000) ||
    !areDigits(<u64>day | 0x3030303030300000)
  ) {
    return notPlain;
  }
  const year = two(<u32>front & 0xffff) * 100 + two(<u32>(front >>> 16) & 0xffff);
  const month = two(<u32>(front >>> 40) & 0xffff);
  const ofMonth = two(day);
  if (month - 1 > 11 || !ofMonth) return notPlain;
  let length = <u32>load<u8>(monthLengths + month - 1);
  if (month == 2 && !(year & 3) && (!(year & 15) || year % 25)) length = 29;
  if (ofMonth > length) return notPlain;
  // Counted from March, so that the leap day comes last, and 400 years late, so that nothing is below zero.
  const marchYear = year + 400 - (month <= 2 ? 1 : 0);
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + ofMonth - 1;
  knownDays = <i64>(marchYear * 365 + marchYear / 4 - marchYear / 100 + marchYear / 400 + dayOfYear) - 719468 - 146097;
  knownFront = front;
  knownDay = day;
  return knownDays;
}

/**
 * Seconds since 1970 of `YYYY-MM-DD[(T| )hh:mm:ss[.fraction][Z|±hh:mm]]`, in UTC, or, of a wall clock, as it is.
 *
 * @param isWall whether a zone is not for the kernel to read.
 */
export function secondsOfTime(at: usize, end: usize, isWall: bool): i64 {
  const length = <u32>(end - at);
  nanoseconds = 0;
  if (length < 19 && length != 10) return notPlain;
  const days = daysOfDate(at);
  if (days == notPlain) return notPlain;
  if (length == 10) return isWall ? days * 86400 : toUtc(days * 86400, days);
  const separator = load<u8>(at, 10);
  const clock = load<u64>(at, 11);
  if (
    (separator != 32 && separator != 84) ||
    (clock & 0x0000ff0000ff0000) != 0x00003a00003a0000 ||
    !areDigits((clock & 0xffff00ffff00ffff) | 0x0000300000300000)
  ) {
    return notPlain;
  }
  const hour = two(<u32>clock & 0xffff);
  const minute = two(<u32>(clock >>> 24) & 0xffff);
  const second = two(<u32>(clock >>> 48) & 0xffff);
  if (hour > 23 || minute > 59 || second > 59) return notPlain;
  const seconds = days * 86400 + <i64>(hour * 3600 + minute * 60 + second);
  at += 19;
  if (at == end) return isWall ? seconds : toUtc(seconds, days);
  if (load<u8>(at) == 46) {
    const first = ++at;
    let fraction: u32 = 0;
    while (at < end) {
      const digit = <u32>load<u8>(at) - 48;
      if (digit > 9) break;
      if (at - first == 9) return notPlain;
      fraction = fraction * 10 + digit;
      at++;
    }
    let digits = <u32>(at - first);
    if (!digits) return notPlain;
    for (; digits < 9; digits++) fraction *= 10;
    nanoseconds = fraction;
    if (at == end) return isWall ? seconds : toUtc(seconds, days);
  }
  return isWall ? notPlain : zoned(seconds, at, end);
}

/** With the zone that the text names. */
function zoned(seconds: i64, at: usize, end: usize): i64 {
  const mark = load<u8>(at);
  if (end - at == 1) return (mark | 32) == 122 ? seconds : notPlain;
  if (end - at != 6 || (mark != 43 && mark != 45) || load<u8>(at, 3) != 58) return notPlain;
  const digits = <u64>load<u16>(at, 1) | (<u64>load<u16>(at, 4) << 16);
  if (!areDigits(digits | 0x3030303000000000)) return notPlain;
  const hours = two(<u32>digits & 0xffff);
  const minutes = two(<u32>(digits >>> 16));
  if (hours > 18 || minutes > 59) return notPlain;
  const offset = <i64>(hours * 3600 + minutes * 60);
  return mark == 45 ? seconds + offset : seconds - offset;
}

// @ts-ignore
@inline
function toUtc(seconds: i64, days: i64): i64 {
  return dayOffsets ? byDay(seconds, days) : seconds - fixedOffset;
}

function byDay(seconds: i64, days: i64): i64 {
  const index = <u64>(days - <i64>firstDay);
  if (index >= <u64>dayCount) return notPlain;
  const slot = dayOffsets + (<usize>index << 2);
  let offset = load<i32>(slot);
  if (offset == unknownOffset) {
    offset = offsetOfDay(<i32>days);
    store<i32>(slot, offset);
  }
  return offset == unclearOffset ? notPlain : seconds - <i64>offset;
}
