// Numbers of any width. What would not be exact is not converted: `exact` turns false, and the host looks at it.

import { layoutOf, valuesOf } from "./node";

/** Layouts: 0 to 3 signed of 1, 2, 4 and 8 bytes; 4 to 7 unsigned; 8 to 10 floating point of 2, 4 and 8 bytes. */
// @ts-ignore
@inline const firstFloat: u32 = 8;

/** Turns false when a number could not be taken. */
export let exact: bool = true;

export function startExact(): void {
  exact = true;
}

/** A number that has to be whole. */
export function wholeAt(node: usize, index: u32): i64 {
  const values = valuesOf(node);
  const layout = layoutOf(node);
  switch (layout) {
    case 0:
      return <i64>load<i8>(values + index);
    case 1:
      return <i64>load<i16>(values + (<usize>index << 1));
    case 2:
      return <i64>load<i32>(values + (<usize>index << 2));
    case 3:
      return load<i64>(values + (<usize>index << 3));
    case 4:
      return <i64>load<u8>(values + index);
    case 5:
      return <i64>load<u16>(values + (<usize>index << 1));
    case 6:
      return <i64>load<u32>(values + (<usize>index << 2));
    case 7: {
      const value = load<i64>(values + (<usize>index << 3));
      if (value < 0) exact = false;
      return value;
    }
    default: {
      const value = floatAt(values, layout, index);
      if (!(abs<f64>(value) <= 9007199254740991.0) || trunc<f64>(value) != value) {
        exact = false;
        return 0;
      }
      return <i64>value;
    }
  }
}

/** Any number. */
export function realAt(node: usize, index: u32): f64 {
  const layout = layoutOf(node);
  if (layout >= firstFloat) return floatAt(valuesOf(node), layout, index);
  const value = wholeAt(node, index);
  if (value > 9007199254740991 || value < -9007199254740991) exact = false;
  return <f64>value;
}

/** A number as one of 32 bits: floating point ones are rounded, whole ones have to fit exactly. */
export function floatOf(node: usize, index: u32): f32 {
  const value = realAt(node, index);
  const rounded = <f32>value;
  if (layoutOf(node) < firstFloat) {
    if (<f64>rounded != value) exact = false;
  } else if (abs<f32>(rounded) == Infinity && abs<f64>(value) != Infinity) {
    exact = false;
  }
  return rounded;
}

function floatAt(values: usize, layout: u32, index: u32): f64 {
  if (layout == 10) return load<f64>(values + (<usize>index << 3));
  if (layout == 9) return <f64>load<f32>(values + (<usize>index << 2));
  return halfAt(values + (<usize>index << 1));
}

function halfAt(at: usize): f64 {
  const bits = <u32>load<u16>(at);
  const sign: f64 = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent == 31) return fraction ? NaN : sign * Infinity;
  if (!exponent) return sign * <f64>fraction * 5.9604644775390625e-8;
  return sign * <f64>(1024 + fraction) * reinterpret<f64>(<u64>(exponent + 998) << 52);
}
