/**
 * Loaded before a program, lets its clock be wrong: `CLOCK_SHIFTS` says how, as `0:3600000,500:-60000` for an hour ahead
 * from the start and a minute behind from half a second later on. What counts time without a date goes on as ever.
 */
const shifts = (process.env["CLOCK_SHIFTS"] ?? "")
  .split(",")
  .filter((shift) => shift !== "")
  .map((shift) => shift.split(":").map(Number) as [afterMs: number, byMs: number]);

const RealDate = Date;

class ShiftedDate extends RealDate {
  // biome-ignore lint/suspicious/noExplicitAny: whatever a date is made of is handed on
  constructor(...parts: any[]) {
    if (parts.length === 0) super(ShiftedDate.now());
    else super(...(parts as [number]));
  }

  static override now(): number {
    const sinceStartMs = performance.now();
    const [, byMs = 0] = shifts.findLast(([afterMs]) => afterMs <= sinceStartMs) ?? [];
    return RealDate.now() + byMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
